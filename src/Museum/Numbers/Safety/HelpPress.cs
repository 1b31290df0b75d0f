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

    Acknowledged,

    /// <summary>Nobody acknowledged it in time for that to mean anything.</summary>
    Lapsed,

    /// <summary>It came in a file: nobody could have answered it.</summary>
    History,
}

/// <summary>A press of a help button as the API tells it. The names and their order are a contract.</summary>
/// <param name="Id">A string: a double cannot hold every id.</param>
/// <param name="Name">What the kind is called; null where it could not be read.</param>
/// <param name="Reason">Why it is counted nowhere; null where it counts.</param>
/// <param name="Meaning">The kind, or the reason, in words.</param>
/// <param name="At">When it was pressed, by the kiosk.</param>
/// <param name="ReceivedAt">When it arrived; known of presses of the live road, and of those that are counted
/// nowhere.</param>
/// <param name="ClockWrong">What the kiosk says in <paramref name="At"/> is wrong: the call counts as made when it
/// arrived.</param>
/// <param name="Live">It came by the live road: an incident.</param>
/// <param name="AcknowledgedBy">Who has it in hand now; null once it is reopened.</param>
/// <param name="ResponseSeconds">From the press (or its arrival) to the first acknowledgement, whatever came
/// later.</param>
/// <param name="Actions">The oldest first.</param>
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
    IReadOnlyList<HelpAction> Actions
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
        var standing = Incident.Of(row.Actions);
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
            Incident.StateOf(live, standing.Acknowledged is not null, row.When, now),
            standing.Acknowledged?.Who,
            standing.Acknowledged?.At,
            Incident.ResponseOf(row.When, standing.FirstAnswer)?.TotalSeconds,
            standing.Acknowledged?.Note,
            row.EscalatedAt,
            [.. row.Actions.Select(a => new HelpAction(a.Action, a.Who, a.Note, a.At))]
        );
    }

    private static string MeaningOf(HelpKind kind, HelpRow row)
    {
        var meaning =
            row.Reason is { } why ? ReasonMeanings.Of(why)
            : row.Value == PressType.Emergency ? "an emergency"
            : row.Value == PressType.Assistance ? "a call for assistance"
            : kind is HelpKind.Emergency ? $"an emergency: {row.Kind}"
            : row.Kind ?? "a call for help";
        return row is { ClockWrong: true, At: { } at }
            ? string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{meaning}; kiosk clock wrong: it says {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
            )
            : meaning;
    }
}

/// <param name="Action"><c>acknowledge</c>, <c>reopen</c> or <c>note</c>.</param>
internal sealed record HelpAction(string Action, string Who, string Note, DateTimeOffset At);
