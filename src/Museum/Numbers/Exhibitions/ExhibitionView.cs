using MuseumPipeline.Model;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Numbers.Exhibitions;

/// <summary>One exhibition: how it is liked and when, what was called for there, how its kiosk is, and what people know
/// of it. The names and their order are a contract.</summary>
/// <param name="Target">What it is held against.</param>
/// <param name="OwnTarget">That target is its own, and not the museum's.</param>
/// <param name="Rating">As on the page of all exhibitions.</param>
/// <param name="Hours">Its votes by weekday and hour.</param>
/// <param name="Calls">Calls for help there.</param>
/// <param name="CallHours">The same by the hour of the day.</param>
/// <param name="Annotations">Of it and of the whole museum, in these days.</param>
internal sealed record ExhibitionView(
    Period Period,
    RatingTarget Target,
    bool OwnTarget,
    IReadOnlyList<RatingButton> Buttons,
    RatingRow Rating,
    Division Division,
    ExhibitionTrend Trend,
    IReadOnlyList<BusyCell> Hours,
    SafetyTotals Calls,
    IReadOnlyList<SafetyHour> CallHours,
    Kiosk Kiosk,
    IReadOnlyList<AnnotationView> Annotations
);

/// <summary>Whether visitors are of two minds.</summary>
/// <param name="Worst">The share of the worst answer; null where nobody voted.</param>
/// <param name="Best">The share of the best answer.</param>
/// <param name="Between">The share of all others.</param>
/// <param name="Divided">Both ends have more votes than the answer beside them, and a fifth of all or more: null where
/// there are not enough votes to say so.</param>
internal sealed record Division(double? Worst, double? Best, double? Between, bool? Divided)
{
    private const double Least = 0.2;

    public static Division Of(Votes votes)
    {
        var counts = votes.Counts;
        var all = votes.Count;
        if (all == 0 || counts.Length < 3)
            return new(null, null, null, null);
        var (worst, best) = (counts[0] / all, counts[^1] / all);
        return new(
            worst,
            best,
            1 - worst - best,
            MeanChange.IsEnough(votes)
                ? worst >= Least && best >= Least && counts[0] > counts[1] && counts[^1] > counts[^2]
                : null
        );
    }
}

/// <param name="By">hour, day or week.</param>
/// <param name="Best">The end of the scale.</param>
internal sealed record ExhibitionTrend(string By, int Best, IReadOnlyList<TrendPoint> Points)
{
    /// <param name="by">As asked for.</param>
    public static ExhibitionTrend Of(Selection selection, ExhibitionHours exhibition, string? by)
    {
        var step = Numbers.Trend.StepOf(selection, by);
        var (points, votes) = Numbers.Trend.VotesOf(selection, exhibition, step);
        var all = Numbers.Trend.VotesOf(selection, selection.Cube.Exhibitions, step, points);
        // Looked at side by side: the band holds together.
        var together = Math.Max(1, votes.Count(v => v.Count > 0));
        return new(
            step,
            selection.Cube.Buttons.Best,
            [.. points.Select((point, place) => TrendPoint.Of(point, votes[place], all[place], together))]
        );
    }
}

/// <summary>Votes of one hour, day or week; null where nothing was heard.</summary>
/// <param name="Point">As 2023-03-06T09:00, 2023-03-06 or 2023-W10, by the museum's clock.</param>
/// <param name="Low">The 95 % interval of the mean, which holds together with those of all points.</param>
/// <param name="Enough">Whether there are enough votes to say anything.</param>
/// <param name="Museum">The mean of the whole museum.</param>
internal sealed record TrendPoint(
    string Point,
    long? Votes,
    double? Mean,
    double? Low,
    double? High,
    bool Enough,
    double? Museum
)
{
    public static TrendPoint Of(string point, Votes votes, Votes all, int together)
    {
        var interval = MeanInterval.Of(votes, together);
        return new(
            point,
            votes.Count > 0 ? (long)votes.Count : null,
            votes.Count > 0 ? votes.Mean : null,
            interval?.Low,
            interval?.High,
            MeanChange.IsEnough(votes),
            all.Count > 0 ? all.Mean : null
        );
    }
}
