using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Takes the records of one source.</summary>
public interface IRecordSink
{
    /// <summary>The ledger's row of the source: what <see cref="KioskEvent.SourceId"/> must be.</summary>
    int SourceId { get; }

    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    void Write(in KioskEvent kioskEvent);

    /// <summary>Buffers one refusal.</summary>
    void Write(Refusal refusal);
}

/// <summary>One transaction over one source, or over several, one after another. If it is disposed without a commit, it
/// has no effect.</summary>
public interface ILoad : IRecordSink, IAsyncDisposable
{
    /// <summary>How many rows of the hourly tables the events written so far will touch.</summary>
    int HourlyRows { get; }

    /// <summary>Whether the hour of this event is already counted in this transaction.</summary>
    bool IsCounted(in KioskEvent kioskEvent);

    /// <summary>Sends buffered rows to the database; call it every few thousand rows.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Ends this source here, and goes on with another one of the same museum in the same transaction. False
    /// if a key of ours was there already, of its row or of one of the rows before: another process was here, and
    /// nothing can be committed any more.</summary>
    /// <param name="following">Not in the ledger yet, and replacing nothing.</param>
    Task<bool> GoOnAsync(LoadProgress progress, Claim following, CancellationToken cancel);

    /// <summary>Commits rows, counts and positions together, and updates the claims.</summary>
    /// <param name="progress">Of the last source.</param>
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
