using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>One transaction over one source. Not committed when disposed: everything in it is as if it had never
/// been.</summary>
public interface ILoad : IAsyncDisposable
{
    /// <summary>The ledger's row of the source: what <see cref="KioskEvent.SourceId"/> must be in this
    /// transaction.</summary>
    int SourceId { get; }

    /// <summary>How many rows of the hourly tables the events written so far will touch.</summary>
    int HourlyRows { get; }

    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    void Write(in KioskEvent kioskEvent);

    /// <summary>Buffers one refusal.</summary>
    void Write(Refusal refusal);

    /// <summary>Hands buffered rows to the database; call it every few thousand rows.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Commits rows, counts and position together and moves the claim forward with them.</summary>
    Task CommitAsync(LoadProgress progress, CancellationToken cancel);
}

/// <summary>Where a source stands after a commit.</summary>
/// <param name="NextByte">Where the next record starts (for a stream: the next offset).</param>
/// <param name="NextPosition">The line number of the next record (for a stream: the next offset).</param>
/// <param name="State">Its new state.</param>
/// <param name="Counts">What this transaction adds to this run's counts.</param>
/// <param name="NewlyRead">Records in this transaction that no earlier pass had read: what the source's own count grows
/// by.</param>
/// <param name="SkippedChange">What the source's own count of skipped rows grows by; negative when skipped rows are
/// loaded after all.</param>
/// <param name="Header">The header line of a CSV object, to read its refused records again.</param>
public sealed record LoadProgress(
    long NextByte,
    long NextPosition,
    SourceState State,
    Counts Counts,
    long NewlyRead,
    long SkippedChange,
    byte[]? Header
)
{
    /// <summary>Presses in this transaction that repeat an earlier one of the same source.</summary>
    public long OwnRepeats { get; init; }
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
