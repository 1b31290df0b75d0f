using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

/// <summary>A real store whose commits fail after so many, as when the connection is cut: before the commit, or after
/// it succeeded.</summary>
internal sealed partial class FailingStore(
    IStore store,
    int commitsBefore,
    bool afterCommit = false,
    int times = int.MaxValue
) : IStore
{
    private int commits,
        failures;

    public string Target => store.Target;

    public string Describe => store.Describe;

    public int Writers => 1;

    public async Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel) =>
        await store.BeginAsync(claim, runId, cancel) is { } load ? new FailingLoad(this, load) : null;

    public Task<string?> WhyWaitingAsync(CancellationToken cancel) => store.WhyWaitingAsync(cancel);

    public Task<string> PingAsync(CancellationToken cancel) => store.PingAsync(cancel);

    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel) => store.MigrateAsync(cancel);

    public Task<StoreStatus> StatusAsync(CancellationToken cancel) => store.StatusAsync(cancel);

    public Task<IReadOnlyList<Museum>> MuseumsAsync(CancellationToken cancel) => store.MuseumsAsync(cancel);

    public Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel) =>
        store.VocabularyAsync(museumId, cancel);

    public Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, CancellationToken cancel) =>
        store.UpsertExhibitionAsync(museumId, facts, cancel);

    public Task<int> StartRunAsync(string command, string arguments, CancellationToken cancel) =>
        store.StartRunAsync(command, arguments, cancel);

    public Task FinishRunAsync(
        int runId,
        RunState state,
        int exitCode,
        string? message,
        long already,
        CancellationToken cancel
    ) => store.FinishRunAsync(runId, state, exitCode, message, already, cancel);

    public Task<IReadOnlyList<RunRow>> RunsAsync(int most, CancellationToken cancel) => store.RunsAsync(most, cancel);

    public Task<IReadOnlyList<RunSourceRow>> RunSourcesAsync(int runId, CancellationToken cancel) =>
        store.RunSourcesAsync(runId, cancel);

    public Task<IReadOnlyList<ReasonCount>> RunReasonsAsync(int runId, CancellationToken cancel) =>
        store.RunReasonsAsync(runId, cancel);

    public Task<IReadOnlyList<SourceRow>> SourcesAsync(string location, CancellationToken cancel) =>
        store.SourcesAsync(location, cancel);

    public Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel) =>
        store.ClaimAsync(identity, cancel);

    public Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel) =>
        store.PositionsAsync(sourceId, cancel);

    public Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(QuarantineFilter filter, CancellationToken cancel) =>
        store.QuarantineAsync(filter, cancel);

    public Task<IReadOnlyList<ReasonCount>> QuarantineCountsAsync(CancellationToken cancel) =>
        store.QuarantineCountsAsync(cancel);

    public Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    )
    {
        BeforeReplay?.Invoke();
        return store.ReplayAsync(runId, loaded, refused, cancel);
    }

    public Action? BeforeReplay { get; init; }

    public Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel) => store.ResetInteractionsAsync(cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Called with the number of each commit, from 0.</summary>
    public Action<int>? BeforeCommit { get; init; }

    private bool FailsNow()
    {
        BeforeCommit?.Invoke(commits);
        return commits++ >= commitsBefore && failures++ < times;
    }

    private sealed class FailingLoad(FailingStore owner, ILoad load) : ILoad
    {
        public int SourceId => load.SourceId;

        public void Write(in KioskEvent kioskEvent) => load.Write(kioskEvent);

        public void Write(Refusal refusal) => load.Write(refusal);

        public ValueTask FlushAsync(CancellationToken cancel) => load.FlushAsync(cancel);

        public async Task CommitAsync(LoadProgress progress, CancellationToken cancel)
        {
            var fails = owner.FailsNow();
            if (!fails || owner.AfterCommit)
                await load.CommitAsync(progress, cancel);
            if (fails)
                throw new TransientException("the connection was cut");
        }

        public ValueTask DisposeAsync() => load.DisposeAsync();
    }

    private sealed class FailingStreamLoad(FailingStore owner, IStreamLoad load) : IStreamLoad
    {
        public void Write(in KioskEvent kioskEvent) => load.Write(kioskEvent);

        public void Write(Refusal refusal) => load.Write(refusal);

        public ValueTask FlushAsync(CancellationToken cancel) => load.FlushAsync(cancel);

        public async Task<Counts> CommitAsync(CancellationToken cancel)
        {
            var fails = owner.FailsNow();
            var counts = !fails || owner.AfterCommit ? await load.CommitAsync(cancel) : default;
            return fails ? throw new TransientException("the connection was cut") : counts;
        }

        public ValueTask DisposeAsync() => load.DisposeAsync();
    }

    private bool AfterCommit => afterCommit;
}
