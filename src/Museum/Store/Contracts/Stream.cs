using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>A topic of one cluster. The id tells a topic from another of the same name that was made after it was
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
/// <param name="Epoch">The fencing token: whoever claimed last may write.</param>
/// <param name="Owner">Host, process and run of the last claim.</param>
/// <param name="Problem">Why it is stopped until an operator decides.</param>
/// <param name="Retired">The topic was made anew since.</param>
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
    DateTimeOffset? SeenAt
);

/// <summary>The right to move one partition's position, until somebody claims it anew.</summary>
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

    /// <summary>The ledger's row that rows of this partition belong to: of the block of offsets (see
    /// <see cref="Model.EventId"/>) where it stands.</summary>
    public int SourceId { get; private set; } = sourceId;

    internal long Block { get; private set; } = Model.EventId.BlockOf(nextOffset);

    public long Epoch { get; } = epoch;

    /// <summary>The first offset that is not committed.</summary>
    public long NextOffset { get; private set; } = nextOffset;

    public long HighOffset { get; private set; } = highOffset;

    internal void MoveTo(long nextOffset) => (NextOffset, HighOffset) = (nextOffset, Math.Max(HighOffset, nextOffset));

    internal void Enter(long block, int source) => (Block, SourceId) = (block, source);

    /// <summary>Positions below this may be in the tables already.</summary>
    internal bool MayRepeat => NextOffset < HighOffset;
}

/// <summary>How one transaction moves one partition.</summary>
/// <param name="NextOffset">Where it stands after it.</param>
/// <param name="Read">Messages in between: there may be gaps, of compaction or transaction markers. All in the block of
/// the last.</param>
public sealed record PartitionMove(PartitionClaim Claim, long NextOffset, int? LeaderEpoch, long Read)
{
    internal long Block => Model.EventId.BlockOf(NextOffset - 1);
}

/// <summary>One transaction over several partitions of one stream: their positions have been moved when it
/// begins.</summary>
public interface IStreamLoad : IAsyncDisposable
{
    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    void Write(in KioskEvent kioskEvent);

    void Write(Refusal refusal);

    /// <summary>Hands buffered rows to the database.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Commits rows, counts, ledger and positions, announces calls for help, and moves the claims. What was
    /// committed.</summary>
    Task<Counts> CommitAsync(CancellationToken cancel);
}

/// <summary>Newly stored calls for help, or refusals that may be some.</summary>
/// <param name="Support">Ids in <c>support_instance</c>.</param>
/// <param name="Quarantine">Ids in <c>quarantine</c>.</param>
/// <param name="Count">How many there are; where both lists are empty there were too many to name, or some were missed:
/// read again.</param>
public sealed record HelpAnnouncement(
    int MuseumId,
    IReadOnlyList<long> Support,
    IReadOnlyList<long> Quarantine,
    long Count
)
{
    /// <summary>More than so many at once are not named one by one.</summary>
    public const int MostNamed = 100;
}

/// <summary>Another process has claimed these partitions: what was to be written is theirs to write.</summary>
internal sealed class FencedException(IReadOnlyList<PartitionClaim> claims)
    : Exception(
        $"another consumer has claimed {string.Join(", ", claims.Select(c => $"{c.Stream.Topic}:{c.Partition}"))}"
    )
{
    public IReadOnlyList<PartitionClaim> Claims { get; } = claims;
}

/// <summary>An operator's decision about a position.</summary>
public sealed record OperatorMove(string Who, string Command, string Detail);
