using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The database as a whole: <c>museum db</c>.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IMaintenance
{
    /// <summary>Connects and asks the server for its version.</summary>
    Task<string> PingAsync(CancellationToken cancel);

    /// <summary>What our statements are waiting for now, in words, asked over another connection; null if
    /// unknown.</summary>
    Task<string?> WhyWaitingAsync(CancellationToken cancel);

    /// <summary>Whether the server, and the way to it, can do what whoever writes needs.</summary>
    /// <exception cref="MuseumException">They cannot.</exception>
    Task CheckServerAsync(CancellationToken cancel);

    /// <summary>The version of the schema, 0 where there is none, and the one that this program needs.</summary>
    Task<(long Version, long Needed)> SchemaAsync(CancellationToken cancel);

    /// <summary>Brings the schema up to date; safe under concurrent starts. Returns the names of the migrations applied
    /// now.</summary>
    /// <exception cref="MuseumException">The schema is newer than this program.</exception>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel);

    /// <summary>Makes the views under which other pipelines have the same presses: <c>rating</c>, <c>request</c>,
    /// <c>rating_interaction</c>, <c>request_interaction</c>.</summary>
    /// <exception cref="MuseumException">The database knows no time zones.</exception>
    Task AddSiblingViewsAsync(CancellationToken cancel);

    /// <summary>The SQL that makes a role with just what some commands need; done too if asked.</summary>
    /// <exception cref="MuseumException">This database has no roles.</exception>
    Task<string> GrantAsync(GrantPurpose purpose, string role, bool apply, CancellationToken cancel);

    /// <summary>What is in the database and whether tables, ledger and hourly counts agree.</summary>
    Task<StoreStatus> StatusAsync(CancellationToken cancel);

    /// <summary>How well each table is looked after by the database, the largest first.</summary>
    Task<IReadOnlyList<TableCare>> CareAsync(CancellationToken cancel);

    /// <summary>Removes every event, refusal, source and run; keeps museums, exhibitions and types. This was the
    /// original's reset script.</summary>
    Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel);
}

/// <param name="Rows">In use, by the database's own estimate.</param>
/// <param name="Dead">No longer in use, and not given back yet.</param>
/// <param name="Unit">What is counted: rows, or pages of the whole file.</param>
/// <param name="Analyzed">Whether there are statistics to plan by.</param>
/// <param name="TransactionAge">Transactions since its oldest row was frozen; 0 where that means nothing.</param>
public sealed record TableCare(string Table, long Rows, long Dead, string Unit, bool Analyzed, long TransactionAge);

public sealed record ResetCounts(long Ratings, long Support, long Quarantined, long Sources, long Runs);

/// <summary>Counts of the tables, to compare with ledger and hourly counts; they must agree.</summary>
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
    /// <summary>What <c>museum db retain</c> took out of the tables; the ledger and the hourly counts still count
    /// it.</summary>
    public long RetiredRatings { get; init; }

    /// <summary>The same of calls for help.</summary>
    public long RetiredSupport { get; init; }

    /// <summary>The same of refusals that were held.</summary>
    public long RetiredHeld { get; init; }

    public bool Balanced =>
        Ratings + RetiredRatings == LedgerRatings
        && Support + RetiredSupport == LedgerSupport
        && QuarantineHeld + RetiredHeld == LedgerQuarantined
        && LedgerRatings == HourlyRatings
        && LedgerSupport == HourlySupport
        && LedgerRead == LedgerRatings + LedgerSupport + LedgerQuarantined + LedgerSkipped;
}
