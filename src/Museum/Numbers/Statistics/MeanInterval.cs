using MathNet.Numerics.Distributions;
using MathNet.Numerics.RootFinding;

namespace MuseumPipeline.Numbers.Statistics;

/// <summary>
/// The 95 % interval of a mean rating: all means under which the votes are not too unlikely (the likelihood ratio of a
/// multinomial distribution whose
/// mean is held; A. B. Owen, "Empirical likelihood ratio confidence regions", Annals of Statistics 18, 1990), with the
/// limit for few votes that Owen
/// gives there, F(1, n-1), which is the square of Student's t. Always on the scale and around the mean; with many
/// votes it is the usual one.
/// </summary>
/// <seealso href="https://doi.org/10.1214/aos/1176347494"/>
internal readonly record struct MeanInterval(double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>From this many votes on, Student's t is the normal distribution to five digits.</summary>
    private const double Many = 100_000;
    private const double Accuracy = 1e-9;
    private const int Steps = 200;

    public double Width => High - Low;

    /// <summary>Null for fewer than two votes: one vote says nothing about how much votes differ.</summary>
    /// <param name="together">How many intervals are shown side by side: each is widened, so that all of them hold
    /// together with 95 % (C. E. Bonferroni).</param>
    public static MeanInterval? Of(Votes votes, int together = 1)
    {
        if (!(votes.Count > 1))
            return null;
        var upper = 1 - (Tail / together);
        var t = votes.Count > Many ? Normal.InvCDF(0, 1, upper) : StudentT.InvCDF(0, 1, votes.Count - 1, upper);
        return new(LowerLimit(votes, t * t), votes.Best - LowerLimit(votes.Mirrored, t * t));
    }

    private static double LowerLimit(Votes votes, double limit)
    {
        var mean = votes.Mean;
        if (mean <= Accuracy || Ratio(votes, Accuracy) <= limit)
            return 0;
        return Brent.FindRoot(candidate => Ratio(votes, candidate) - limit, Accuracy, mean, Accuracy, Steps);
    }

    /// <summary>
    /// Twice the logarithm of the likelihood ratio of a mean below the observed one. The likeliest distribution with
    /// that mean gives each vote the
    /// weight 1 / n(1 + λ(value - mean)); where that would ask for less than nothing of value 0, which nobody chose,
    /// value 0 gets what is left over.
    /// </summary>
    private static double Ratio(Votes votes, double mean)
    {
        if (mean >= votes.Mean)
            return 0;
        var most = 1 / mean;
        var multiplier =
            votes.Counts[0] <= 0 && Slope(votes, mean, most) >= 0
                ? most
                : Brent.FindRoot(m => Slope(votes, mean, m), 0, most * (1 - 1e-13), 1e-12 * most, Steps);
        var sum = 0.0;
        for (var value = 0; value < votes.Counts.Length; value++)
        {
            if (votes.Counts[value] > 0)
                sum += votes.Counts[value] * Math.Log(1 + (multiplier * (value - mean)));
        }

        return 2 * sum;
    }

    private static double Slope(Votes votes, double mean, double multiplier)
    {
        var sum = 0.0;
        for (var value = 0; value < votes.Counts.Length; value++)
        {
            if (votes.Counts[value] > 0)
                sum += votes.Counts[value] * (value - mean) / (1 + (multiplier * (value - mean)));
        }

        return sum;
    }
}
