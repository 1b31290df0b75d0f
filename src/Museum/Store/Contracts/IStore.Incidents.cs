namespace MuseumPipeline.Store.Contracts;

/// <summary>What is done about calls for help, and which of them nobody did anything about.</summary>
public partial interface IStore
{
    /// <summary>Acknowledges or reopens a call for help that came by the live road; recorded, and announced to every
    /// listener.</summary>
    Task<IncidentOutcome> ActOnPressAsync(long pressId, IncidentMove move, CancellationToken cancel);

    /// <summary>Emergencies of the live road since <paramref name="since"/> that are open since before
    /// <paramref name="until"/> and not escalated, the oldest first.</summary>
    Task<IReadOnlyList<OverduePress>> OverdueAsync(
        DateTimeOffset since,
        DateTimeOffset until,
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
}

/// <param name="Action"><see cref="Acknowledge"/> or <see cref="Reopen"/>.</param>
/// <param name="Who">As logged in, or as they say.</param>
public sealed record IncidentMove(string Action, string Who, string Note)
{
    public const string Acknowledge = "acknowledge";
    public const string Reopen = "reopen";
}

public enum IncidentOutcome
{
    Done,

    /// <summary>No call for help has this id.</summary>
    Unknown,

    /// <summary>It came in a file: nobody can answer it any more.</summary>
    History,

    /// <summary>It is acknowledged already, or was not.</summary>
    Already,
}

/// <param name="OpenSince">When it was pressed (or arrived), or was reopened.</param>
public sealed record OverduePress(long PressId, int MuseumId, DateTimeOffset OpenSince);

/// <summary>A row of <c>escalation</c>.</summary>
public sealed record Escalation(long PressId, int MuseumId, DateTimeOffset EscalatedAt, int Attempts);
