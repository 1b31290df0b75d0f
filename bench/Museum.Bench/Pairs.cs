using System.Globalization;
using MuseumPipeline.Bench.Servers;

namespace MuseumPipeline.Bench;

/// <summary>What was seen of one comparison.</summary>
/// <param name="Ours">Of each run, in the order in which they were made.</param>
/// <param name="Theirs">Of the run right after each of ours.</param>
internal sealed record Pairs(IReadOnlyList<Finished> Ours, IReadOnlyList<Finished> Theirs)
{
    /// <summary>A B A B …: whatever slows the machine down for a while slows both of a pair.</summary>
    public static async Task<Pairs> RunAsync(int runs, Func<Task<Finished>> ours, Func<Task<Finished>> theirs)
    {
        var (a, b) = (new List<Finished>(), new List<Finished>());
        for (var run = 0; run < runs; run++)
        {
            a.Add(await ours());
            b.Add(await theirs());
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  A {a[run].Seconds:0.00} s, B {b[run].Seconds:0.00} s, A/B "
                        + $"{a[run].Seconds / b[run].Seconds:0.000}"
                )
            );
        }

        return new(a, b);
    }

    /// <summary>Seconds of ours for one of theirs.</summary>
    public Spread Ratio => Spread.Of(Ours.Zip(Theirs, (a, b) => a.Seconds / b.Seconds));

    public Spread OurSeconds => Spread.Of(Ours.Select(run => run.Seconds));

    public Spread TheirSeconds => Spread.Of(Theirs.Select(run => run.Seconds));

    public Spread OurBusy => Spread.Of(Ours.Select(run => run.Busy));

    public long OurPeakBytes => Ours.Max(run => run.PeakBytes);
}

internal readonly record struct Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return new(
            sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
            sorted[0],
            sorted[^1]
        );
    }

    public Spread Times(double factor) => new(Median * factor, Least * factor, Most * factor);

    /// <summary>The other way round: for one of ours, so many of theirs.</summary>
    public Spread Inverse => new(1 / Median, 1 / Most, 1 / Least);
}
