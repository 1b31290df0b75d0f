using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>
/// The database behind the pipeline: PostgreSQL or the embedded SQLite file.
/// One contract test suite runs over both.
/// <para>Errors: <see cref="TransientException"/> for what passes (connection lost, contention, read-only node, server
/// exhausted):
/// re-read the position, then replay. <see cref="RowRefusedException"/> when the database refuses a row of a load.
/// <see cref="MuseumException"/> for what does not pass (credentials, wrong database, a bug).</para>
/// </summary>
public partial interface IStore : IAsyncDisposable
{
    /// <summary><c>embedded</c>, <c>local</c> or <c>aws</c>.</summary>
    string Target { get; }

    /// <summary>Where the data is, for a person; never a secret.</summary>
    string Describe { get; }

    /// <summary>Loads that may usefully run side by side: 1 where there is one writer.</summary>
    int Writers { get; }

    /// <summary>Connects and asks the server for its version.</summary>
    Task<string> PingAsync(CancellationToken cancel);

    /// <summary>Brings the schema up to date; safe under concurrent starts. Returns the names of the migrations applied
    /// now.</summary>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel);

    /// <summary>What is in the database and whether tables, ledger and hourly counts agree.</summary>
    Task<StoreStatus> StatusAsync(CancellationToken cancel);

    Task<IReadOnlyList<Museum>> MuseumsAsync(CancellationToken cancel);

    Task<Vocabulary> VocabularyAsync(int museumId, CancellationToken cancel);

    /// <summary>Creates or changes the exhibition of this public id, its floor and its department.</summary>
    /// <exception cref="ExhibitionConflictException">Another public id already stands for the same site
    /// number.</exception>
    Task<Change> UpsertExhibitionAsync(int museumId, ExhibitionFacts facts, CancellationToken cancel);

    /// <summary>Opens a run in the ledger; every row it loads can be traced to it.</summary>
    Task<int> StartRunAsync(string command, string arguments, CancellationToken cancel);

    /// <param name="already">Rows of sources that were complete before this run and so have no counts of their own in
    /// it.</param>
    Task FinishRunAsync(
        int runId,
        RunState state,
        int exitCode,
        string? message,
        long already,
        CancellationToken cancel
    );

    /// <summary>The newest runs first, with the counts committed under each.</summary>
    Task<IReadOnlyList<RunRow>> RunsAsync(int most, CancellationToken cancel);

    /// <summary>The counts committed under one run, a row a source.</summary>
    Task<IReadOnlyList<RunSourceRow>> RunSourcesAsync(int runId, CancellationToken cancel);

    /// <summary>Records refused under one run, by reason, whatever became of them since.</summary>
    Task<IReadOnlyList<ReasonCount>> RunReasonsAsync(int runId, CancellationToken cancel);

    /// <summary>The current sources of a place: what the ledger believes is loaded from it.</summary>
    Task<IReadOnlyList<SourceRow>> SourcesAsync(string location, CancellationToken cancel);

    /// <summary>
    /// Takes hold of a source so that no other process works on it, and tells where to go on. Released by disposing, or
    /// by the
    /// death of the process. Null where another process holds it.
    /// </summary>
    Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel);

    /// <summary>The lines of a source that are already in the tables or in quarantine, ascending.</summary>
    Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel);

    /// <summary>
    /// Opens the one transaction that holds events, refusals, hourly counts, ledger and position.
    /// Null when the source moved on since it was claimed: another process was here, claim it again.
    /// </summary>
    Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel);

    /// <summary>Held refusals in order of arrival.</summary>
    Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(QuarantineFilter filter, CancellationToken cancel);

    /// <summary>Held refusals by reason.</summary>
    Task<IReadOnlyList<ReasonCount>> QuarantineCountsAsync(CancellationToken cancel);

    /// <summary>
    /// Turns held refusals into events (or gives them their new reason), moving the ledger's and the hourly counts with
    /// them, in one
    /// transaction. A refusal that is no longer held is left alone. Returns how many became ratings and how many
    /// support events.
    /// </summary>
    Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    );

    /// <summary>
    /// Removes every event, refusal, source and run; keeps museums, exhibitions and types. The original's reset script.
    /// </summary>
    Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel);
}

/// <summary>One transaction over one source. Not committed when disposed: everything in it is as if it had never
/// been.</summary>
public interface ILoad : IAsyncDisposable
{
    /// <summary>The ledger's row of the source: what <see cref="KioskEvent.SourceId"/> must be in this
    /// transaction.</summary>
    int SourceId { get; }

    /// <summary>The hot path: buffers one event, allocating nothing.</summary>
    void Write(in KioskEvent kioskEvent);

    /// <summary>Buffers one refusal.</summary>
    void Write(Refusal refusal);

    /// <summary>Hands buffered rows to the database; call it every few thousand rows.</summary>
    ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Commits rows, counts and position together and moves the claim forward with them.</summary>
    Task CommitAsync(LoadProgress progress, CancellationToken cancel);
}

