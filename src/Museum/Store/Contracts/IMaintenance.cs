using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The database as a whole: <c>museum db</c>.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IMaintenance
{
    /// <summary>Connects and asks the server for its version.</summary>
    Task<string> PingAsync(CancellationToken cancel);

    /// <summary>What our statements wait for just now, in words, asked over another connection; null where it cannot be
    /// told.</summary>
    Task<string?> WhyWaitingAsync(CancellationToken cancel);

    /// <summary>Brings the schema up to date; safe under concurrent starts. Returns the names of the migrations applied
    /// now.</summary>
    /// <exception cref="MuseumException">The schema is newer than this program.</exception>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel);

    /// <summary>What is in the database and whether tables, ledger and hourly counts agree.</summary>
    Task<StoreStatus> StatusAsync(CancellationToken cancel);

    /// <summary>
    /// Removes every event, refusal, source and run; keeps museums, exhibitions and types. The original's reset script.
    /// </summary>
    Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel);
}

public sealed record ResetCounts(long Ratings, long Support, long Quarantined, long Sources, long Runs);

/// <summary>Tables counted, against what ledger and hourly counts say; they must agree.</summary>
public sealed record StoreStatus(
    int SchemaVersion,
    long Ratings,
    long Support,
    long QuarantineHeld,
    long Exhibitions,
    long Sources,
    long LedgerRatings,
    long LedgerSupport,
    long LedgerQuarantined,
    long LedgerRead,
    long LedgerSkipped,
    long HourlyRatings,
    long HourlySupport
)
{
    public bool Balanced =>
        Ratings == LedgerRatings
        && Support == LedgerSupport
        && QuarantineHeld == LedgerQuarantined
        && Ratings == HourlyRatings
        && Support == HourlySupport
        && LedgerRead == LedgerRatings + LedgerSupport + LedgerQuarantined + LedgerSkipped;
}
