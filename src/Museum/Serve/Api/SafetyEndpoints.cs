using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Api.Exhibitions;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Api;

/// <summary>Calls for help: single ones, and statistics.</summary>
internal static class SafetyEndpoints
{
    private const int UsualPresses = 200,
        MostPresses = 1000;

    public static void MapSafety(this IEndpointRouteBuilder api)
    {
        api.MapGet("/help", HelpAsync)
            .View(SafetyTables.Help, "safety", "Calls for help, newest first.")
            .WithDescription(
                "Every press of a help button of a museum, including those that could not be read, each with its state "
                    + "and what was done about it."
            );
        api.MapGet("/safety", SafetyAsync)
            .View(SafetyTables.Safety, "safety", "Where and when help is called for.")
            .WithDescription(
                "Counts and rates per opening hour with exact 95 % intervals, by exhibition, floor and hour, and "
                    + "how soon calls were answered."
            );
        api.MapGet("/safety/trend", TrendAsync)
            .View(SafetyTables.Trend, "safety", "Calls for help over time.")
            .WithDescription("Calls by hour, day or ISO week of the museum's clock, and what happened meanwhile.");
        api.MapGet("/safety/patrols", PatrolsAsync)
            .View(SafetyTables.Patrols, "safety", "When to be where.")
            .WithDescription(
                "Floors and hours that clearly have more calls than the average. Nothing is suggested from noise."
            );
    }

    private static async Task<IResult> HelpAsync(
        HttpContext context,
        HourCube cube,
        HelpPresses presses,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        [FromQuery, Description("The most to return: 200 by default, at most 1000.")] string? limit,
        [FromQuery, Description("Continues below the press with this id.")] string? before,
        [FromQuery, Description("all, or open for those that wait for somebody.")] string? state,
        [AsParameters] Export export,
        CancellationToken cancel
    )
    {
        var id = Query.Museum(museum, await cube.CurrentAsync(cancel)).Museum.Id;
        try
        {
            var feed = await presses.ReadAsync(
                id,
                Query.Word("state", state, "all", "open") == "open",
                Query.Id("before", before),
                Query.Limit(limit, UsualPresses, MostPresses),
                cancel
            );
            return Answer.Of(context, export, feed, "help", SafetyTables.Help);
        }
        catch (MuseumException e) when (e.ExitCode is ExitCode.Usage)
        {
            throw new BadQueryException("before", before ?? "", "the id of a call for help");
        }
    }

    private static async Task<IResult> SafetyAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [AsParameters] Export export,
        Selections selections,
        RefusedDays refused,
        IHelpCalls calls,
        Curation curation,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, hours, cancel);
        var annotations = await curation.AnnotationsAsync(selection, cancel);
        return Answer.Of(
            context,
            export,
            await SafetyView.ReadAsync(selection, refused, calls, annotations, cancel),
            "safety",
            SafetyTables.Safety
        );
    }

    private static async Task<IResult> TrendAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [FromQuery, Description(TrendText.By)] string? by,
        [AsParameters] Export export,
        Selections selections,
        Curation curation,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, hours, cancel);
        var annotations = await curation.AnnotationsAsync(selection, cancel);
        return Answer.Of(
            context,
            export,
            SafetyTrendView.Of(selection, by, annotations),
            "safety-trend",
            SafetyTables.Trend
        );
    }

    private static async Task<IResult> PatrolsAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] Export export,
        Selections selections,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, cancel);
        var plan = Patrols.Of(selection);
        return Answer.Of(
            context,
            export,
            new PatrolsView(
                Period.Of(selection, selection.OpenHours()),
                Patrols.Method,
                plan.Walks,
                plan.Quiet,
                plan.TooLittle
            ),
            "patrols",
            SafetyTables.Patrols
        );
    }
}
