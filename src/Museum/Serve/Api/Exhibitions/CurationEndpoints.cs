using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;

namespace MuseumPipeline.Serve.Api.Exhibitions;

/// <summary>What the museum says of its exhibitions: annotations beside the trends, and targets of their own.</summary>
internal static class CurationEndpoints
{
    private const int LongestText = 200;

    private static readonly Tables<AnnotationsView> Tables = new(
        ("annotations", view => ExhibitionTables.Of(view.Annotations))
    );

    public static void MapCuration(this IEndpointRouteBuilder api)
    {
        api.MapGet("/annotations", ListAsync)
            .View(Tables, "ratings", "What happened when, as people wrote it down.")
            .WithDescription("Of the exhibitions and days asked for, and of the whole museum.");
        api.MapPost("/annotations", AddAsync)
            .Security()
            .WithTags("ratings")
            .WithSummary("Writes down what happened on a day.")
            .Produces<AnnotationView>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/annotations/{id}/remove", RemoveAsync)
            .Security()
            .WithTags("ratings")
            .WithSummary("Takes an annotation away.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/exhibition/target", TargetAsync)
            .Security()
            .WithTags("ratings")
            .WithSummary("Gives an exhibition a target of its own, or takes it away.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] Export export,
        Selections selections,
        Curation curation,
        CancellationToken cancel
    )
    {
        var selection = await selections.WholeAsync(query, cancel);
        return Answer.Of(
            context,
            export,
            new AnnotationsView(
                Period.Of(selection, selection.OpenHours()),
                await curation.AnnotationsAsync(selection, cancel)
            ),
            "annotations",
            Tables
        );
    }

    private static async Task<IResult> AddAsync(
        HttpContext context,
        NewAnnotation said,
        HourCube cubes,
        IAnnotations annotations,
        TimeProvider clock,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        CancellationToken cancel
    )
    {
        var cube = Query.Museum(museum, await cubes.CurrentAsync(cancel));
        var (who, text) = (Signature.Of(context.User, said.Name), (said.Text ?? "").Trim());
        if (Signature.Fault(who) is { } fault)
            return Signature.Refused(fault);
        if (text.Length is 0 or > LongestText || !text.EnumerateRunes().All(SafeText.IsPlain))
            throw new BadQueryException("text", text, $"one line of 1 to {LongestText} characters");
        if (
            !DateOnly.TryParseExact(
                said.Day,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
        )
            throw new BadQueryException("day", said.Day ?? "", "a day such as 2023-03-06");
        var added = await annotations.AddAsync(
            new(
                0,
                cube.Museum.Id,
                string.IsNullOrEmpty(said.Exhibition) ? null : ExhibitionOf(cube, said.Exhibition).Card.Id,
                day,
                text,
                who,
                clock.GetUtcNow()
            ),
            cancel
        );
        return TypedResults.Ok(AnnotationView.Of(added, cube));
    }

    private static async Task<IResult> RemoveAsync(
        HttpContext context,
        string id,
        Signed said,
        HourCube cubes,
        IAnnotations annotations,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        CancellationToken cancel
    )
    {
        var cube = Query.Museum(museum, await cubes.CurrentAsync(cancel));
        var who = Signature.Of(context.User, said.Name);
        if (Signature.Fault(who) is { } fault)
            return Signature.Refused(fault);
        var removed =
            int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && await annotations.RemoveAsync(
                cube.Museum.Id,
                number,
                new OperatorMove(who, "annotation remove", "") { By = Signature.Actor(context, who) },
                cancel
            );
        return removed
            ? TypedResults.NoContent()
            : Results.Problem(
                $"no annotation of {cube.Museum.Code} has the id {id}",
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found"
            );
    }

    private static async Task<IResult> TargetAsync(
        HttpContext context,
        NewTarget said,
        HourCube cubes,
        ITargets targets,
        [FromQuery, Description(ViewText.Museum)] string? museum,
        CancellationToken cancel
    )
    {
        var cube = Query.Museum(museum, await cubes.CurrentAsync(cancel));
        var exhibition = ExhibitionOf(cube, said.Exhibition);
        var who = Signature.Of(context.User, said.Name);
        if (Signature.Fault(who) is { } fault)
            return Signature.Refused(fault);
        var best = cube.Buttons.Best;
        if (said.Mean is { } mean && !(mean >= 0 && mean <= best))
            throw new BadQueryException("mean", said.Mean.Value.ToString(CultureInfo.InvariantCulture), $"0 to {best}");
        var told = said.Mean?.ToString(CultureInfo.InvariantCulture) ?? "the museum's";
        await targets.SetAsync(
            exhibition.Card.Id,
            said.Mean,
            new OperatorMove(who, "exhibition target", $"{exhibition.Card.PublicId}: {told}")
            {
                By = Signature.Actor(context, who),
            },
            cancel
        );
        return TypedResults.NoContent();
    }

    private static ExhibitionHours ExhibitionOf(MuseumCube cube, string? publicId) =>
        cube.Exhibitions.FirstOrDefault(e => e.Card.PublicId == publicId)
        ?? throw new BadQueryException(
            "exhibition",
            publicId ?? "",
            $"one of {string.Join(", ", cube.Exhibitions.Select(e => e.Card.PublicId))}"
        );
}

internal sealed record AnnotationsView(Period Period, IReadOnlyList<AnnotationView> Annotations);

/// <param name="Exhibition">Its public id; none: the whole museum.</param>
/// <param name="Day">As 2023-03-06, by the museum's calendar.</param>
/// <param name="Name">Who, where nobody logs in.</param>
internal sealed record NewAnnotation(string? Exhibition, string? Day, string? Text, string? Name);

/// <param name="Mean">Null: the museum's target again.</param>
/// <param name="Name">Who, where nobody logs in.</param>
internal sealed record NewTarget(string? Exhibition, double? Mean, string? Name);

/// <param name="Name">Who, where nobody logs in.</param>
internal sealed record Signed(string? Name);
