using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Presses of the help buttons: those that count, and held refusals that may be some. A record keeps its key
/// when it is replayed.</summary>
/// <remarks>Errors: those of every room (<see cref="MuseumStore"/>).</remarks>
public interface IHelpCalls
{
    /// <summary>The newest first.</summary>
    /// <exception cref="MuseumException">There is no press of the id to begin below.</exception>
    Task<IReadOnlyList<HelpRow>> ListAsync(HelpFilter filter, CancellationToken cancel);

    /// <summary>Those of these ids that are calls for help, the newest first.</summary>
    Task<IReadOnlyList<HelpRow>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel);

    /// <summary>How many there are of a museum, and how many of them wait for somebody.</summary>
    /// <param name="since">What is older waits no longer.</param>
    Task<HelpCounts> CountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel);

    /// <summary>Calls of a period that came by a stream, and when somebody first acknowledged them. Only those that
    /// count.</summary>
    Task<IReadOnlyList<HelpResponse>> ResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    );

    /// <summary>Calls for help as they are committed by any process, from now on. Never ends but by cancelling;
    /// survives lost connections.</summary>
    IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel);
}

/// <param name="Before">Only what comes after the press of this id in the order newest first.</param>
/// <param name="OpenSince">Only what came by the live road since then and nobody went to or resolved.</param>
/// <param name="EmergenciesOnly">Only what is known to be an emergency.</param>
/// <param name="Taken">With those that somebody is on the way to.</param>
public sealed record HelpFilter(
    int MuseumId,
    int Most,
    long? Before = null,
    DateTimeOffset? OpenSince = null,
    bool EmergenciesOnly = false,
    bool Taken = false
);

/// <param name="Value">What the kiosk sent as the kind of help; null where that could not be read.</param>
/// <param name="Reason">Why it is not counted; null where it is.</param>
/// <param name="Place">The exhibition, where the site names one.</param>
/// <param name="Site">The site as it was sent.</param>
/// <param name="At">When it was pressed, where that could be read.</param>
/// <param name="ReceivedAt">When it arrived; kept of refusals alone.</param>
public sealed record HelpRow(
    long Id,
    int MuseumId,
    string Museum,
    string SourceKind,
    int? Value,
    Reason? Reason,
    ExhibitionCard? Place,
    string? Site,
    DateTimeOffset? At,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset? EscalatedAt
)
{
    /// <summary>What was done about it, the oldest first.</summary>
    public IReadOnlyList<IncidentAction> Actions { get; init; } = [];

    /// <summary>What the kind is called; null where it could not be read.</summary>
    public string? Kind { get; init; }

    /// <summary>The kind is an emergency.</summary>
    public bool Alarms { get; init; }

    /// <summary>The kiosk's clock is wrong: what it says is no time of the press.</summary>
    public bool ClockWrong { get; init; }

    /// <summary>When it was pressed; when it arrived where that is not known, cannot be, or would be in the
    /// future.</summary>
    public DateTimeOffset When =>
        ReceivedAt is not { } received ? At!.Value
        : ClockWrong || At is null ? received
        : Reason is null || At < received ? At.Value
        : received;
}

public sealed record HelpCounts(long Open, long Total);

/// <param name="AnsweredAt">When somebody first went, or resolved it at once; null where nobody did.</param>
/// <param name="ResolvedAt">When it was resolved, if it still is.</param>
/// <param name="Outcome">What it was.</param>
public sealed record HelpResponse(
    int ExhibitionId,
    DateTimeOffset At,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? ResolvedAt = null,
    string? Outcome = null
);

/// <summary>Newly stored calls for help, or refusals that may be some.</summary>
/// <param name="Support">Ids in <c>support_instance</c>.</param>
/// <param name="Quarantine">Ids in <c>quarantine</c>.</param>
/// <param name="Count">How many there are; where both lists are empty there were too many to name, or some were missed:
/// read again.</param>
public sealed record HelpAnnouncement(
    int MuseumId,
    IReadOnlyList<long> Support,
    IReadOnlyList<long> Quarantine,
    long Count
)
{
    /// <summary>More than so many at once are not named one by one.</summary>
    public const int MostNamed = 100;

    /// <summary>Nobody announced anything: what was missed is read again.</summary>
    public static HelpAnnouncement LookAgain { get; } = new(0, [], [], 0);

    /// <summary>The same, because announcements are not heard.</summary>
    public static HelpAnnouncement NotHeard { get; } = new(0, [], [], 0) { Heard = false };

    /// <summary>False where the database's announcements do not come through, and there is nothing but to look.</summary>
    public bool Heard { get; init; } = true;
}
