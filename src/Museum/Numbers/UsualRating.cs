using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Numbers;

/// <summary>What an exhibition usually gets: its votes of the eight weeks before the period, each hour of the week
/// weighted so that together they have the period's own mix of weekdays and hours (direct standardisation). A weighted
/// vote carries less information than a plain one; the interval counts as many votes as they are worth (L. Kish,
/// "Survey Sampling", 1965: the square of the sum of the weights divided by the sum of their squares).</summary>
internal static class UsualRating
{
    private const int HoursOfWeek = 8 * 24;

    /// <summary>Hours without votes before are left out; if they hold more votes than this allows, there is no
    /// comparison.</summary>
    private const double LeastCovered = 0.8;

    public static RatingChange Compare(ExhibitionHours exhibition, Selection selection)
    {
        var (from, to) = (selection.From, selection.To);
        var best = selection.Cube.Buttons.Best;
        var now = ByHourOfWeek(exhibition.Between(from, to), best);
        var before = ByHourOfWeek(exhibition.Between(from.AddDays(-Selection.UsualDays), from.AddDays(-1)), best);
        Votes current = default,
            weighted = default;
        double used = 0,
            covered = 0,
            squares = 0;
        for (var hour = 0; hour < HoursOfWeek; hour++)
        {
            current += now[hour];
            var (n, b) = (now[hour].Count, before[hour].Count);
            if (n <= 0 || b <= 0)
                continue;
            weighted += before[hour] * (n / b);
            (used, covered, squares) = (used + b, covered + n, squares + (n * n / b));
        }

        if (covered <= 0)
            return new(0, null, null, null, null, Verdict.NotEnoughData);
        var worth = covered * covered / squares;
        var change = RatingChange.Of(current, weighted * (worth / covered), selection.Comparisons);
        return change with
        {
            Votes = (long)used,
            Verdict = covered < LeastCovered * current.Count ? Verdict.NotEnoughData : change.Verdict,
        };
    }

    private static Votes[] ByHourOfWeek(ReadOnlySpan<HourCell> cells, int best)
    {
        var votes = new double[]?[HoursOfWeek];
        foreach (ref readonly var cell in cells)
            cell.AddTo(votes[(cell.Weekday * 24) + cell.LocalHour] ??= new double[best + 1]);
        return Array.ConvertAll(votes, counts => counts is null ? default : new Votes(counts));
    }
}
