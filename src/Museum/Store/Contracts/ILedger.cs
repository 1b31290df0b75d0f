using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>What the ledger's sources hold, taking one back, and what is left aside when a place is loaded
/// again.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface ILedger
{
    /// <summary>Reads everything as it is at one instant.</summary>
    Task<T> SnapshotAsync<T>(Func<ISnapshot, Task<T>> read, CancellationToken cancel);

    /// <summary>The sources whose rows are in the tables, by place and name.</summary>
    Task<IReadOnlyList<LedgerSource>> ListAsync(CancellationToken cancel);

    /// <summary>How many of these presses (button, place and instant) are in the tables, and from where.</summary>
    /// <param name="except">What came under this name does not count, of whatever version.</param>
    /// <param name="claim">Asks over its connection; null for one of its own.</param>
    Task<FoundPresses> FindAsync(
        IReadOnlyList<KioskEvent> presses,
        SourceIdentity except,
        Claim? claim,
        CancellationToken cancel
    );

    /// <summary>The versions of a place that are not to be loaded.</summary>
    Task<IReadOnlyList<SetAside>> SetAsideAsync(string location, CancellationToken cancel);

    /// <summary>Remembers that this version's content is there under other names.</summary>
    Task NoteKnownAsync(SourceIdentity identity, string found, CancellationToken cancel);

    /// <summary>Forgets that this version was left aside: somebody wants it after all.</summary>
    Task ForgetAsync(SourceIdentity identity, CancellationToken cancel);

    /// <summary>
    /// Takes a source back in one transaction: its rows, its refusals, their counts and its place in the ledger. The
    /// version is remembered as removed. The position of a stream's partition stays. Null where there is no such source
    /// (any more).
    /// </summary>
    Task<RemovedSource?> RemoveAsync(int sourceId, OperatorMove move, CancellationToken cancel);

    /// <summary>Lets go of held refusals for good, with the reason. Their records count as skipped from then on.</summary>
    Task<long> DiscardAsync(QuarantineFilter filter, string why, OperatorMove move, CancellationToken cancel);
}

/// <param name="OwnRepeats">Presses that repeat an earlier one of the same source; estimated where there are
/// many.</param>
public sealed record LedgerSource(SourceRow Row, DateTimeOffset LoadedAt, long OwnRepeats)
{
    /// <summary>As a person names it.</summary>
    public string Path => $"{Row.Location}/{Row.Name}";

    /// <summary>A few repeats are honest; most of a file are not.</summary>
    public bool MostlyRepeats => Repeating(OwnRepeats, Row.Counts);

    public static bool Repeating(long repeats, Counts counts) =>
        repeats >= 20 && repeats * 2 > counts.Ratings + counts.Support;
}

/// <param name="Presses">How many of those that were asked for are there.</param>
/// <param name="Sources">Where from, most of them first.</param>
public sealed record FoundPresses(int Presses, IReadOnlyList<string> Sources);

/// <summary>A version that is not loaded.</summary>
/// <param name="Why"><c>known</c>: its content is there; <c>removed</c>: it was taken back.</param>
/// <param name="Detail">For a person.</param>
public sealed record SetAside(string Name, string Version, string Why, string Detail);

public sealed record RemovedSource(string Path, long Ratings, long Support, long Quarantined);
