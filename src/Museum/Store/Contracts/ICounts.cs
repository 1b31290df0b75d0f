using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The counts behind the pages. Each answer is of one instant: it never includes half of a
/// transaction.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface ICounts
{
    /// <summary>Museums, exhibitions, and the ledger's sums: cheap, and changed by everything that changes the hourly
    /// counts.</summary>
    Task<Catalogue> CatalogueAsync(CancellationToken cancel);

    /// <summary>The hourly counts of a museum and the ledger they agree with.</summary>
    /// <param name="from">The first hour wanted; null for all of them.</param>
    Task<HourlyReading> HourlyAsync(int museumId, DateTimeOffset? from, CancellationToken cancel);

    /// <summary>
    /// Presses of one button of one exhibition that came within <paramref name="within"/> of the press before them,
    /// counted by hour. Only presses from <paramref name="from"/> to before <paramref name="until"/> are counted; the
    /// one before may be older.
    /// </summary>
    Task<IReadOnlyList<RepeatRow>> RepeatsAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset until,
        TimeSpan within,
        CancellationToken cancel
    );

    /// <summary>The last press of each exhibition, in the hour known to hold it.</summary>
    Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(
        int museumId,
        DateTimeOffset hour,
        CancellationToken cancel
    );
}

/// <summary>An exhibition without its description.</summary>
public sealed record ExhibitionCard(
    int Id,
    int MuseumId,
    string PublicId,
    string Site,
    string Name,
    string Floor,
    string Department,
    DateOnly? StartDate
);

/// <summary>Everything there is to count, and the state of the counts.</summary>
public sealed record Catalogue(
    IReadOnlyList<Museum> Museums,
    IReadOnlyList<ExhibitionCard> Exhibitions,
    KioskButtons Buttons,
    IReadOnlyList<MuseumLedger> Ledgers
);

/// <summary>The sums of one museum's ledger, without replaced sources.</summary>
/// <param name="Files">Sources that are not streams: they may change anything in the past.</param>
/// <param name="Streams">Partitions: they only add, mostly now.</param>
public sealed record MuseumLedger(int MuseumId, LedgerSum Files, LedgerSum Streams)
{
    /// <summary>Ratings in the tables, and so in the hourly counts.</summary>
    public long Ratings => Files.Ratings + Streams.Ratings;

    public long Support => Files.Support + Streams.Support;

    public static MuseumLedger Empty(int museumId) => new(museumId, default, default);
}

/// <summary>Equal when nothing was loaded, replaced, replayed or removed in between.</summary>
/// <param name="Ids">The sum of the sources' numbers, which are never used twice.</param>
/// <param name="Epochs">The sum of their epochs, one for each transaction.</param>
public readonly record struct LedgerSum(long Sources, long Ids, long Epochs, long Ratings, long Support);

/// <summary>Presses of one button of one exhibition in the hour that begins then.</summary>
/// <param name="Value">The rating, or the value of the call for help: see <see cref="PressType"/>.</param>
public readonly record struct HourlyRow(int ExhibitionId, DateTimeOffset Hour, PressKind Kind, int Value, long Presses);

/// <param name="Rows">In no order.</param>
/// <param name="First">The museum's first press; null if there is none, or only a part was read.</param>
/// <param name="Last">Its newest press; null if there is none, or none in the part that was read.</param>
public sealed record HourlyReading(
    MuseumLedger Ledger,
    IReadOnlyList<HourlyRow> Rows,
    DateTimeOffset? First,
    DateTimeOffset? Last
);

/// <summary>Repeats of one button of one exhibition in one hour.</summary>
/// <param name="Value">The rating, or the value of the call for help: see <see cref="PressType"/>.</param>
public readonly record struct RepeatRow(int ExhibitionId, DateTimeOffset Hour, PressKind Kind, int Value, long Presses);
