using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>One transaction over one source. If it is disposed without a commit, it has no effect.</summary>
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

    /// <summary>Sends buffered rows to the database; call it every few thousand rows.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Commits rows, counts and position together, and updates the claim.</summary>
    Task CommitAsync(LoadProgress progress, CancellationToken cancel);
}

/// <summary>The state of a source after a commit.</summary>
/// <param name="NextByte">Where the next record starts (for a stream: the next offset).</param>
/// <param name="NextPosition">The line number of the next record (for a stream: the next offset).</param>
/// <param name="State">Its new state.</param>
/// <param name="Counts">What this transaction adds to this run's counts.</param>
/// <param name="NewlyRead">Records in this transaction that no earlier pass had read: the increase of the source's own
/// count.</param>
/// <param name="SkippedChange">The increase of the source's own count of skipped rows; negative if skipped rows are
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

/// <summary>One transaction over several partitions of one stream. Their positions are already updated when it
/// begins.</summary>
public interface IStreamLoad : IAsyncDisposable
{
    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    void Write(in KioskEvent kioskEvent);

    void Write(Refusal refusal);

    /// <summary>Sends buffered rows to the database.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Commits rows, counts, ledger and positions, announces calls for help, and updates the claims. Returns
    /// what was committed.</summary>
    Task<Counts> CommitAsync(CancellationToken cancel);
}
