using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>
/// Stops a run when nearly everything is refused: then it is not the records that are wrong but the setting, the topic
/// or the rules.
/// Looks at the recent past: old counts fade, so that a long good start does not hide a bad turn. Thread-safe.
/// </summary>
/// <param name="share">The share of refused records at which it opens, 0 to 1.</param>
/// <param name="least">The records to have seen before it may open.</param>
internal sealed class Breaker(double share = 0.9, int least = 500)
{
    private readonly Lock gate = new();
    private double seen,
        refused;

    /// <summary>True when the records just committed make it open.</summary>
    public bool Opens(Counts committed)
    {
        lock (gate)
        {
            var judged = committed.Ratings + committed.Support + committed.Quarantined;
            // However large the commits were, the past weighs no more than this: a good start must not hide a bad turn.
            if (seen > least)
                (seen, refused) = (least, refused * least / seen);
            seen += judged;
            refused += committed.Quarantined;
            return seen >= least && refused >= share * seen;
        }
    }
}
