using MathNet.Numerics.Distributions;
using MuseumPipeline.View.Numbers.Statistics;

namespace MuseumPipeline.View.Safety;

/// <summary>
/// Where somebody should be, when. A single floor in a single hour has few presses, and the highest of many such cells is mostly luck. So each cell
/// begins with what its floor and its hour would lead one to expect, as if <see cref="Weight"/> presses of that kind had been seen already, and its own
/// presses move it from there (a Gamma prior for a Poisson rate). A walk is suggested only where all of the interval then lies above the museum's
/// average, and enough presses stand behind it.
/// </summary>
public static class Patrols
{
    /// <summary>How many presses the expectation counts for.</summary>
    private const double Weight = 4;

    /// <summary>A walk has at least so many presses of its own behind it.</summary>
    private const int Least = 5;

    /// <summary>Below so many presses in all, nothing is said.</summary>
    private const int LeastInAll = 30;

    public const string Method =
        "Presses per opening hour of each floor and hour, drawn toward what floor and hour alone would lead one to expect (as if 4 presses of that kind had been seen). "
        + "A walk: the 95 % interval lies above the average of all floors and hours, with at least 5 presses. Quiet: it lies below. Nothing is said under 30 presses in all.";

    /// <param name="cells">Every floor in every hour the museum is open.</param>
    public static PatrolPlan Of(IReadOnlyList<PatrolCell> cells)
    {
        List<PatrolWalk> walks = [], quiet = [];
        double presses = cells.Sum(c => (double)c.Presses), hours = cells.Sum(c => c.OpenHours);
        if (hours <= 0) return new(walks, quiet);
        var average = presses / hours;
        var floors = cells.GroupBy(c => c.Floor, StringComparer.Ordinal).ToDictionary(f => f.Key, RateOf, StringComparer.Ordinal);
        var clock = cells.GroupBy(c => c.Hour).ToDictionary(h => h.Key, RateOf);
        foreach (var cell in cells.Where(c => c.OpenHours > 0).OrderBy(c => c.Hour).ThenByDescending(c => c.Presses / c.OpenHours).ThenBy(c => c.Floor, StringComparer.Ordinal))
        {
            var expected = average > 0 ? floors[cell.Floor] * clock[cell.Hour] / average : 0;
            var (verdict, walk) = Judge(cell, expected, average, presses);
            if (verdict is PatrolVerdict.More) walks.Add(walk);
            else if (verdict is PatrolVerdict.Fewer or PatrolVerdict.TooLittleData) quiet.Add(walk);
        }

        return new(walks, quiet);

        // Half a press more, so that a floor or an hour that happened to have none is not for ever expected to have none.
        static double RateOf(IEnumerable<PatrolCell> some) => (some.Sum(c => c.Presses) + 0.5) / some.Sum(c => c.OpenHours);
    }

    private static (PatrolVerdict Verdict, PatrolWalk Walk) Judge(PatrolCell cell, double expected, double average, double all)
    {
        if (all < LeastInAll || expected <= 0)
        {
            var plain = PoissonRate.Of(cell.Presses, cell.OpenHours);
            return (PatrolVerdict.TooLittleData, new(
                cell.Hour, cell.Floor, plain.PerHour!.Value, plain.Low!.Value, plain.High!.Value, PatrolVerdict.TooLittleData,
                Text($"too little data: {all:0} presses in all, {LeastInAll} are needed before anything is suggested")));
        }

        var (shape, scale) = (Weight + cell.Presses, (Weight / expected) + cell.OpenHours);
        var (rate, low, high) = (shape / scale, Gamma.InvCDF(shape, scale, 0.025), Gamma.InvCDF(shape, scale, 0.975));
        var verdict = low > average ? cell.Presses >= Least ? PatrolVerdict.More : PatrolVerdict.Usual : high < average ? PatrolVerdict.Fewer : PatrolVerdict.Usual;
        var times = rate / average;
        var reason = verdict switch
        {
            PatrolVerdict.More => Text($"{cell.Presses} presses in {cell.OpenHours:0.#} opening hours: {times:0.0} times the average, at least {low / average:0.0} times"),
            PatrolVerdict.Fewer => Text($"{cell.Presses} presses in {cell.OpenHours:0.#} opening hours: at most {high / average:0.00} of the average"),
            _ => "",
        };
        return (verdict, new(cell.Hour, cell.Floor, rate, low, high, verdict, reason));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <param name="Hour">Of the museum's clock, 0 to 23.</param>
public readonly record struct PatrolCell(string Floor, int Hour, long Presses, double OpenHours);

public enum PatrolVerdict
{
    /// <summary>Surely more than the average: a walk.</summary>
    More,

    Usual,

    /// <summary>Surely fewer.</summary>
    Fewer,

    TooLittleData,
}

/// <param name="PerOpenHour">Drawn toward what floor and hour lead one to expect, as is the interval.</param>
public sealed record PatrolWalk(int Hour, string Floor, double PerOpenHour, double Low, double High, PatrolVerdict Verdict, string Reason);

/// <param name="Walks">In the order of the day.</param>
/// <param name="Quiet">Where fewer are needed, or nothing can be said.</param>
public sealed record PatrolPlan(IReadOnlyList<PatrolWalk> Walks, IReadOnlyList<PatrolWalk> Quiet);
