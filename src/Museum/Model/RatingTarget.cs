using System.Text.Json.Serialization;

namespace MuseumPipeline.Model;

/// <summary>What the museum wants of its exhibitions.</summary>
/// <param name="Mean">From here on a mean is on target.</param>
/// <param name="Near">From here on it is near.</param>
internal sealed record RatingTarget(double Mean, double Near)
{
    public const double UsualMean = 2.5;

    /// <summary>The best mean there was when the usual target was chosen.</summary>
    private const double UsualBest = 4;

    /// <summary>How far below the target is near, on that scale.</summary>
    private const double Margin = 0.25;

    /// <summary>Nobody chose it: it goes along with the scale.</summary>
    [JsonIgnore]
    public bool IsUsual { get; init; }

    /// <param name="mean">As it is set; null for the usual one.</param>
    public static RatingTarget Of(double? mean) =>
        new(mean ?? UsualMean, (mean ?? UsualMean) - Margin) { IsUsual = mean is null };

    /// <summary>The same where ratings go up to another best.</summary>
    public RatingTarget On(int best)
    {
        var stretch = best / UsualBest;
        var mean = IsUsual ? UsualMean * stretch : Mean;
        return this with { Mean = mean, Near = mean - (Margin * stretch) };
    }
}