/// <summary>The database refused a row of the load (its SQLSTATE class 22, a constraint): halve the batch to find
/// which.</summary>
internal sealed class RowRefusedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Two public ids would stand for the same site number of one museum.</summary>
internal sealed class ExhibitionConflictException(string message) : Exception(message);

/// <summary>What tells one source from another: never its content.</summary>
/// <param name="Location">The bucket or directory; for a stream the cluster and topic.</param>
/// <param name="Name">The object's key; for a stream the partition.</param>
/// <param name="Version">ETag or hash; for a stream the topic id.</param>
/// <param name="Size">Bytes, 0 where it has no end.</param>
public sealed record SourceIdentity(int MuseumId, string Kind, string Location, string Name, string Version, long Size)
{
    /// <summary>The kind of a source that has no end: what came by the live road.</summary>
    public const string Stream = "partition";
}

public enum SourceState
{
    /// <summary>Known, its position may be anywhere before the end.</summary>
    Loading,

    /// <summary>Read to the end, but rows were skipped by choice (<c>--num_rows</c>).</summary>
    Partial,

    /// <summary>All of it is in the tables or in quarantine.</summary>
    Loaded,

    /// <summary>A later version of the same name took its place; its rows are gone.</summary>
    Replaced,
}

public enum RunState
{
    Running,
    Done,
    Stopped,
    Failed,

    /// <summary>Shown for a run that neither finished nor gave a sign of life for a minute; never stored.</summary>
    Interrupted,
}

public enum Change
{
    Unchanged,
    Created,
    Changed,
}

/// <summary>read = ratings + support + quarantined + already + skipped: the ledger's balance.</summary>
public readonly record struct Counts(
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped,
    long PossibleHelp
)
{
    /// <summary>Every record read is accounted for exactly once.</summary>
    public bool Balanced => Read == Ratings + Support + Quarantined + Already + Skipped;

    public static Counts operator +(Counts a, Counts b) =>
        new(
            a.Read + b.Read,
            a.Ratings + b.Ratings,
            a.Support + b.Support,
            a.Quarantined + b.Quarantined,
            a.Already + b.Already,
            a.Skipped + b.Skipped,
            a.PossibleHelp + b.PossibleHelp
        );

    public static Counts operator -(Counts a, Counts b) =>
        new(
            a.Read - b.Read,
            a.Ratings - b.Ratings,
            a.Support - b.Support,
            a.Quarantined - b.Quarantined,
            a.Already - b.Already,
            a.Skipped - b.Skipped,
            a.PossibleHelp - b.PossibleHelp
        );

    public static Counts Subtract(Counts left, Counts right) => left - right;

    public static Counts Add(Counts left, Counts right) => left + right;
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
);

/// <summary>A row of the ledger's <c>source</c> table.</summary>
/// <param name="Replaces">The row of the earlier version whose place it took.</param>
public sealed record SourceRow(
    int Id,
    int MuseumId,
    string Kind,
    string Location,
    string Name,
    string Version,
    long Size,
    int? Replaces,
    SourceState State,
    long NextByte,
    long NextPosition,
    long Epoch,
    byte[]? Header,
    Counts Counts
);

/// <summary>A source held by this process.</summary>
/// <param name="identity">What is held.</param>
/// <param name="current">The ledger's row of this version; null before its first commit.</param>
/// <param name="replaced">The row of the version whose place it takes, if any.</param>
/// <param name="hold">The store's own: the lock and the connection; gives both back when disposed.</param>
public sealed class Claim(SourceIdentity identity, SourceRow? current, SourceRow? replaced, IAsyncDisposable hold)
    : IAsyncDisposable
{
    public SourceIdentity Identity { get; } = identity;

    public SourceRow? Current { get; internal set; } = current;

    public SourceRow? Replaced { get; internal set; } = replaced;

    internal IAsyncDisposable Hold { get; } = hold;

    public ValueTask DisposeAsync() => Hold.DisposeAsync();
}

public sealed record RunRow(
    int Id,
    string Command,
    string Arguments,
    string Host,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    RunState State,
    int? ExitCode,
    string? Message,
    int Sources,
    Counts Counts
);

public sealed record RunSourceRow(
    int SourceId,
    string Location,
    string Name,
    string Version,
    SourceState State,
    Counts Counts
);

public sealed record QuarantineFilter(
    Reason? Reason = null,
    long? Id = null,
    string? State = "held",
    bool PossibleHelpOnly = false,
    long AfterId = 0,
    int Most = int.MaxValue
);

public sealed record QuarantineRow(
    long Id,
    int MuseumId,
    int SourceId,
    string Kind,
    string Location,
    string SourceName,
    string SourceVersion,
    byte[]? Header,
    long Position,
    Reason Reason,
    string Detail,
    bool PossibleHelp,
    byte[] Raw,
    long RawLength,
    string? Site,
    int? ExhibitionId,
    DateTimeOffset? At,
    DateTimeOffset ReceivedAt,
    string State,
    DateTimeOffset? ResolvedAt
);

public sealed record ReasonCount(Reason Reason, long Count, long PossibleHelp);

public sealed record ReplayCounts(long Ratings, long Support, long StillRefused);

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
