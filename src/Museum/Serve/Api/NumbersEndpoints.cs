using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Serve.Api.Exhibitions;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Api;

/// <summary>Museums, and how visitors rate their exhibitions.</summary>
internal static class NumbersEndpoints
{
    public static void MapNumbers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/museums", MuseumsAsync)
            .View(NumbersTables.Museums, "museums", "The museums and their exhibitions.")
            .WithDescription(
                "Every museum with its time zone, opening hours, exhibitions and the instants of its first and "
                    + "newest press."
            );
        api.MapGet("/ratings", RatingsAsync)
            .View(NumbersTables.Ratings, "ratings", "How visitors rate the exhibitions.")
            .WithDescription(
                "Mean, 95 % interval, shrunk mean, distribution, rank and status of each exhibition, floor and "
                    + "department, compared with the period before, the usual, and the launch."
            );
        api.MapGet("/ratings/trend", TrendAsync)
            .View(NumbersTables.Trend, "ratings", "Ratings over time.")
            .WithDescription(
                "Votes and means by hour, day or ISO week of the museum's clock; null where nothing was heard."
            );
        api.MapGet("/ratings/busiest", BusiestAsync)
            .View(NumbersTables.Busiest, "ratings", "When visitors vote.")
            .WithDescription("Votes by weekday and hour, and per hour the museum was open.");
    }

    /// <summary>What every view has in common.</summary>
    public static RouteHandlerBuilder View<T>(
        this RouteHandlerBuilder endpoint,
        Tables<T> tables,
        string tag,
        string summary
    ) =>
        endpoint
            .Produces<T>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithTags(tag)
            .WithSummary(summary)
            .WithMetadata(new TableNames(tables.Names));

    private static async Task<IResult> MuseumsAsync(
        HttpContext context,
        HourCube cube,
        [AsParameters] Export export,
        CancellationToken cancel
    ) =>
        Answer.Of(
            context,
            export,
            MuseumsView.Of(Sight.Of(context.User, await cube.CurrentAsync(cancel))),
            "museums",
            NumbersTables.Museums
        );

    private static async Task<IResult> RatingsAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [AsParameters] Export export,
        Selections selections,
        RatingTarget target,
        Curation curation,
        CancellationToken cancel
    )
    {
        var selection = await selections.OfAsync(query, hours, cancel);
        return Answer.Of(
            context,
            export,
            Ratings.Of(selection, target, await curation.TargetsAsync(selection, cancel)),
            "ratings",
            NumbersTables.Ratings
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
        return Answer.Of(
            context,
            export,
            Trend.Of(selection, by, await curation.AnnotationsAsync(selection, cancel)),
            "trend",
            NumbersTables.Trend
        );
    }

    private static async Task<IResult> BusiestAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [AsParameters] Export export,
        Selections selections,
        CancellationToken cancel
    ) =>
        Answer.Of(
            context,
            export,
            Busiest.Of(await selections.OfAsync(query, hours, cancel)),
            "busiest",
            NumbersTables.Busiest
        );
}
