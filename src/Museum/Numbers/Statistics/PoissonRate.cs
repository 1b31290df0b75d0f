using MathNet.Numerics.Distributions;

namespace MuseumPipeline.Numbers.Statistics;

/// <summary>A number of presses in a number of opening hours, with the exact 95 % interval (F. Garwood, "Fiducial
/// limits for the Poisson distribution", Biometrika 28, 1936): half of the chi-squared quantiles with 2n and 2n + 2
/// degrees of freedom, divided by the hours.</summary>
/// <param name="PerHour">Null, like the interval, if it was never open.</param>
internal readonly record struct PoissonRate(double? PerHour, double? Low, double? High)
{
    private const double Tail = 0.025;

    /// <param name="together">How many intervals are shown side by side: each is widened, so that all of them hold
    /// together with 95 % (C. E. Bonferroni).</param>
    public static PoissonRate Of(long presses, double hours, int together = 1)
    {
        if (!(hours > 0))
            return default;
        var low = presses == 0 ? 0 : Quantile(Tail / together, presses);
        return new(presses / hours, low / hours, Quantile(1 - (Tail / together), presses + 1) / hours);
    }

    /// <summary>Half of the chi-squared quantile with 2 × <paramref name="count"/> degrees of freedom is the one of
    /// this gamma distribution.</summary>
    private static double Quantile(double probability, double count) => Gamma.InvCDF(count, 1, probability);
}
