using System.Globalization;
using MathNet.Numerics.Distributions;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>
/// Where somebody should be, when. A single floor in a single hour has few presses, and the highest of many such cells
/// is mostly luck. So each cell
/// begins with what its floor and its hour would lead one to expect, as if <see cref="Weight"/> presses of that kind
/// had been seen already, and its own
/// presses move it from there (a Gamma prior for a Poisson rate). A walk is suggested only where all of the interval
/// then lies above the museum's
/// average, and enough presses stand behind it.
/// </summary>
internal static class Patrols
{
    /// <summary>How many presses the expectation counts for.</summary>
    private const double Weight = 4;

    /// <summary>
    /// On either side of an interval. There are some forty cells, and each one's expectation is uncertain too: with 99
    /// % intervals one cell in 300 of a museum
    /// where all are alike is taken for a walk, with 95 % one in 60.
    /// </summary>
    private const double Tail = 0.005;

    /// <summary>A walk has at least so many presses of its own behind it.</summary>
    private const int Least = 5;

    /// <summary>…on so many different days: one day's accident, or one button that sticks, is no pattern.</summary>
    private const int LeastDays = 3;

    /// <summary>Below so many presses in all, nothing is said.</summary>
    private const int LeastInAll = 30;

    public const string Method =
        "Presses per opening hour of each floor and hour, drawn toward what floor and hour alone would lead one "
        + "to expect (as if 4 presses of that kind had been seen). "
        + "A walk: the 99 % interval lies above the average of all floors and hours, and at least 5 presses on 3 "
        + "different days stand behind it. Quiet: it lies below. "
        + "Nothing is said under 30 presses in all, or 3 days.";

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
    /// <param name="days">On how many days help was called for at all.</param>
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

        // In the order of what is told of them.
        return new([.. walks.OrderBy(walk => walk.Hour).ThenByDescending(walk => walk.PerOpenHour)], quiet);

        // Half a press more, so that a floor or an hour that happened to have none is not for ever expected to have
        // none.
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

/// <param name="Hour">Of the museum's clock, 0 to 23.</param>
/// <param name="Days">On how many days they were.</param>
internal readonly record struct PatrolCell(string Floor, int Hour, long Presses, double OpenHours, int Days);

internal enum PatrolVerdict
{
    /// <summary>Surely more than the average: a walk.</summary>
    More,

    Usual,

    /// <summary>Surely fewer.</summary>
    Fewer,

    TooLittleData,
}

/// <param name="PerOpenHour">Drawn toward what floor and hour lead one to expect, as is the interval.</param>
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
/// <param name="Quiet">Where fewer are needed, or nothing can be said.</param>
internal sealed record PatrolPlan(IReadOnlyList<PatrolWalk> Walks, IReadOnlyList<PatrolWalk> Quiet)
{
    /// <summary>Why nothing is said of any floor or hour; null where something can be.</summary>
    public string? TooLittle { get; init; }
}
