using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Audit;
using MuseumPipeline.Store.Contracts.Curation;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Notices;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Store.Contracts.Tokens;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The database behind the pipeline, PostgreSQL or the embedded SQLite file, as a set of small contracts. A
/// caller takes only those it needs. One contract test suite runs over both databases. <para>Errors of every contract:
/// <see cref="TransientException"/> for temporary faults (connection lost, contention, read-only node, server
/// exhausted): read the position again, then repeat. <see cref="MuseumException"/> for what a person must fix
/// (credentials, wrong database, no schema, a bug). Each contract states what else it throws.</para></summary>
/// <param name="Target"><c>embedded</c>, <c>local</c> or <c>aws</c>.</param>
/// <param name="Describe">Where the data is, for people; never a secret.</param>
/// <param name="Writers">How many transactions of one process are worth writing in parallel: 1 if there is only one
/// writer.</param>
public sealed record MuseumStore(string Target, string Describe, int Writers) : IAsyncDisposable
{
    /// <summary>The schema, and whether everything adds up.</summary>
    public required IMaintenance Maintenance { get; init; }

    /// <summary>Museums and their exhibitions.</summary>
    public required IMuseums Museums { get; init; }

    /// <summary>The buttons of the kiosks.</summary>
    public required IButtons Buttons { get; init; }

    /// <summary>Every run, and what was committed under it.</summary>
    public required IRuns Runs { get; init; }

    /// <summary>Objects and files: what is loaded of each, and the transaction that loads more.</summary>
    public required ISources Sources { get; init; }

    /// <summary>Taking the original's database over.</summary>
    public required Moves.IImports Imports { get; init; }

    /// <summary>The content of every source; removing one; verification.</summary>
    public required ILedger Ledger { get; init; }

    /// <summary>Partitions of streams: where each stands, and the transaction that moves them.</summary>
    public required IPartitions Partitions { get; init; }

    /// <summary>Records that could not be used.</summary>
    public required IQuarantine Quarantine { get; init; }

    /// <summary>Presses of the help buttons.</summary>
    public required IHelpCalls HelpCalls { get; init; }

    /// <summary>What was done about calls for help.</summary>
    public required IIncidents Incidents { get; init; }

    /// <summary>Hourly counts and everything else the pages count with.</summary>
    public required ICounts Counts { get; init; }

    /// <summary>Single presses that count.</summary>
    public required IEvents Events { get; init; }

    /// <summary>All of them, and all refusals, for files.</summary>
    public required IEventExport Export { get; init; }

    /// <summary>Taking old months out of the tables.</summary>
    public required IRetention Retention { get; init; }

    /// <summary>Who is told of what, and the outbox.</summary>
    public required INotices Notices { get; init; }

    /// <summary>What happened when, as people wrote it down.</summary>
    public required IAnnotations Annotations { get; init; }

    /// <summary>Exhibitions' own targets.</summary>
    public required ITargets Targets { get; init; }

    /// <summary>Pictures of floors, and where exhibitions are on them.</summary>
    public required IFloorPlans FloorPlans { get; init; }

    /// <summary>Who may log in to the dashboard.</summary>
    public required IUsers Users { get; init; }

    /// <summary>What programs read the API with.</summary>
    public required ITokens Tokens { get; init; }

    /// <summary>The keys that sign the dashboard's cookies.</summary>
    public required ICookieKeys CookieKeys { get; init; }

    /// <summary>What operators did.</summary>
    public required IOperatorLog OperatorLog { get; init; }

    /// <summary>Who did what, as a chain of hashes.</summary>
    public required IAudit Audit { get; init; }

    /// <summary>The connections; closed with the store.</summary>
    internal IAsyncDisposable? Connections { get; init; }

    public ValueTask DisposeAsync() => Connections?.DisposeAsync() ?? ValueTask.CompletedTask;
}
