using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

internal enum HelpKind
{
    Emergency,
    Assistance,

    /// <summary>A kind that the museum added, under its own name: no alarm.</summary>
    Other,

    /// <summary>A help button, but which one could not be read.</summary>
    Unreadable,
}

internal enum HelpState
{
    /// <summary>It waits for somebody.</summary>
    Open,

    /// <summary>Somebody is on the way.</summary>
    Acknowledged,

    /// <summary>It is over, until somebody reopens it.</summary>
    Resolved,

    /// <summary>Nobody acknowledged it while that would still have helped.</summary>
    Lapsed,

    /// <summary>It came in a file: nobody could have answered it.</summary>
    History,
}

/// <summary>A press of a help button in the API. The names and their order are a contract.</summary>
/// <param name="Id">A string: a double cannot hold every id.</param>
/// <param name="Name">The kind's name; null if the kind could not be read.</param>
/// <param name="Reason">Why it is counted nowhere; null if it counts.</param>
/// <param name="Meaning">The kind, or the reason, in words.</param>
/// <param name="At">When it was pressed, by the kiosk.</param>
/// <param name="ReceivedAt">When it arrived; known for presses from the stream, and for those that are counted
/// nowhere.</param>
/// <param name="ClockWrong">The kiosk's time in <paramref name="At"/> is wrong: the call's time is its arrival.</param>
/// <param name="Live">It came from the stream: an incident.</param>
/// <param name="AcknowledgedBy">Who went, or resolved it at once; null after it is reopened.</param>
/// <param name="ResponseSeconds">From the press (or its arrival) until somebody first went, whatever came
/// later.</param>
/// <param name="EscalatedAt">When it was last escalated.</param>
/// <param name="Actions">Oldest first.</param>
/// <param name="ResolvedBy">Who resolved it; null while it is not resolved.</param>
/// <param name="Outcome">What it turned out to be, a word of the museum's own list; null if none was given.</param>
/// <param name="ResolutionSeconds">From the press (or its arrival) until it was resolved; null for calls acknowledged
/// before the two were separate.</param>
/// <param name="Overdue">Somebody went, did not resolve it in time, and it was escalated.</param>
internal sealed record HelpPress(
    string Id,
    HelpKind Kind,
    string? Name,
    bool OutOfHours,
    string? Reason,
    string Meaning,
    DateTimeOffset? At,
    DateTimeOffset? ReceivedAt,
    bool ClockWrong,
    string Museum,
    Exh? Exhibition,
    string? Site,
    bool Live,
    HelpState State,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    double? ResponseSeconds,
    string? Note,
    DateTimeOffset? EscalatedAt,
    IReadOnlyList<HelpAction> Actions,
    string? ResolvedBy,
    DateTimeOffset? ResolvedAt,
    string? Outcome,
    double? ResolutionSeconds,
    bool Overdue
)
{
    public static HelpPress Of(HelpRow row, DateTimeOffset now)
    {
        var live = row.SourceKind == SourceIdentity.Stream;
        var kind =
            row.Value is null ? HelpKind.Unreadable
            : row.Alarms ? HelpKind.Emergency
            : row.Value == PressType.Assistance ? HelpKind.Assistance
            : HelpKind.Other;
        var incident = Incident.Of(row.Actions);
        var (standing, resolved) = (incident.Standing, incident.Resolved);
        // Who went is still named when somebody else resolves it.
        var went =
            standing is { Action: IncidentMove.Resolve }
            && row.Actions.LastOrDefault(a => a.Action is not "note" && a.Id < standing.Id)
                is { Action: IncidentMove.Acknowledge } before
                ? before
                : standing;
        return new(
            row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            kind,
            row.Kind,
            row.Reason is Model.Reason.OutOfHours,
            row.Reason?.Code(),
            MeaningOf(kind, row),
            row.At,
            row.ReceivedAt,
            row.ClockWrong,
            row.Museum,
            row.Place is { } place ? Exh.Of(place) : null,
            row.Site,
            live,
            incident.StateOf(live, row.When, now),
            went?.Who,
            went?.At,
            Incident.ResponseOf(row.When, incident.FirstAnswer)?.TotalSeconds,
            standing?.Note,
            row.EscalatedAt,
            [.. row.Actions.Select(a => new HelpAction(a.Action, a.Who, a.Note, a.At, a.Outcome))],
            resolved?.Who,
            resolved?.At,
            resolved?.Outcome,
            resolved is { Action: IncidentMove.Resolve }
                ? Incident.ResponseOf(row.When, resolved.At)?.TotalSeconds
                : null,
            resolved is null && standing is not null && row.EscalatedAt > standing.At
        );
    }

    private static string MeaningOf(HelpKind kind, HelpRow row)
    {
        var meaning =
            row.Reason is { } why ? ReasonMeanings.Of(why)
            : kind is HelpKind.Emergency
                ? row.Kind is null or KioskButtons.Emergency ? "an emergency"
                    : $"an emergency: {row.Kind}"
            : row.Kind is KioskButtons.Assistance ? "a call for assistance"
            : row.Kind ?? "a call for help";
        return row is { ClockWrong: true, At: { } at }
            ? string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{meaning}; kiosk clock wrong: it says {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
            )
            : meaning;
    }
}

/// <param name="Action"><c>take</c>, <c>resolve</c>, <c>reopen</c>, <c>note</c>, or <c>acknowledge</c> from before the
/// first two were separate.</param>
internal sealed record HelpAction(string Action, string Who, string Note, DateTimeOffset At, string? Outcome);
