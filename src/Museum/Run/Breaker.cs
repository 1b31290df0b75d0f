using MuseumPipeline.Load;

namespace MuseumPipeline.Run;

/// <summary>
/// Stops a run when nearly everything is refused: then it is not the records that are wrong but the setting, the topic or the rules.
/// Looks at the recent past: old counts fade, so that a long good start does not hide a bad turn. Thread-safe.
/// </summary>
/// <param name="share">The share of refused records at which it opens, 0 to 1.</param>
/// <param name="least">The records to have seen before it may open.</param>
public sealed class Breaker(double share = 0.9, int least = 500)
{
    private const int Memory = 20;
    private readonly Lock gate = new();
    private double seen, refused;

    /// <summary>True when the records just committed make it open.</summary>
    public bool Opens(Counts committed)
    {
        lock (gate)
        {
            var judged = committed.Ratings + committed.Support + committed.Quarantined;
            if (seen > (double)least * Memory)
            {
                seen /= 2;
                refused /= 2;
            }

            seen += judged;
            refused += committed.Quarantined;
            return seen >= least && refused >= share * seen;
        }
    }
}
