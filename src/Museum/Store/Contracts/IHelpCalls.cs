using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Presses of the help buttons: those that count, and held refusals that may be calls for help. A record keeps
/// its key when it is replayed.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IHelpCalls
{
    /// <summary>Newest first.</summary>
    /// <exception cref="MuseumException">There is no press with the id to start below.</exception>
    Task<IReadOnlyList<HelpRow>> ListAsync(HelpFilter filter, CancellationToken cancel);

    /// <summary>Those of these ids that are calls for help, newest first.</summary>
    Task<IReadOnlyList<HelpRow>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancel);

    /// <summary>How many a museum has, and how many of them wait for somebody.</summary>
    /// <param name="since">Older ones no longer wait.</param>
    Task<HelpCounts> CountsAsync(int museumId, DateTimeOffset since, CancellationToken cancel);

    /// <summary>A period's calls from streams, and when somebody first acknowledged them. Only those that
    /// count.</summary>
    Task<IReadOnlyList<HelpResponse>> ResponsesAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset before,
        CancellationToken cancel
    );

    /// <summary>Calls for help as any process commits them, from now on. Ends only when cancelled; survives lost
    /// connections.</summary>
    IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel);
}

/// <param name="Before">Only those after the press with this id, in the order newest first.</param>
/// <param name="OpenSince">Only those that came from the stream since then and that nobody acknowledged or
/// resolved.</param>
/// <param name="EmergenciesOnly">Only known emergencies.</param>
/// <param name="Taken">Also those that somebody is on the way to.</param>
public sealed record HelpFilter(
    int MuseumId,
    int Most,
    long? Before = null,
    DateTimeOffset? OpenSince = null,
    bool EmergenciesOnly = false,
    bool Taken = false
);

/// <param name="Value">What the kiosk sent as the kind of help; null if that could not be read.</param>
/// <param name="Reason">Why it is not counted; null if it is.</param>
/// <param name="Place">The exhibition, if the site names one.</param>
/// <param name="Site">The site as it was sent.</param>
/// <param name="At">When it was pressed, if that could be read.</param>
/// <param name="ReceivedAt">When it arrived; kept only for refusals.</param>
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
    /// <summary>What was done about it, oldest first.</summary>
    public IReadOnlyList<IncidentAction> Actions { get; init; } = [];

    /// <summary>The kind's name; null if the kind could not be read.</summary>
    public string? Kind { get; init; }

    /// <summary>The kind is an emergency.</summary>
    public bool Alarms { get; init; }

    /// <summary>The kiosk's clock is wrong: its time is not the time of the press.</summary>
    public bool ClockWrong { get; init; }

    /// <summary>When it was pressed; or when it arrived, if the time of the press is unknown, impossible or in the
    /// future.</summary>
    public DateTimeOffset When =>
        ReceivedAt is not { } received ? At!.Value
        : ClockWrong || At is null ? received
        : Reason is null || At < received ? At.Value
        : received;
}

public sealed record HelpCounts(long Open, long Total);

/// <param name="Id">Of the press.</param>
/// <param name="AnsweredAt">When somebody first went, or resolved it at once; null if nobody did.</param>
/// <param name="ResolvedAt">When it was resolved, if it still is.</param>
/// <param name="Outcome">What it turned out to be.</param>
public sealed record HelpResponse(
    long Id,
    int ExhibitionId,
    DateTimeOffset At,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? ResolvedAt = null,
    string? Outcome = null
);

/// <summary>Newly stored calls for help, or refusals that may be calls.</summary>
/// <param name="Support">Ids in <c>support_instance</c>.</param>
/// <param name="Quarantine">Ids in <c>quarantine</c>.</param>
/// <param name="Count">How many there are; if both lists are empty there were too many to name, or some were missed:
/// read again.</param>
public sealed record HelpAnnouncement(
    int MuseumId,
    IReadOnlyList<long> Support,
    IReadOnlyList<long> Quarantine,
    long Count
)
{
    /// <summary>More than this many at once are not named individually.</summary>
    public const int MostNamed = 100;

    /// <summary>Nobody announced anything: what was missed is read again.</summary>
    public static HelpAnnouncement LookAgain { get; } = new(0, [], [], 0);

    /// <summary>The same, because announcements are not heard.</summary>
    public static HelpAnnouncement NotHeard { get; } = new(0, [], [], 0) { Heard = false };

    /// <summary>False where the database's announcements do not come through, and there is nothing but to
    /// look.</summary>
    public bool Heard { get; init; } = true;
}
