using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

/// <summary>Commits of a real store that fail after so many, as when the connection is cut: before the commit, or after
/// it succeeded.</summary>
internal sealed class FailingCommits(int before, bool afterCommit = false, int times = int.MaxValue)
{
    private readonly Lock gate = new();
    private int commits,
        failures;

    /// <summary>Called with the number of each commit, from 0.</summary>
    public Action<int>? BeforeCommit { get; init; }

    /// <summary>The same store, but for its loads.</summary>
    public MuseumStore Over(MuseumStore store) =>
        store with
        {
            Writers = 1,
            Sources = new FailingSources(this, store.Sources),
            Partitions = new FailingPartitions(this, store.Partitions),
        };

    private bool FailsNow()
    {
        lock (gate)
        {
            BeforeCommit?.Invoke(commits);
            return commits++ >= before && failures++ < times;
        }
    }

    private async Task<T> CommitAsync<T>(Func<Task<T>> commit)
    {
        var fails = FailsNow();
        var result = !fails || afterCommit ? await commit() : default!;
        return fails ? throw new TransientException("the connection was cut") : result;
    }

    private sealed class FailingSources(FailingCommits failing, ISources sources) : ISources
    {
        public async Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel) =>
            await sources.BeginAsync(claim, runId, cancel) is { } load ? new FailingLoad(failing, load) : null;

        public Task<IReadOnlyList<SourceRow>> ListAsync(string location, CancellationToken cancel) =>
            sources.ListAsync(location, cancel);

        public Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel) =>
            sources.ClaimAsync(identity, cancel);

        public Task<bool> AlsoAsync(Claim claim, string name, CancellationToken cancel) =>
            sources.AlsoAsync(claim, name, cancel);

        public Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel) =>
            sources.PositionsAsync(sourceId, cancel);

        public Task ExtendAsync(SourceRow source, string version, long size, CancellationToken cancel) =>
            sources.ExtendAsync(source, version, size, cancel);
    }

    private sealed class FailingPartitions(FailingCommits failing, IPartitions partitions) : IPartitions
    {
        public async Task<IStreamLoad> BeginAsync(
            IReadOnlyList<PartitionMove> moves,
            int runId,
            CancellationToken cancel
        ) => new FailingStreamLoad(failing, await partitions.BeginAsync(moves, runId, cancel));

        public Task<IReadOnlyList<PartitionRow>> ListAsync(string? cluster, string? topic, CancellationToken cancel) =>
            partitions.ListAsync(cluster, topic, cancel);

        public Task<int> StartAsync(
            StreamIdentity stream,
            IReadOnlyDictionary<int, long> starts,
            CancellationToken cancel
        ) => partitions.StartAsync(stream, starts, cancel);

        public Task<PartitionClaim?> ClaimAsync(
            StreamIdentity stream,
            int partition,
            string owner,
            CancellationToken cancel
        ) => partitions.ClaimAsync(stream, partition, owner, cancel);

        public Task BeatAsync(
            int runId,
            IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> claims,
            string? trouble,
            CancellationToken cancel
        ) => partitions.BeatAsync(runId, claims, trouble, cancel);

        public Task<bool> StopAsync(
            StreamIdentity stream,
            int partition,
            long? epoch,
            PartitionProblem problem,
            CancellationToken cancel
        ) => partitions.StopAsync(stream, partition, epoch, problem, cancel);

        public Task MoveAsync(
            StreamIdentity stream,
            int partition,
            long nextOffset,
            OperatorMove move,
            CancellationToken cancel
        ) => partitions.MoveAsync(stream, partition, nextOffset, move, cancel);

        public Task RetireAsync(StreamIdentity stream, int partition, OperatorMove move, CancellationToken cancel) =>
            partitions.RetireAsync(stream, partition, move, cancel);
    }

    private sealed class FailingLoad(FailingCommits failing, ILoad load) : ILoad
    {
        public int SourceId => load.SourceId;

        public int HourlyRows => load.HourlyRows;

        public bool IsCounted(in KioskEvent kioskEvent) => load.IsCounted(kioskEvent);

        public Task<bool> GoOnAsync(LoadProgress progress, Claim following, CancellationToken cancel) =>
            load.GoOnAsync(progress, following, cancel);

        public void Write(in KioskEvent kioskEvent) => load.Write(kioskEvent);

        public void Write(Refusal refusal) => load.Write(refusal);

        public ValueTask FlushAsync(CancellationToken cancel) => load.FlushAsync(cancel);

        public Task CommitAsync(LoadProgress progress, CancellationToken cancel) =>
            failing.CommitAsync(async () =>
            {
                await load.CommitAsync(progress, cancel);
                return true;
            });

        public ValueTask DisposeAsync() => load.DisposeAsync();
    }

    private sealed class FailingStreamLoad(FailingCommits failing, IStreamLoad load) : IStreamLoad
    {
        public void Write(in KioskEvent kioskEvent) => load.Write(kioskEvent);

        public void Write(Refusal refusal) => load.Write(refusal);

        public ValueTask FlushAsync(CancellationToken cancel) => load.FlushAsync(cancel);

        public Task<Counts> CommitAsync(CancellationToken cancel) =>
            failing.CommitAsync(() => load.CommitAsync(cancel));

        public ValueTask DisposeAsync() => load.DisposeAsync();
    }
}
