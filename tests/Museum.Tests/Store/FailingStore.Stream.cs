using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

/// <summary>What it only hands on.</summary>
internal sealed partial class FailingStore
{
    public Task<IReadOnlyList<PartitionRow>> PartitionsAsync(
        string? cluster,
        string? topic,
        CancellationToken cancel
    ) => store.PartitionsAsync(cluster, topic, cancel);

    public Task<int> StartPartitionsAsync(
        StreamIdentity stream,
        IReadOnlyDictionary<int, long> starts,
        CancellationToken cancel
    ) => store.StartPartitionsAsync(stream, starts, cancel);

    public Task<PartitionClaim?> ClaimPartitionAsync(
        StreamIdentity stream,
        int partition,
        string owner,
        CancellationToken cancel
    ) => store.ClaimPartitionAsync(stream, partition, owner, cancel);

    public async Task<IStreamLoad> BeginAsync(
        IReadOnlyList<PartitionMove> moves,
        int runId,
        CancellationToken cancel
    ) => new FailingStreamLoad(this, await store.BeginAsync(moves, runId, cancel));

    public Task BeatAsync(
        int runId,
        IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> partitions,
        CancellationToken cancel
    ) => store.BeatAsync(runId, partitions, cancel);

    public Task<bool> StopPartitionAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        string problem,
        CancellationToken cancel
    ) => store.StopPartitionAsync(stream, partition, epoch, problem, cancel);

    public Task MovePartitionAsync(
        StreamIdentity stream,
        int partition,
        long nextOffset,
        OperatorMove move,
        CancellationToken cancel
    ) => store.MovePartitionAsync(stream, partition, nextOffset, move, cancel);

    public Task<IReadOnlyList<OperatorAction>> OperatorActionsAsync(int most, CancellationToken cancel) =>
        store.OperatorActionsAsync(most, cancel);

    public Task RetirePartitionAsync(
        StreamIdentity stream,
        int partition,
        OperatorMove move,
        CancellationToken cancel
    ) => store.RetirePartitionAsync(stream, partition, move, cancel);

    public IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel) => store.ListenAsync(cancel);

    public Task ExtendSourceAsync(SourceRow source, string version, long size, CancellationToken cancel) =>
        store.ExtendSourceAsync(source, version, size, cancel);
}
