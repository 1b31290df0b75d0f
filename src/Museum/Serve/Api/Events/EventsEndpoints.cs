using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

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
                    + $"header {Next}. notKept of them are counted, and no longer kept as rows."
            );
        api.MapGet("/help/events", HelpAsync)
            .View(EventsTables.Help, "safety", "Single calls for help that count, oldest first.")
            .WithDescription(
                "Each with where it came from and its state. Records that could not be read are in /help and "
                    + $"/data/quarantine. Pass next as cursor to get the next page; a CSV has it in the header {Next}."
            );
        api.MapGet("/data/refused/events", RefusedAsync)
            .View(EventsTables.Refused, "data", "Single refused records, newest first.")
            .WithDescription(
                "As /data/refused and what is not counted of /safety count them, by the days on which they were "
                    + $"pressed or arrived. Pass next as cursor to get the next page; a CSV has it in the header {Next}."
            );
    }

    private static async Task<IResult> RefusedAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] RefusedEventsQuery events,
        [AsParameters] Export export,
        Selections selections,
        RefusedDays days,
        IQuarantine quarantine,
        CancellationToken cancel
    )
    {
        var selection = await selections.WholeAsync(query, cancel);
        var view = await RefusedEvents.ReadAsync(query, events, selection, days, quarantine, cancel);
        Tell(context, view.Next);
        return Answer.Of(context, export, view, "refused-events", EventsTables.Refused);
    }

    private static async Task<IResult> RatingsAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [AsParameters] EventsQuery events,
        [AsParameters] Export export,
        Selections selections,
        PressReader presses,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, hours, cancel);
        var page = await ReadAsync(PressKind.Rating, events, selection, presses, cancel);
        var view = RatingEvents.Of(Period.Of(selection, selection.OpenHours()), page);
        Tell(context, view.Next);
        return Answer.Of(context, export, view, "rating-events", EventsTables.Ratings);
    }

    private static async Task<IResult> HelpAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [AsParameters] EventsQuery events,
        [AsParameters] HelpEventsQuery help,
        [AsParameters] Export export,
        Selections selections,
        PressReader presses,
        IHelpCalls responses,
        HelpPresses calls,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, hours, cancel);
        var page = help.Of(events) is { } answer
            ? await presses.FindAsync(
                selection,
                (await AnsweredCalls.ReadAsync(selection, responses, cancel)).Where(call =>
                    call.Is(answer) && (help.Outcome is not { } outcome || (call.Outcome ?? "") == outcome)
                ),
                events.After,
                events.Most,
                cancel
            )
            : await ReadAsync(PressKind.Support, events, selection, presses, cancel);
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
        EventsQuery events,
        Selection selection,
        PressReader presses,
        CancellationToken cancel
    ) => presses.ReadAsync(selection, events.Of(kind, selection.Cube.Buttons), events.After, events.Most, cancel);

    private static void Tell(HttpContext context, string? next)
    {
        if (next is not null)
            context.Response.Headers[Next] = next;
    }
}
