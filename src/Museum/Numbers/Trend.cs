using System.Globalization;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Numbers;

/// <param name="PublicId"><c>all</c> for those asked for together.</param>
/// <param name="Votes">One for each point; null where nothing was heard.</param>
internal sealed record TrendSeries(
    string PublicId,
    string Name,
    IReadOnlyList<long?> Votes,
    IReadOnlyList<double?> Mean
);

/// <param name="Best">The end of the scale.</param>
/// <param name="Points">As 2023-03-06T09:00, 2023-03-06 or 2023-W10, by the museum's clock.</param>
internal sealed record TrendView(
    Period Period,
    string By,
    int Best,
    IReadOnlyList<string> Points,
    IReadOnlyList<TrendSeries> Series
);

/// <summary>Ratings over time.</summary>
internal static class Trend
{
    /// <summary>More hours than these days have nobody can see in one picture.</summary>
    private const int MostDaysByHour = 92;

    /// <exception cref="BadQueryException">A step there is not.</exception>
    public static TrendView Of(Selection selection, string? by)
    {
        var step = string.IsNullOrEmpty(by) ? "day" : by;
        var places = Places(selection, step);
        var each = selection
            .Exhibitions.Select(e => (e.Card.PublicId, e.Card.Name, Votes: VotesOf(e, selection, step, places)))
            .ToList();
        var all = new Votes[places.Count];
        foreach (var (_, _, votes) in each)
        {
            for (var place = 0; place < all.Length; place++)
                all[place] += votes[place];
        }

        return new(
            Period.Of(selection, selection.OpenHours()),
            step,
            selection.Cube.Buttons.Best,
            [.. places.Keys],
            [
                SeriesOf("all", selection.Cube.Museum.Name, all),
                .. each.Select(e => SeriesOf(e.PublicId, e.Name, e.Votes)),
            ]
        );
    }

    private static TrendSeries SeriesOf(string id, string name, Votes[] votes) =>
        new(
            id,
            name,
            [.. votes.Select(v => v.Count > 0 ? (long?)v.Count : null)],
            [.. votes.Select(v => v.Count > 0 ? (double?)v.Mean : null)]
        );

    private static Votes[] VotesOf(
        ExhibitionHours exhibition,
        Selection selection,
        string step,
        SortedList<string, int> places
    )
    {
        var best = selection.Cube.Buttons.Best;
        var votes = new double[]?[places.Count];
        foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
        {
            if (cell.Votes > 0)
                cell.AddTo(votes[places[PointOf(cell.Day, cell.LocalHour, step)]] ??= new double[best + 1]);
        }

        return Array.ConvertAll(votes, counts => counts is null ? default : new Votes(counts));
    }

    /// <summary>Every point up to now in order: by hour those the museum is open in, and others in which somebody voted
    /// nevertheless.</summary>
    private static SortedList<string, int> Places(Selection selection, string step)
    {
        var days = selection.To.DayNumber - selection.From.DayNumber + 1;
        if (step == "hour" && days > MostDaysByHour)
            throw new BadQueryException(
                "by",
                step,
                $"day or week: hour goes with at most {MostDaysByHour} days, and these are {days}"
            );
        var points = new SortedSet<string>(StringComparer.Ordinal);
        var now = TimeZoneInfo.ConvertTime(selection.Now, selection.Cube.Zone).DateTime;
        var (opens, closes) = (selection.Cube.Museum.Opens, selection.Cube.Museum.Closes);
        for (var day = selection.From; day <= selection.To && day <= DateOnly.FromDateTime(now); day = day.AddDays(1))
        {
            var (first, last) = step == "hour" ? (opens.Hour, closes.Add(TimeSpan.FromTicks(-1)).Hour) : (0, 0);
            for (
                var hour = first;
                hour <= last && (step != "hour" || day.ToDateTime(new TimeOnly(hour, 0)) <= now);
                hour++
            )
                points.Add(PointOf(day, hour, step));
        }

        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
            {
                if (cell.Votes > 0)
                    points.Add(PointOf(cell.Day, cell.LocalHour, step));
            }
        }

        var places = new SortedList<string, int>(points.Count, StringComparer.Ordinal);
        foreach (var point in points)
            places.Add(point, places.Count);
        return places;
    }

    private static string PointOf(DateOnly day, int hour, string step) =>
        step switch
        {
            "hour" => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T{hour:00}:00"),
            "day" => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "week" => WeekOf(day),
            _ => throw new BadQueryException("by", step, "hour, day or week"),
        };

    /// <summary>The ISO 8601 week, Monday to Sunday.</summary>
    private static string WeekOf(DateOnly day)
    {
        var date = day.ToDateTime(TimeOnly.MinValue);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ISOWeek.GetYear(date):0000}-W{ISOWeek.GetWeekOfYear(date):00}"
        );
    }
}
