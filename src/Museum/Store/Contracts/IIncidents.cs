using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Store.Contracts;

/// <summary>What is done about calls for help, and the calls that nobody acted on.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IIncidents
{
    /// <summary>Empties the notes that are older than an instant; how many.</summary>
    Task<int> ForgetNotesAsync(DateTimeOffset before, CancellationToken cancel);

    /// <summary>Acknowledges or reopens a call for help from a stream; recorded, and announced to every
    /// listener.</summary>
    Task<IncidentOutcome> ActAsync(long pressId, IncidentMove move, CancellationToken cancel);

    /// <summary>The same for many calls in one transaction; returns the result for each.</summary>
    Task<IReadOnlyDictionary<long, IncidentOutcome>> ActAsync(
        IReadOnlyCollection<long> pressIds,
        IncidentMove move,
        CancellationToken cancel
    );

    /// <summary>Emergencies from streams since <paramref name="since"/>, oldest first, that have been open since before
    /// <paramref name="until"/>, or that somebody acknowledged before <paramref name="wentBefore"/> but did not
    /// resolve, and whose wait was not escalated yet.</summary>
    Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        DateTimeOffset wentBefore,
        int most,
        CancellationToken cancel
    );

    /// <summary>Claims an escalation: true for only one of the servers that ask. Announced to every listener.</summary>
    Task<bool> EscalateAsync(OverduePress press, CancellationToken cancel);

    /// <summary>Escalations since <paramref name="since"/> whose delivery is not confirmed, with fewer than <paramref
    /// name="attempts"/> attempts.</summary>
    Task<IReadOnlyList<Escalation>> UndeliveredAsync(DateTimeOffset since, int attempts, CancellationToken cancel);

    /// <summary>Claims the next attempt: true for only one of the servers that ask.</summary>
    Task<bool> AttemptAsync(Escalation escalation, CancellationToken cancel);

    /// <param name="problem">Null if it was delivered.</param>
    Task AttemptedAsync(Escalation escalation, string? problem, CancellationToken cancel);

    /// <summary>Every museum's calls for help that wait for somebody, and its escalations; by code.</summary>
    /// <param name="since">Older ones no longer wait.</param>
    Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel);
}

/// <summary>A row of <c>incident_action</c>.</summary>
/// <param name="Action"><c>take</c>, <c>resolve</c>, <c>reopen</c>, <c>note</c>, or <c>acknowledge</c> from before the
/// first two were separate.</param>
public sealed record IncidentAction(
    long Id,
    long PressId,
    string Action,
    string Who,
    string Note,
    DateTimeOffset At,
    string? Outcome = null
);

/// <param name="Action"><see cref="Acknowledge"/>, <see cref="Resolve"/> or <see cref="Reopen"/>.</param>
/// <param name="Who">As logged in, or as they say.</param>
/// <param name="Outcome">What it turned out to be, for a resolved call.</param>
/// <param name="Act">The action's number, given by the caller: sent again, it counts once.</param>
public sealed record IncidentMove(string Action, string Who, string Note, string? Outcome = null, string? Act = null)
{
    /// <summary>Somebody is on the way. (An "acknowledge" in the database is from before this was a separate action,
    /// and means resolved.)</summary>
    public const string Acknowledge = "take";
    public const string Resolve = "resolve";
    public const string Reopen = "reopen";

    /// <summary>For the audit.</summary>
    public AuditActor? By { get; init; }
}

public enum IncidentOutcome
{
    Done,

    /// <summary>No call for help has this id.</summary>
    Unknown,

    /// <summary>It came in a file: it can no longer be answered.</summary>
    History,

    /// <summary>Somebody else was quicker: its state does not allow the action any more.</summary>
    Already,
}

/// <param name="OpenSince">When it was pressed (or arrived), was reopened, or somebody acknowledged it.</param>
public sealed record OverduePress(long PressId, int MuseumId, DateTimeOffset OpenSince);

/// <summary>A row of <c>escalation</c>.</summary>
public sealed record Escalation(long PressId, int MuseumId, DateTimeOffset EscalatedAt, int Attempts);

/// <param name="Unreadable">Open calls whose kind could not be read.</param>
/// <param name="OldestEmergency">Since when the oldest open emergency is open: pressed (or arrived), or
/// reopened.</param>
/// <param name="Attempts">Attempts to call the webhook.</param>
/// <param name="Undelivered">Escalations since <c>since</c> that the webhook has not accepted yet.</param>
public sealed record MuseumWatch(
    string Code,
    long Emergencies,
    long Assistance,
    long Unreadable,
    DateTimeOffset? OldestEmergency,
    long Escalations,
    long Attempts,
    long Undelivered
);
