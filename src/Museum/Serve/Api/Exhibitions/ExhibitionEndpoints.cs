using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Numbers.Statistics;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Api.Exhibitions;

/// <summary>One exhibition's own view: the second question, after who leads and who trails.</summary>
internal static class ExhibitionEndpoints
{
    public static void MapExhibition(this IEndpointRouteBuilder api) =>
        api.MapGet("/exhibition", ExhibitionAsync)
            .View(ExhibitionTables.Exhibition, "ratings", "One exhibition.")
            .WithDescription(
                "Its rating, trend with intervals, votes by weekday and hour, whether its visitors are of two minds, "
                    + "calls for help, its kiosk, and what was written down about it. exhibition names it."
            );

    private static async Task<IResult> ExhibitionAsync(
        HttpContext context,
        [AsParameters] ViewQuery query,
        [AsParameters] HoursQuery hours,
        [FromQuery, Description(TrendText.By)] string? by,
        [AsParameters] Export export,
        ExhibitionParts parts,
        CancellationToken cancel
    ) =>
        Answer.Of(
            context,
            export,
            await parts.ReadAsync(query, hours, by, cancel),
            "exhibition",
            ExhibitionTables.Exhibition
        );
}

/// <summary>What <c>by</c> may be.</summary>
internal static class TrendText
{
    public const string By = "hour, day, week, or auto for what fits the data; day where nothing is said";
}

/// <summary>Puts the view together.</summary>
internal sealed class ExhibitionParts(
    Selections selections,
    Repeats repeats,
    LastPresses lastPresses,
    RefusedDays refused,
    IHelpCalls calls,
    Curation curation,
    RatingTarget target
)
{
    /// <exception cref="BadQueryException">The query names no exhibition, or several.</exception>
    public async Task<ExhibitionView> ReadAsync(ViewQuery query, HoursQuery hours, string? by, CancellationToken cancel)
    {
        if (query.Exhibition is not [{ Length: > 0 }])
            throw new BadQueryException(
                "exhibition",
                string.Join(", ", query.Exhibition ?? []),
                "the public id of one exhibition"
            );
        var selection = await selections.OfAsync(query with { Floor = null, Department = null }, hours, cancel);
        var exhibition = selection.Exhibitions[0];
        var own = await curation.TargetsAsync(selection, cancel);
        // Its place is one among all.
        var ratings = Ratings.Of(selection with { Exhibitions = selection.Cube.Exhibitions }, target, own);
        var annotations = await curation.AnnotationsAsync(selection, cancel);
        var safety = await SafetyView.ReadAsync(selection, refused, calls, annotations, cancel);
        return new(
            ratings.Period,
            own.TryGetValue(exhibition.Card.Id, out var mean)
                ? RatingTarget.Of(mean).On(selection.Cube.Buttons.Best)
                : ratings.Target,
            own.ContainsKey(exhibition.Card.Id),
            ratings.Buttons,
            ratings.Exhibitions.First(row => row.PublicId == exhibition.Card.PublicId),
            Division.Of(Votes.Of(exhibition.Between(selection.From, selection.To), selection.Cube.Buttons.Best)),
            ExhibitionTrend.Of(selection, exhibition, by),
            Busiest.Of(selection).Cells,
            safety.Totals,
            safety.Hours,
            await KioskAsync(query, cancel),
            annotations
        );
    }

    /// <summary>A silence ends with any press, whether or not repeats are left out elsewhere.</summary>
    private async Task<Kiosk> KioskAsync(ViewQuery query, CancellationToken cancel)
    {
        var whole = await selections.WholeAsync(query with { Floor = null, Department = null }, cancel);
        return KiosksView
            .Of(
                whole,
                await lastPresses.OfAsync(whole.Cube, cancel),
                repeats.SoFar(whole.Cube, whole.From, whole.To),
                await refused.OfAsync(whole, cancel)
            )
            .Kiosks[0];
    }
}
