using System.Text.Json.Serialization;

namespace MuseumPipeline.Model;

/// <summary>The museum's target for its exhibitions.</summary>
/// <param name="Mean">A mean at or above this is on target.</param>
/// <param name="Near">A mean at or above this is near the target.</param>
internal sealed record RatingTarget(double Mean, double Near)
{
    public const double UsualMean = 2.5;

    /// <summary>The best possible mean when the default target was chosen.</summary>
    private const double UsualBest = 4;

    /// <summary>How far below the target still counts as near, on that scale.</summary>
    private const double Margin = 0.25;

    /// <summary>Nobody set it: it is stretched with the scale.</summary>
    [JsonIgnore]
    public bool IsUsual { get; init; }

    /// <param name="mean">As it is set; null for the default.</param>
    public static RatingTarget Of(double? mean) =>
        new(mean ?? UsualMean, (mean ?? UsualMean) - Margin) { IsUsual = mean is null };

    /// <summary>The same for a scale with another best rating.</summary>
    public RatingTarget On(int best)
    {
        var stretch = best / UsualBest;
        var mean = IsUsual ? UsualMean * stretch : Mean;
        return this with { Mean = mean, Near = mean - (Margin * stretch) };
    }
}
