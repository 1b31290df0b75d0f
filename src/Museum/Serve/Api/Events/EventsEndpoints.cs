using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Api.Events;

/// <summary>Single presses: what is behind every number, for people who do their own counting.</summary>
internal static class EventsEndpoints
{
    /// <summary>The header with the next cursor of a CSV, which has no place for it.</summary>
    public const string Next = "X-Museum-Next";

    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        api.MapGet("/ratings/events", RatingsAsync)
            .View(EventsTables.Ratings, "ratings", "Single ratings, oldest first.")
            .WithDescription(
                "Each with where it came from. Pass next as cursor to get the next page; a CSV has it in the "
                    + $"header {Next}. Repeats are included."
            );
        api.MapGet("/help/events", HelpAsync)
            .View(EventsTables.Help, "safety", "Single calls for help that count, oldest first.")
            .WithDescription(
                "Each with where it came from and its state. Records that could not be read are in /help and "
                    + $"/data/quarantine. Pass next as cursor to get the next page; a CSV has it in the header {Next}."
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
