namespace MuseumPipeline.Settings;

/// <summary>When a run stops because nearly everything is refused. The defaults are defined only here.</summary>
/// <param name="Share">The share of refused records at which it stops, above 0, to 1.</param>
/// <param name="Least">It does not stop before this many records.</param>
public sealed record BreakerLimits(double Share = 0.9, int Least = 500)
{
    public static BreakerLimits Default { get; } = new();
}
