namespace MuseumPipeline.Model;

/// <summary>What the museum wants of its exhibitions.</summary>
/// <param name="Mean">From here on a mean is on target.</param>
/// <param name="Near">From here on it is near.</param>
internal sealed record RatingTarget(double Mean, double Near)
{
    public const double UsualMean = 2.5;

    /// <summary>The best mean there is.</summary>
    public const double Best = 4;

    /// <summary>How far below the target is near.</summary>
    public const double Margin = 0.25;

    public static RatingTarget Of(double mean) => new(mean, mean - Margin);
}
