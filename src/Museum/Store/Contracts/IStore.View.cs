namespace MuseumPipeline.Store.Contracts;

/// <summary>What the dashboard reads. Each answer is of one instant: no half of somebody's transaction is in
/// it.</summary>
public partial interface IStore
{
    /// <summary>Museums, exhibitions, and the ledger's sums: cheap, and changed by whatever changes the hourly
    /// counts.</summary>
    Task<Catalogue> CatalogueAsync(CancellationToken cancel);

    /// <summary>The hourly counts of a museum and the ledger they agree with.</summary>
    /// <param name="from">The first hour wanted; null for all of them.</param>
    Task<HourlyReading> HourlyAsync(int museumId, DateTimeOffset? from, CancellationToken cancel);

    /// <summary>
    /// Presses of one button of one exhibition that came within <paramref name="within"/> of the press before them,
    /// counted by hour.
    /// Only presses from <paramref name="from"/> to before <paramref name="until"/> are counted; the one before may be
    /// older.
    /// </summary>
    Task<IReadOnlyList<RepeatRow>> RepeatsAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset until,
        TimeSpan within,
        CancellationToken cancel
    );
}
