namespace MuseumPipeline.Store.Contracts;

/// <summary>What is done about calls for help, and which of them nobody did anything about.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IIncidents
{
    /// <summary>Acknowledges or reopens a call for help that came by a stream; recorded, and announced to every
    /// listener.</summary>
    Task<IncidentOutcome> ActAsync(long pressId, IncidentMove move, CancellationToken cancel);

    /// <summary>The same of many, all in one transaction: what became of each.</summary>
    Task<IReadOnlyDictionary<long, IncidentOutcome>> ActAsync(
        IReadOnlyCollection<long> pressIds,
        IncidentMove move,
        CancellationToken cancel
    );

    /// <summary>Live emergencies since <paramref name="since"/>, the oldest first, that are open since before
    /// <paramref name="until"/>, or that somebody went to before <paramref name="wentBefore"/> and did not resolve, and
    /// for whose waiting nobody was told yet.</summary>
    Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
        DateTimeOffset wentBefore,
        int most,
        CancellationToken cancel
    );

    /// <summary>Takes the right to tell: true for one of however many servers ask. Announced to every
    /// listener.</summary>
    Task<bool> EscalateAsync(OverduePress press, CancellationToken cancel);

    /// <summary>Escalations since <paramref name="since"/> whose delivery is not confirmed, after fewer than
    /// <paramref name="attempts"/> attempts.</summary>
    Task<IReadOnlyList<Escalation>> UndeliveredAsync(DateTimeOffset since, int attempts, CancellationToken cancel);

    /// <summary>Takes the next attempt: true for one of however many servers ask.</summary>
    Task<bool> AttemptAsync(Escalation escalation, CancellationToken cancel);

    /// <param name="problem">Null when it was delivered.</param>
    Task AttemptedAsync(Escalation escalation, string? problem, CancellationToken cancel);

    /// <summary>Every museum's calls for help that wait for somebody, and its escalations; by code.</summary>
    /// <param name="since">What is older waits no longer.</param>
    Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel);
}

/// <summary>A row of <c>incident_action</c>.</summary>
/// <param name="Action"><c>take</c>, <c>resolve</c>, <c>reopen</c>, <c>note</c>, or <c>acknowledge</c> from before the
/// first two were told apart.</param>
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
/// <param name="Outcome">What it was, of a call that is resolved.</param>
/// <param name="Act">The number whoever acts gave the act: sent again, it counts once.</param>
public sealed record IncidentMove(string Action, string Who, string Note, string? Outcome = null, string? Act = null)
{
    /// <summary>Somebody is on the way. (An "acknowledge" of the database is from before that was told apart, and
    /// resolved.)</summary>
    public const string Acknowledge = "take";
    public const string Resolve = "resolve";
    public const string Reopen = "reopen";
}

public enum IncidentOutcome
{
    Done,

    /// <summary>No call for help has this id.</summary>
    Unknown,

    /// <summary>It came in a file: nobody can answer it any more.</summary>
    History,

    /// <summary>Somebody else was quicker: it does not stand as the act takes it to.</summary>
    Already,
}

/// <param name="OpenSince">When it was pressed (or arrived), was reopened, or somebody went.</param>
public sealed record OverduePress(long PressId, int MuseumId, DateTimeOffset OpenSince);

/// <summary>A row of <c>escalation</c>.</summary>
public sealed record Escalation(long PressId, int MuseumId, DateTimeOffset EscalatedAt, int Attempts);

/// <param name="Unreadable">Open calls of a kind that could not be read.</param>
/// <param name="OldestEmergency">Since when the oldest open emergency is open: pressed (or arrived), or
/// reopened.</param>
/// <param name="Attempts">To tell the webhook of an escalation.</param>
/// <param name="Undelivered">Escalations that are younger than <c>since</c>, and of which the webhook could not be told
/// so far.</param>
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
