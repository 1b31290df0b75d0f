using System.Globalization;
using MathNet.Numerics.Distributions;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>Where somebody should be, and when. A single floor in a single hour has few presses, and the highest of
/// many such cells is mostly luck. So each cell starts at the rate that its floor and its hour suggest, as if <see
/// cref="Weight"/> presses had been seen at that rate, and its own presses change it from there (a gamma prior for a
/// Poisson rate). A walk is suggested only if the whole interval then lies above the museum's average, with enough
/// presses behind it.</summary>
internal static class Patrols
{
    /// <summary>How many presses the expected rate counts for.</summary>
    private const double Weight = 4;

    /// <summary>On either side of an interval. There are some forty cells, and each one's expected rate is uncertain
    /// too: with 99 % intervals one cell in 300 is wrongly suggested in a museum where all are alike, with 95 % one in
    /// 60.</summary>
    private const double Tail = 0.005;

    /// <summary>A walk needs at least this many presses of its own.</summary>
    private const int Least = 5;

    /// <summary>…on this many different days: one accident, or one button that sticks, is not a pattern.</summary>
    private const int LeastDays = 3;

    /// <summary>With fewer presses in all, nothing is suggested.</summary>
    private const int LeastInAll = 30;

    public const string Method =
        "Presses per opening hour of each floor and hour, drawn towards the rate that floor and hour alone "
        + "suggest (as if 4 presses had been seen at that rate). "
        + "A walk: the 99 % interval lies above the average of all floors and hours, and at least 5 presses on 3 "
        + "different days support it. Quiet: it lies below. "
        + "Nothing is suggested with fewer than 30 presses or 3 days.";

    public static PatrolPlan Of(Selection selection)
    {
        var open = selection.OpenHours();
        var presses = HelpCount
            .By(selection, (exhibition, cell) => (exhibition.Floor, cell.LocalHour, cell.Day))
            .ToLookup(pair => pair.Key.Floor, pair => (pair.Key.LocalHour, pair.Key.Day, pair.Value.Presses));
        var columns = HourColumn.Of(open, selection.Cube.Museum);
        var days = HelpCount.By(selection, (_, cell) => cell.Day).Count;
        return Of(
            [
                .. selection
                    .Exhibitions.Select(e => e.Card.Floor)
                    .Distinct()
                    .SelectMany(
                        _ => columns,
                        (floor, column) =>
                        {
                            List<(int LocalHour, DateOnly Day, long Presses)> mine =
                            [
                                .. presses[floor].Where(some => column.Hours.Contains(some.LocalHour)),
                            ];
                            return new PatrolCell(
                                floor,
                                column.Hour,
                                mine.Sum(some => some.Presses),
                                column.OpenHours,
                                mine.Select(some => some.Day).Distinct().Count()
                            );
                        }
                    ),
            ],
            days
        );
    }

    /// <param name="cells">Every floor in every hour the museum is open.</param>
    /// <param name="days">The number of days with any call for help.</param>
    public static PatrolPlan Of(IReadOnlyList<PatrolCell> cells, int days)
    {
        List<PatrolWalk> walks = [],
            quiet = [];
        double presses = cells.Sum(c => (double)c.Presses),
            hours = cells.Sum(c => c.OpenHours);
        if (hours <= 0)
            return new(walks, quiet);
        if (presses < LeastInAll || days < LeastDays)
            return new([], []) { TooLittle = TooLittle(presses, days) };
        var average = presses / hours;
        var floors = cells
            .GroupBy(c => c.Floor, StringComparer.Ordinal)
            .ToDictionary(f => f.Key, RateOf, StringComparer.Ordinal);
        var clock = cells.GroupBy(c => c.Hour).ToDictionary(h => h.Key, RateOf);
        foreach (
            var cell in cells
                .Where(c => c.OpenHours > 0)
                .OrderBy(c => c.Hour)
                .ThenByDescending(c => c.Presses / c.OpenHours)
                .ThenBy(c => c.Floor, StringComparer.Ordinal)
        )
        {
            var expected = average > 0 ? floors[cell.Floor] * clock[cell.Hour] / average : 0;
            var (verdict, walk) = Judge(cell, expected, average);
            if (verdict is PatrolVerdict.More)
                walks.Add(walk);
            else if (verdict is PatrolVerdict.Fewer or PatrolVerdict.TooLittleData)
                quiet.Add(walk);
        }

        // In the order in which they are reported.
        return new([.. walks.OrderBy(walk => walk.Hour).ThenByDescending(walk => walk.PerOpenHour)], quiet);

        // Half a press more, so that a floor or an hour that happened to have none is not expected to have none for
        // ever.
        static double RateOf(IEnumerable<PatrolCell> some) =>
            (some.Sum(c => c.Presses) + 0.5) / some.Sum(c => c.OpenHours);
    }

