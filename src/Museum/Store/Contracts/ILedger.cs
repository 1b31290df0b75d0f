using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The ledger's sources and their content, removing one, and the versions that a load skips.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ILedger
{
    /// <summary>Reads everything as it is at one instant.</summary>
    Task<T> SnapshotAsync<T>(Func<ISnapshot, Task<T>> read, CancellationToken cancel);

    /// <summary>The sources whose rows are in the tables, by place and name.</summary>
    Task<IReadOnlyList<LedgerSource>> ListAsync(CancellationToken cancel);

    /// <summary>Those of them that mostly repeat their own presses.</summary>
    Task<IReadOnlyList<LedgerSource>> RepeatingAsync(CancellationToken cancel);

    /// <summary>How many of these presses (button, place and instant) are in the tables, and from where.</summary>
    /// <param name="except">Presses from any version of this name do not count.</param>
    /// <param name="claim">Asks over its connection; null for one of its own.</param>
    Task<FoundPresses> FindAsync(
        IReadOnlyList<KioskEvent> presses,
        SourceIdentity except,
        Claim? claim,
        CancellationToken cancel
    );

    /// <summary>The versions of a place that a load skips.</summary>
    Task<IReadOnlyList<SetAside>> SetAsideAsync(string location, CancellationToken cancel);

    /// <summary>Records that this version's content is there under other names.</summary>
    Task NoteKnownAsync(SourceIdentity identity, string found, CancellationToken cancel);

    /// <summary>Removes the record that this version is skipped: it is wanted after all.</summary>
    Task ForgetAsync(SourceIdentity identity, CancellationToken cancel);

    /// <summary>Removes a source in one transaction: its rows, its refusals, their counts and its entry in the ledger.
    /// The version is recorded as removed. The position of a stream's partition stays. Null if there is no such source
    /// (any more).</summary>
    Task<RemovedSource?> RemoveAsync(int sourceId, OperatorMove move, CancellationToken cancel);

    /// <summary>Discards held refusals for good, with the reason. Their records count as skipped from then
    /// on.</summary>
    Task<long> DiscardAsync(QuarantineFilter filter, string why, OperatorMove move, CancellationToken cancel);
}

/// <param name="OwnRepeats">Presses that repeat an earlier one of the same source; an estimate if there are
/// many.</param>
public sealed record LedgerSource(SourceRow Row, DateTimeOffset LoadedAt, long OwnRepeats)
{
    /// <summary>Its name for people.</summary>
    public string Path => $"{Row.Location}/{Row.Name}";

    /// <summary>A few repeats are genuine; most of a file are not.</summary>
    public bool MostlyRepeats => Repeating(OwnRepeats, Row.Counts);

    public static bool Repeating(long repeats, Counts counts) =>
        repeats >= 20 && repeats * 2 > counts.Ratings + counts.Support;
}

/// <param name="Presses">How many of the presses asked for are there.</param>
/// <param name="Sources">Their sources, those with most of them first.</param>
public sealed record FoundPresses(int Presses, IReadOnlyList<string> Sources);

/// <summary>A version that a load skips.</summary>
/// <param name="Why"><c>known</c>: its content is there; <c>removed</c>: by <c>sources remove</c>.</param>
/// <param name="Detail">For people.</param>
public sealed record SetAside(string Name, string Version, string Why, string Detail);

public sealed record RemovedSource(string Path, long Ratings, long Support, long Quarantined);
