using System.Globalization;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Numbers;

/// <param name="PublicId"><c>all</c> for all requested ones together.</param>
/// <param name="Votes">One for each point; null if there was no press.</param>
/// <param name="Enough">Whether there are as many votes as it takes to say anything.</param>
internal sealed record TrendSeries(
    string PublicId,
    string Name,
    IReadOnlyList<long?> Votes,
    IReadOnlyList<double?> Mean,
    IReadOnlyList<bool> Enough
);

/// <param name="Best">The end of the scale.</param>
/// <param name="Points">Such as 2023-03-06T09:00, 2023-03-06 or 2023-W10, by the museum's clock.</param>
/// <param name="Annotations">What happened meanwhile, as people wrote it down.</param>
internal sealed record TrendView(
    Period Period,
    string By,
    int Best,
    IReadOnlyList<string> Points,
    IReadOnlyList<TrendSeries> Series,
    IReadOnlyList<AnnotationView> Annotations
);

/// <summary>Ratings over time.</summary>
internal static class Trend
{
    /// <summary>Nobody can see more hours than these days have in one chart.</summary>
    private const int MostDaysByHour = 92;

    /// <summary>As many days are seen best by hour; fewer than a handful of points are no trend.</summary>
    private const int DaysByHour = 3;

    /// <summary>…and as many with presses, among so many days without.</summary>
    private const int HeardDaysByHour = 2,
        SilentDaysByHour = 14;

    /// <summary>More days than these are seen best by week.</summary>
    private const int DaysByDay = 120;

    /// <exception cref="BadQueryException">There is no such step.</exception>
    public static TrendView Of(Selection selection, string? by, IReadOnlyList<AnnotationView> annotations)
    {
        var step = StepOf(selection, by);
        var places = Places(selection, step, cell => cell.Votes);
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
            ],
            annotations
        );
    }

    /// <summary>What was asked for, or the step at which the data of these days can be seen best.</summary>
    public static string StepOf(Selection selection, string? by)
    {
        if (by != "auto")
            return string.IsNullOrEmpty(by) ? "day" : by;
        var days = selection.To.DayNumber - selection.From.DayNumber + 1;
        if (days > DaysByDay)
            return "week";
        var heard = selection.Cube.HeardOn(selection.From, selection.To);
        var some = Enumerable.Range(0, days).Count(day => heard(selection.From.AddDays(day)));
        return days <= DaysByHour || (some <= HeardDaysByHour && days <= SilentDaysByHour) ? "hour" : "day";
    }

    /// <summary>The points of one exhibition, and its votes at each.</summary>
    public static (IReadOnlyList<string> Points, Votes[] Votes) VotesOf(
        Selection selection,
        ExhibitionHours exhibition,
        string step
    )
    {
        var places = Places(selection, step, cell => cell.Votes);
        return ([.. places.Keys], VotesOf(exhibition, selection, step, places));
    }

    /// <summary>The votes of several together at these points.</summary>
    public static Votes[] VotesOf(
        Selection selection,
        IEnumerable<ExhibitionHours> exhibitions,
        string step,
        IReadOnlyList<string> points
    )
    {
        var places = new SortedList<string, int>(points.Count, StringComparer.Ordinal);
        foreach (var point in points)
            places.Add(point, places.Count);
        var all = new Votes[points.Count];
        foreach (var exhibition in exhibitions)
        {
            var votes = VotesOf(exhibition, selection, step, places);
            for (var place = 0; place < all.Length; place++)
                all[place] += votes[place];
        }

        return all;
    }

    private static TrendSeries SeriesOf(string id, string name, Votes[] votes) =>
        new(
            id,
            name,
            [.. votes.Select(v => v.Count > 0 ? (long?)v.Count : null)],
            [.. votes.Select(v => v.Count > 0 ? (double?)v.Mean : null)],
            [.. votes.Select(v => v.Count >= MeanChange.EnoughVotes)]
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
            // At night somebody else may have voted: that is no point of this picture.
            if (cell.Votes > 0 && places.TryGetValue(PointOf(cell.Day, cell.LocalHour, step), out var place))
                cell.AddTo(votes[place] ??= new double[best + 1]);
        }

        return Array.ConvertAll(votes, counts => counts is null ? default : new Votes(counts));
    }

    /// <summary>Every point up to now in order; by hour: those in which the museum is open, and others with
    /// presses.</summary>
    /// <param name="presses">How many of those that are shown an hour has.</param>
    public static SortedList<string, int> Places(Selection selection, string step, Func<HourCell, int> presses)
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
            if (selection.Hours?.HasDay(Days.WeekdayOf(day)) == false)
                continue;
            var (first, last) = step == "hour" ? (opens.Hour, closes.Add(TimeSpan.FromTicks(-1)).Hour) : (0, 0);
            for (
                var hour = first;
                hour <= last && (step != "hour" || day.ToDateTime(new TimeOnly(hour, 0)) <= now);
                hour++
            )
            {
                if (step != "hour" || selection.Hours?.Has(Days.WeekdayOf(day), hour) != false)
                    points.Add(PointOf(day, hour, step));
            }
        }

        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
            {
                if (presses(cell) > 0)
                    points.Add(PointOf(cell.Day, cell.LocalHour, step));
            }
        }

        var places = new SortedList<string, int>(points.Count, StringComparer.Ordinal);
        foreach (var point in points)
            places.Add(point, places.Count);
        return places;
    }

    public static string PointOf(DateOnly day, int hour, string step) =>
        step switch
        {
            "hour" => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T{hour:00}:00"),
            "day" => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "week" => Days.WeekOf(day),
            _ => throw new BadQueryException("by", step, "hour, day, week or auto"),
        };
}