    private static string TooLittle(double presses, int days) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"too little data: {presses:0} presses on {days} days in all; {LeastInAll} on {LeastDays} are "
                + $"needed before anything is suggested"
        );

    private static (PatrolVerdict Verdict, PatrolWalk Walk) Judge(PatrolCell cell, double expected, double average)
    {
        var (shape, scale) = (Weight + cell.Presses, (Weight / expected) + cell.OpenHours);
        var (rate, low, high) = (shape / scale, Gamma.InvCDF(shape, scale, Tail), Gamma.InvCDF(shape, scale, 1 - Tail));
        var verdict =
            low > average
                ? cell.Presses >= Least && cell.Days >= LeastDays
                    ? PatrolVerdict.More
                    : PatrolVerdict.TooLittleData
                : high < average
                    ? PatrolVerdict.Fewer
                    : PatrolVerdict.Usual;
        var times = rate / average;
        var reason = verdict switch
        {
            PatrolVerdict.TooLittleData => string.Create(
                CultureInfo.InvariantCulture,
                $"too little data: {cell.Presses} presses on {cell.Days} days; it may be a walk, but {Least} on "
                    + $"{LeastDays} are needed to say so"
            ),
            PatrolVerdict.More => string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Presses} presses on {cell.Days} days in {cell.OpenHours:0.#} opening hours: {times:0.0} "
                    + $"times the average, at least {low / average:0.0} times"
            ),
            PatrolVerdict.Fewer => string.Create(
                CultureInfo.InvariantCulture,
                $"{cell.Presses} presses in {cell.OpenHours:0.#} opening hours: at most {high / average:0.00} of "
                    + $"the average"
            ),
            _ => "",
        };
        return (verdict, new(cell.Hour, cell.Floor, rate, low, high, verdict, reason));
    }
}

/// <param name="Hour">By the museum's clock, 0 to 23.</param>
/// <param name="Days">The number of days they were on.</param>
internal readonly record struct PatrolCell(string Floor, int Hour, long Presses, double OpenHours, int Days);

internal enum PatrolVerdict
{
    /// <summary>Clearly more than the average: a walk.</summary>
    More,

    Usual,

    /// <summary>Surely fewer.</summary>
    Fewer,

    TooLittleData,
}

/// <param name="PerOpenHour">Drawn towards what floor and hour suggest, like the interval.</param>
internal sealed record PatrolWalk(
    int Hour,
    string Floor,
    double PerOpenHour,
    double Low,
    double High,
    PatrolVerdict Verdict,
    string Reason
);

/// <param name="Walks">In the order of the day.</param>
/// <param name="Quiet">Where fewer people are needed, or nothing can be said.</param>
internal sealed record PatrolPlan(IReadOnlyList<PatrolWalk> Walks, IReadOnlyList<PatrolWalk> Quiet)
{
    /// <summary>Why nothing is suggested for any floor or hour; null if something can be.</summary>
    public string? TooLittle { get; init; }
}
