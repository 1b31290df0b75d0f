using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Which single presses, and which page of them. Everything is optional; strings, so that errors can name what
/// was sent.</summary>
internal sealed record EventsQuery
{
    private const int UsualEvents = 1_000,
        MostEvents = 10_000;

    [FromQuery(Name = "museum"), Description(ViewText.Museum)]
    public string? Museum { get; init; }

    [FromQuery(Name = "range"), Description("today, 7d, 28d or all; 28d where nothing is said.")]
    public string? Range { get; init; }

    [FromQuery(Name = "from"), Description(ViewText.From)]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description(ViewText.To)]
    public string? To { get; init; }

    [FromQuery(Name = "exhibition"), Description(ViewText.Exhibition)]
    public string[]? Exhibition { get; init; }

    [FromQuery(Name = "floor"), Description(ViewText.Floor)]
    public string[]? Floor { get; init; }

    [FromQuery(Name = "department"), Description(ViewText.Department)]
    public string[]? Department { get; init; }

    [FromQuery(Name = "type"), Description("The value of a button, as the kiosk sends it; may be repeated.")]
    public string[]? Type { get; init; }

    [FromQuery(Name = "weekday"), Description("1 for Monday to 7 for Sunday.")]
    public string? Weekday { get; init; }

    [FromQuery(Name = "hour"), Description("An hour of the museum's clock, 0 to 23; may be repeated.")]
    public string[]? Hour { get; init; }

    [FromQuery(Name = "cursor"), Description("Goes on where a page ended: its next.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("The most to return: 1000 by default, at most 10000.")]
    public string? Limit { get; init; }

    public ViewQuery View =>
        new()
        {
            Museum = Museum,
            Range = Range,
            From = From,
            To = To,
            Exhibition = Exhibition,
            Floor = Floor,
            Department = Department,
        };

    /// <exception cref="BadQueryException">Something does not exist.</exception>
    public PressQuery Of(PressKind kind, KioskButtons buttons)
    {
        var types = kind is PressKind.Rating ? buttons.Ratings : buttons.Support;
        return new(
            kind,
            Type is { Length: > 0 } ? [.. Type.Select(ValueOf).Distinct()] : null,
            Query.Number("weekday", Weekday, 1, 7),
            Hour?.Select(text => Query.Number("hour", text, 0, 23)).OfType<int>().ToArray() is { Length: > 0 } hours
                ? hours
                : null
        );

        int ValueOf(string text) =>
            types.FirstOrDefault(type => type.Value.ToString(CultureInfo.InvariantCulture) == text)?.Value
            ?? throw new BadQueryException(
                "type",
                text,
                $"one of {string.Join(", ", types.Select(type => $"{type.Value} ({type.Description})"))}"
            );
    }

    /// <exception cref="BadQueryException">It is not a number in its range.</exception>
    public int Most => Query.Limit(Limit, UsualEvents, MostEvents);

    /// <exception cref="BadQueryException">It is not one of our cursors.</exception>
    public EventKey? After
    {
        get
        {
            if (string.IsNullOrEmpty(Cursor))
                return null;
            var parts = Cursor.Split('.');
            return
                parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
                && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Math.Abs(at) < LastMicrosecond
                ? new EventKey(DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond), id)
                : throw new BadQueryException("cursor", Cursor, "the value of next from a page");
        }
    }

    public static string TextOf(EventKey key) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(key.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}.{key.Id}"
        );

    /// <summary>The range of .NET's times, on either side of 1970.</summary>
    private const long LastMicrosecond = 60_000_000_000_000_000;
}
