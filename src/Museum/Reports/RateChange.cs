using MathNet.Numerics.Distributions;

namespace MuseumPipeline.Reports;

/// <summary>Whether calls became more or fewer: if nothing changed, the calls of one week, given the sum of both, are
/// binomial (the exact conditional test: J. Przyborowski and H. Wilenski, Biometrika 31, 1940). Below 5 in 100 it is
/// called a change.</summary>
internal static class RateChange
{
    private const double Significant = 0.05;

    public static string Of(long now, double hours, long before, double hoursBefore)
    {
        if (hours <= 0 || hoursBefore <= 0 || now + before == 0)
            return "no change";
        var together = new Binomial(hours / (hours + hoursBefore), checked((int)(now + before)));
        var fewer = together.CumulativeDistribution(now);
        var more = now == 0 ? 1 : 1 - together.CumulativeDistribution(now - 1);
        return 2 * Math.Min(fewer, more) >= Significant ? "no clear change"
            : more < fewer ? "more"
            : "fewer";
    }
}
