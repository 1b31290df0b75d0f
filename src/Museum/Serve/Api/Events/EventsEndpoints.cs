using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Presses one by one: what is behind every number, and a way in for whoever counts themselves.</summary>
internal static class EventsEndpoints
{
    /// <summary>The header that says how a CSV goes on, which has no place for it.</summary>
    private const string Next = "X-Museum-Next";

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/ratings/events", RatingsAsync)
            .View(EventsTables.Ratings, "ratings", "Ratings one by one, the oldest first.")
            .WithDescription(
                "Each with where it came from. next goes on where a page ended, as cursor; of a CSV the header "
                    + $"{Next} holds it. Repeats are among them."
            );
        api.MapGet("/help/events", HelpAsync)
            .View(EventsTables.Help, "safety", "Calls for help that count, one by one, the oldest first.")
            .WithDescription(
                "Each with where it came from and how it stands. What could not be read is in /help and "
                    + $"/data/quarantine. next goes on where a page ended, as cursor; of a CSV the header {Next} holds it."
            );
    }

    private static async Task<IResult> RatingsAsync(
        HttpContext context,
        [AsParameters] EventsQuery query,
        [AsParameters] Export export,
        Selections selections,
        PressReader presses,
        CancellationToken cancel
    )
    {
        var selection = await selections.WholeAsync(query.View, cancel);
        var page = await ReadAsync(PressKind.Rating, query, selection, presses, cancel);
        var view = RatingEvents.Of(Period.Of(selection, selection.OpenHours()), page);
        Tell(context, view.Next);
        return Answer.Of(context, export, view, "rating-events", EventsTables.Ratings);
    }

    private static async Task<IResult> HelpAsync(
        HttpContext context,
        [AsParameters] EventsQuery query,
        [AsParameters] Export export,
        Selections selections,
        PressReader presses,
        HelpPresses calls,
        CancellationToken cancel
    )
    {
        var selection = await selections.WholeAsync(query.View, cancel);
        var page = await ReadAsync(PressKind.Support, query, selection, presses, cancel);
        var known = await calls.ReadAsync([.. page.Presses.Select(press => press.Row.Id)], cancel);
        var view = HelpEvents.Of(
            Period.Of(selection, selection.OpenHours()),
            page,
            known.ToDictionary(call => call.Id, StringComparer.Ordinal)
        );
        Tell(context, view.Next);
        return Answer.Of(context, export, view, "help-events", EventsTables.Help);
    }

    private static Task<PressPage> ReadAsync(
        PressKind kind,
        EventsQuery query,
        Selection selection,
        PressReader presses,
        CancellationToken cancel
    ) => presses.ReadAsync(selection, query.Of(kind, selection.Cube.Buttons), query.After, query.Most, cancel);

    private static void Tell(HttpContext context, string? next)
    {
        if (next is not null)
            context.Response.Headers[Next] = next;
    }
}
