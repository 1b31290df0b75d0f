using System.Globalization;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Single ratings.</summary>
/// <param name="Total">How many count, by the hourly counts: those on all pages, and those that are not kept.</param>
/// <param name="NotKept">How many of them are no longer kept as rows (museum db retain): they are on no page.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record RatingEvents(
    Period Period,
    long Total,
    IReadOnlyList<RatingEvent> Events,
    string? Next,
    long NotKept
)
{
    public static RatingEvents Of(Period period, PressPage page) =>
        new(
            period,
            page.Total,
            [.. page.Presses.Select(RatingEvent.Of)],
            page.Last is { } last ? EventsQuery.TextOf(last) : null,
            page.NotKept
        );
}

/// <param name="Id">A string: a double cannot hold every id.</param>
/// <param name="Value">0 for the worst.</param>
/// <param name="Name">The button's name.</param>
/// <param name="Source">File and line, or topic:partition@offset.</param>
internal sealed record RatingEvent(
    string Id,
    DateTimeOffset At,
    Exh Exhibition,
    int Value,
    string Name,
    string Source,
    int SourceId,
    long Position
)
{
    public static RatingEvent Of(Press press) =>
        new(
            EventText.Id(press),
            press.Row.At,
            press.Exhibition,
            press.Row.Value,
            press.Row.Meaning,
            press.Row.Source.Place(press.Row.Position),
            press.Row.Source.Id,
            press.Row.Position
        );
}

/// <summary>Single calls for help that count.</summary>
/// <param name="Total">How many count, by the hourly counts: those on all pages, and those that are not kept.</param>
/// <param name="NotKept">How many of them are no longer kept as rows (museum db retain): they are on no page.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record HelpEvents(
    Period Period,
    long Total,
    IReadOnlyList<HelpEvent> Events,
    string? Next,
    long NotKept
)
{
    /// <param name="known">What was done about each, by id.</param>
    public static HelpEvents Of(Period period, PressPage page, IReadOnlyDictionary<string, HelpPress> known) =>
        new(
            period,
            page.Total,
            [.. page.Presses.Select(press => HelpEvent.Of(press, known.GetValueOrDefault(EventText.Id(press))))],
            page.Last is { } last ? EventsQuery.TextOf(last) : null,
            page.NotKept
        );
}

/// <param name="Id">A string: a double cannot hold every id.</param>
/// <param name="At">When it was pressed, by the kiosk.</param>
/// <param name="ArrivedAt">When it arrived; known for calls from a stream.</param>
/// <param name="ClockWrong">The kiosk's clock is wrong: the call's time is its arrival.</param>
/// <param name="Value">As the kiosk sends it: 0 for assistance, 1 for an emergency.</param>
/// <param name="Name">The name of the kind of help.</param>
/// <param name="State">Its state; null if it was removed while it was being read.</param>
/// <param name="Source">File and line, or topic:partition@offset.</param>
internal sealed record HelpEvent(
    string Id,
    DateTimeOffset At,
    DateTimeOffset? ArrivedAt,
    bool ClockWrong,
    Exh Exhibition,
    int Value,
    string Name,
    HelpState? State,
    string? AcknowledgedBy,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? ResolvedAt,
    string? Outcome,
    string Source,
    int SourceId,
    long Position
)
{
    public static HelpEvent Of(Press press, HelpPress? known) =>
        new(
            EventText.Id(press),
            press.Row.At,
            press.Row.ArrivedAt,
            press.Row.ClockWrong,
            press.Exhibition,
            press.Row.Value,
            press.Row.Meaning,
            known?.State,
            known?.AcknowledgedBy,
            known?.AcknowledgedAt,
            known?.ResolvedAt,
            known?.Outcome,
            press.Row.Source.Place(press.Row.Position),
            press.Row.Source.Id,
            press.Row.Position
        );
}

internal static class EventText
{
    public static string Id(Press press) => press.Row.Id.ToString(CultureInfo.InvariantCulture);
}
