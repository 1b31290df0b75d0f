namespace MuseumPipeline.Store.Contracts;

/// <summary>The live road's side of the database.</summary>
public partial interface IStore
{
    /// <summary>Where the partitions of a topic stand, retired ones too; of every topic where none is named.</summary>
    Task<IReadOnlyList<PartitionRow>> PartitionsAsync(string? cluster, string? topic, CancellationToken cancel);

    /// <summary>Writes down where partitions begin, before anything is consumed; a partition that is known stays as it
    /// is.</summary>
    /// <returns>How many were new.</returns>
    Task<int> StartPartitionsAsync(
        StreamIdentity stream,
        IReadOnlyDictionary<int, long> starts,
        CancellationToken cancel
    );

    /// <summary>Takes a partition over: from here on only this claim can move it. Null where it has not been started,
    /// or is stopped.</summary>
    Task<PartitionClaim?> ClaimPartitionAsync(
        StreamIdentity stream,
        int partition,
        string owner,
        CancellationToken cancel
    );

    /// <summary>Opens the one transaction that moves these partitions, by compare-and-swap, and writes their
    /// rows.</summary>
    /// <exception cref="FencedException">Somebody else has claimed some of them; nothing was written.</exception>
    Task<IStreamLoad> BeginAsync(IReadOnlyList<PartitionMove> moves, int runId, CancellationToken cancel);

    /// <summary>A sign of life: the run is running, its partitions end here.</summary>
    Task BeatAsync(
        int runId,
        IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> partitions,
        CancellationToken cancel
    );

    /// <summary>Stops a partition until an operator decides, with the reason.</summary>
    /// <param name="epoch">Of the claim under which the reason was found; null where it holds whoever has the
    /// partition.</param>
    /// <returns>False where it was stopped before, or claimed by somebody else since: what the old owner saw says
    /// nothing about the new one's position.</returns>
    Task<bool> StopPartitionAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        string problem,
        CancellationToken cancel
    );

    /// <summary>An operator's move of a position: fences whoever is at work on it, and is recorded.</summary>
    Task MovePartitionAsync(
        StreamIdentity stream,
        int partition,
        long nextOffset,
        OperatorMove move,
        CancellationToken cancel
    );

    /// <summary>The file of this source has grown: it is to be loaded on from where it ended.</summary>
    Task ExtendSourceAsync(SourceRow source, string version, long size, CancellationToken cancel);

    /// <summary>Calls for help as they are committed by any process, from now on. Never ends but by cancelling;
    /// survives lost connections.</summary>
    IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel);
}
