namespace MuseumPipeline.Store.Contracts;

/// <summary>Positions of streams: where each partition stands, and the transaction that updates them with their
/// rows.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IPartitions
{
    /// <summary>The positions of a topic's partitions, retired ones too; of every topic if none is named.</summary>
    Task<IReadOnlyList<PartitionRow>> ListAsync(string? cluster, string? topic, CancellationToken cancel);

    /// <summary>Records where partitions begin, before anything is consumed; a known partition is not
    /// changed.</summary>
    /// <returns>How many were new.</returns>
    Task<int> StartAsync(StreamIdentity stream, IReadOnlyDictionary<int, long> starts, CancellationToken cancel);

    /// <summary>Takes a partition over: from here on only this claim can advance it. Null if it was not started, or is
    /// stopped.</summary>
    Task<PartitionClaim?> ClaimAsync(StreamIdentity stream, int partition, string owner, CancellationToken cancel);

    /// <summary>Opens the one transaction that advances these partitions, by compare-and-swap, and writes their
    /// rows.</summary>
    /// <exception cref="FencedException">Another process has claimed some of them; nothing was written.</exception>
    Task<IStreamLoad> BeginAsync(IReadOnlyList<PartitionMove> moves, int runId, CancellationToken cancel);

    /// <summary>A heartbeat: the run is alive, and its partitions end here.</summary>
    /// <param name="trouble">What keeps it from receiving; null if all is well.</param>
    Task BeatAsync(
        int runId,
        IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> partitions,
        string? trouble,
        CancellationToken cancel
    );

    /// <summary>Stops a partition until an operator decides, with the reason.</summary>
    /// <param name="epoch">Of the claim under which the reason was found; null if the reason applies to any
    /// owner.</param>
    /// <returns>False if it was stopped before, or claimed by another process since: what the old owner saw says
    /// nothing about the new one's position.</returns>
    Task<bool> StopAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        PartitionProblem problem,
        CancellationToken cancel
    );

    /// <summary>An operator's change of a position: fences whoever is consuming it, and is recorded.</summary>
    Task MoveAsync(StreamIdentity stream, int partition, long nextOffset, OperatorMove move, CancellationToken cancel);

    /// <summary>An operator's decision about a partition that no longer exists: its row is kept, and the decision is
    /// recorded.</summary>
    Task RetireAsync(StreamIdentity stream, int partition, OperatorMove move, CancellationToken cancel);
}

/// <summary>A topic of one cluster. The id tells it from a topic with the same name that was created after it was
/// deleted.</summary>
public sealed record StreamIdentity(int MuseumId, string Cluster, string Topic, string TopicId)
{
    /// <summary>The place of its partitions in the ledger.</summary>
    public string Location => $"kafka:{Cluster}/{Topic}/{TopicId}";
}

/// <summary>A row of <c>kafka_offset</c>: where a partition stands.</summary>
/// <param name="StartOffset">Where it was first begun.</param>
/// <param name="NextOffset">The first offset that is not in the database.</param>
/// <param name="EndOffset">The end of the partition when its owner last looked.</param>
/// <param name="Epoch">The fencing token: only the last claim may write.</param>
/// <param name="Owner">Host, process and run of the last claim.</param>
/// <param name="Problem">Why it is stopped until an operator decides.</param>
/// <param name="Retired">The topic was created again since.</param>
/// <param name="Trouble">What its owner reports as wrong; null if all is well.</param>
public sealed record PartitionRow(
    string Cluster,
    string Topic,
    string TopicId,
    int Partition,
    int MuseumId,
    int? SourceId,
    long StartOffset,
    long NextOffset,
    long HighOffset,
    long? EndOffset,
    int? LeaderEpoch,
    long Epoch,
    string? Owner,
    string? Problem,
    bool Retired,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? SeenAt,
    string? Trouble = null
)
{
    /// <summary>Offsets identify records only within one log: each log that replaced another is a new generation, with
    /// sources of its own.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>A digest of the record before <see cref="NextOffset"/>, as it was committed; null if there was
    /// none.</summary>
    public string? LastRecord { get; init; }

    /// <summary>It is stopped because the log was replaced.</summary>
    public bool OtherLog { get; init; }
}

/// <summary>The right to advance one partition's position, until another process claims it.</summary>
public sealed class PartitionClaim(
    StreamIdentity stream,
    int partition,
    int sourceId,
    long epoch,
    long nextOffset,
    long highOffset
)
{
    public StreamIdentity Stream { get; } = stream;

    public int Partition { get; } = partition;

    /// <summary>The ledger's row for rows of this partition: that of the current block of offsets (see <see
    /// cref="Model.EventId"/>).</summary>
    public int SourceId { get; private set; } = sourceId;

    internal long Block { get; private set; } = Model.EventId.BlockOf(nextOffset);

    /// <summary>See <see cref="PartitionRow.Generation"/>.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>The newest leader epoch seen; within one log it never decreases.</summary>
    public int LeaderEpoch { get; internal set; } = -1;

    public long Epoch { get; } = epoch;

    /// <summary>The first offset that is not committed.</summary>
    public long NextOffset { get; private set; } = nextOffset;

    public long HighOffset { get; private set; } = highOffset;

    internal void MoveTo(long nextOffset) => (NextOffset, HighOffset) = (nextOffset, Math.Max(HighOffset, nextOffset));

    internal void Enter(long block, int source) => (Block, SourceId) = (block, source);

    /// <summary>Positions below this may be in the tables already.</summary>
    internal bool MayRepeat => NextOffset < HighOffset;
}

/// <summary>How one transaction advances one partition.</summary>
/// <param name="NextOffset">The position after it.</param>
/// <param name="Read">Messages in between: there may be gaps from compaction or transaction markers. All are in the
/// block of the last one.</param>
public sealed record PartitionMove(PartitionClaim Claim, long NextOffset, int? LeaderEpoch, long Read)
{
    /// <summary>See <see cref="PartitionRow.LastRecord"/>.</summary>
    public string? LastRecord { get; init; }

    internal long Block => Model.EventId.BlockOf(NextOffset - 1);
}

/// <summary>Why a partition is stopped.</summary>
/// <param name="OtherLog">The log was replaced: its offsets belong to other records.</param>
public sealed record PartitionProblem(string Text, bool OtherLog = false)
{
    public static implicit operator PartitionProblem(string text) => new(text);

    public static PartitionProblem FromString(string text) => new(text);
}
