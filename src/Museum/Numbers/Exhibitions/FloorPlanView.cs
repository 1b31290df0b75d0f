using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts.Curation;

namespace MuseumPipeline.Numbers.Exhibitions;

/// <summary>The floors of a museum, from the top to the bottom: how their exhibitions are liked, and where somebody
/// waits. The names and their order are a contract.</summary>
/// <param name="Elsewhere">Calls of which nobody knows the exhibition.</param>
internal sealed record FloorPlanView(
    Period Period,
    RatingTarget Target,
    IReadOnlyList<RatingButton> Buttons,
    IReadOnlyList<PlanFloor> Floors,
    PlanCalls Elsewhere
)
{
    /// <param name="ratings">Of all exhibitions: a rank is one among all.</param>
    /// <param name="selection">Those that are shown.</param>
    public static FloorPlanView Of(
        RatingsView ratings,
        Selection selection,
        FloorPlans plans,
        IReadOnlyList<HelpPress> calls
    )
    {
        var cards = selection.Exhibitions.ToDictionary(e => e.Card.PublicId, e => e.Card.Id, StringComparer.Ordinal);
        var pictures = plans.Pictures.ToDictionary(plan => plan.Floor, StringComparer.Ordinal);
        var where = calls.ToLookup(call => call.Exhibition?.PublicId);
        return new(
            ratings.Period,
            ratings.Target,
            ratings.Buttons,
            [
                .. ratings
                    .Exhibitions.Where(row => cards.ContainsKey(row.PublicId))
                    .GroupBy(row => row.Floor)
                    .OrderByDescending(floor => HeightOf(floor.Key))
                    .ThenBy(floor => floor.Key, StringComparer.Ordinal)
                    .Select(floor => new PlanFloor(
                        floor.Key,
                        pictures.TryGetValue(floor.Key, out var plan)
                            ? new PlanPicture(plan.MediaType, plan.Width, plan.Height, plan.Digest)
                            : null,
                        [
                            .. floor
                                .OrderBy(row => row.PublicId, StringComparer.Ordinal)
                                .Select(row => PlanExhibition.Of(row, PlaceOf(row), where[row.PublicId])),
                        ]
                    )),
            ],
            PlanCalls.Of(where[null])
        );

        PlanPlace? PlaceOf(RatingRow row) =>
            plans.Places.TryGetValue(cards[row.PublicId], out var place) ? place : null;
    }

    /// <summary>Numbered floors by their number; the ground floor below the first; any other name, such as a vault's,
    /// below them all.</summary>
    private static double HeightOf(string floor) =>
        int.TryParse(floor, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : floor.StartsWith("G", StringComparison.OrdinalIgnoreCase) ? 0
        : double.NegativeInfinity;
}

/// <param name="Picture">Null: it has none, and is drawn as a scheme.</param>
/// <param name="Exhibitions">In the order of their public ids.</param>
internal sealed record PlanFloor(string Floor, PlanPicture? Picture, IReadOnlyList<PlanExhibition> Exhibitions);

/// <summary>At <c>/floor-plan/picture?floor=</c>.</summary>
/// <param name="Digest">Changes with the picture.</param>
internal sealed record PlanPicture(string MediaType, int Width, int Height, string Digest);

/// <param name="X">Where it is on the picture, as a fraction from the left; null: nobody has said.</param>
/// <param name="Y">The same from the top.</param>
/// <param name="Calls">That wait for somebody, or that somebody is on the way to.</param>
internal sealed record PlanExhibition(RatingRow Rating, double? X, double? Y, PlanCalls Calls)
{
    public static PlanExhibition Of(RatingRow rating, PlanPlace? place, IEnumerable<HelpPress> calls) =>
        new(rating, place?.X, place?.Y, PlanCalls.Of(calls));
}

/// <param name="Other">Of added kinds.</param>
/// <param name="Unreadable">Of which the kind could not be read.</param>
/// <param name="OnTheWay">To these somebody is on the way; they are in no other number.</param>
internal sealed record PlanCalls(int Emergencies, int Assistance, int Other, int Unreadable, int OnTheWay)
{
    public static PlanCalls Of(IEnumerable<HelpPress> calls)
    {
        var by = calls.ToLookup(call => call.State is HelpState.Open);
        var open = by[true].ToLookup(call => call.Kind);
        return new(
            open[HelpKind.Emergency].Count(),
            open[HelpKind.Assistance].Count(),
            open[HelpKind.Other].Count(),
            open[HelpKind.Unreadable].Count(),
            by[false].Count()
        );
    }
}
