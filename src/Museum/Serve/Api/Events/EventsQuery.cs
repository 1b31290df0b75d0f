using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Which single presses of a view's selection, and which page of them.</summary>
internal sealed record EventsQuery
{
    private const int UsualEvents = 1_000,
        MostEvents = 10_000;

    [FromQuery(Name = "type"), Description("The value of a button, as the kiosk sends it; may be repeated.")]
    public string[]? Type { get; init; }

    [FromQuery(Name = "cursor"), Description("Goes on where a page ended: its next.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("The most to return: 1000 by default, at most 10000.")]
    public string? Limit { get; init; }

    /// <exception cref="BadQueryException">There is no such button.</exception>
    public PressQuery Of(PressKind kind, KioskButtons buttons)
    {
        var types = kind is PressKind.Rating ? buttons.Ratings : buttons.Support;
        return new(kind, Type is { Length: > 0 } ? [.. Type.Select(ValueOf).Distinct()] : null);

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

/// <summary>Of calls for help, those behind the response times too.</summary>
internal sealed record HelpEventsQuery
{
    [
        FromQuery(Name = "answer"),
        Description(
            "Of the calls that came from a stream, as the response times count them: any, answered, unanswered or "
                + "resolved. "
                + "Not together with type."
        )
    ]
    public string? Answer { get; init; }

    [FromQuery(Name = "outcome"), Description("With answer=resolved: only with this outcome; empty: with none.")]
    public string? Outcome { get; init; }

    /// <param name="events">What else is asked for.</param>
    /// <returns>Null: all that count.</returns>
    /// <exception cref="BadQueryException">There is no such answer, or it goes with something else.</exception>
    public CallAnswer? Of(EventsQuery events)
    {
        if (Outcome is not null && Answer != "resolved")
            throw new BadQueryException("outcome", Outcome, "answer=resolved with it");
        if (string.IsNullOrEmpty(Answer))
            return null;
        if (events.Type is { Length: > 0 })
            throw new BadQueryException("type", string.Join(", ", events.Type), "either type or answer");
        return Query.Word("answer", Answer, "any", "answered", "unanswered", "resolved") switch
        {
            "any" => CallAnswer.Any,
            "answered" => CallAnswer.Answered,
            "unanswered" => CallAnswer.Unanswered,
            _ => CallAnswer.Resolved,
        };
    }
}
