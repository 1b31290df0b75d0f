using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;

namespace MuseumPipeline.Serve.Api.Exhibitions;

/// <summary>The museum as a building: ratings and open calls by floor, and the floors' pictures.</summary>
internal static class FloorPlanEndpoints
{
    /// <summary>A drawing shows itself and does nothing else, also when somebody opens its address.</summary>
    private const string Caged =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; sandbox";

    private static readonly Tables<FloorPlanView> Tables = new(("exhibitions", Exhibitions));

    public static void MapFloorPlan(this IEndpointRouteBuilder api)
    {
        api.MapGet("/floor-plan", PlanAsync)
            .View(Tables, "ratings", "The floors with their exhibitions: ratings, and open calls for help.")
            .WithDescription(
                "Floors from the top down. Where a floor has a picture, x and y say where on it an exhibition is, as "
                    + "fractions from the left and from the top. Calls are those of now, whatever days are asked for."
            );
        api.MapGet("/floor-plan/picture", PictureAsync)
            .WithTags("ratings")
            .WithSummary("The picture of a floor.")
            .Produces<Stream>(StatusCodes.Status200OK, "image/svg+xml", "image/png", "image/jpeg", "image/webp")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PlanAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] Export export,
        FloorPlanParts parts,
        CancellationToken cancel
    ) => Answer.Of(context, export, await parts.ReadAsync(query, cancel), "floor-plan", Tables);

    private static async Task<IResult> PictureAsync(
        HttpContext context,
        HourCube cubes,
        IFloorPlans plans,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        [FromQuery, Description("The floor, as /floor-plan names it.")] string? floor,
        [FromQuery, Description("As /floor-plan says: with it, the answer may be kept.")] string? digest,
        CancellationToken cancel
    )
    {
        var cube = Query.Museum(museum, await cubes.CurrentAsync(cancel));
        if (await plans.PictureAsync(cube.Museum.Id, floor ?? "", cancel) is not var (plan, picture))
            return Results.Problem(
                SafeText.Of($"no picture of a floor '{floor}' is known"),
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found"
            );
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Caged;
        headers.CacheControl = digest == plan.Digest ? "private, max-age=31536000, immutable" : "private, no-cache";
        return Results.Bytes(picture, plan.MediaType);
    }

    private static Table Exhibitions(FloorPlanView view) =>
        new(
            [
                "floor",
                "publicId",
                "name",
                "x",
                "y",
                "votes",
                "mean",
                "low",
                "high",
                "status",
                "emergencies",
                "assistance",
                "other",
                "unreadable",
                "onTheWay",
            ],
            view.Floors.SelectMany(floor =>
                floor.Exhibitions.Select(e =>
                    (object?[])
                        [
                            floor.Floor,
                            e.Rating.PublicId,
                            e.Rating.Name,
                            e.X,
                            e.Y,
                            e.Rating.Votes,
                            e.Rating.Mean,
                            e.Rating.Low,
                            e.Rating.High,
                            e.Rating.Status,
                            e.Calls.Emergencies,
                            e.Calls.Assistance,
                            e.Calls.Other,
                            e.Calls.Unreadable,
                            e.Calls.OnTheWay,
                        ]
                )
            )
        );
}

/// <summary>Puts the view together.</summary>
internal sealed class FloorPlanParts(
    Selections selections,
    Curation curation,
    RatingTarget target,
    IFloorPlans plans,
    IHelpCalls calls,
    TimeProvider clock
)
{
    /// <summary>More open calls than anybody can look at.</summary>
    private const int MostCalls = 1000;

    /// <exception cref="BadQueryException">The query is wrong.</exception>
    public async Task<FloorPlanView> ReadAsync(ViewQuery query, CancellationToken cancel)
    {
        var selection = await selections.OfAsync(query, cancel);
        var museum = selection.Cube.Museum.Id;
        var own = await curation.TargetsAsync(selection, cancel);
        var now = clock.GetUtcNow();
        var waiting = await calls.ListAsync(
            new HelpFilter(museum, MostCalls, OpenSince: now - Incident.Lapse, Taken: true),
            cancel
        );
        return FloorPlanView.Of(
            Ratings.Of(selection with { Exhibitions = selection.Cube.Exhibitions }, target, own),
            selection,
            await plans.ListAsync(museum, cancel),
            [.. waiting.Select(row => HelpPress.Of(row, now))]
        );
    }
}
