using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>Stops a run when nearly everything is refused: then the fault is not in the records but in a setting, the
/// topic or the rules. It judges the recent past: old counts fade, so that a long good start does not hide a bad turn.
/// Thread-safe.</summary>
internal sealed class Breaker(BreakerLimits limits)
{
    private readonly Lock gate = new();
    private readonly double[] reasons = new double[Reasons.All.Count];
    private double seen,
        refused;

    /// <summary>Counts what was just committed.</summary>
    /// <param name="committed">The counts.</param>
    /// <param name="why">The reasons of the refusals among them.</param>
    /// <param name="place">What is being read, for people.</param>
    /// <exception cref="BreakerException">Nearly everything is refused. What was committed stays.</exception>
    public void Check(Counts committed, ReasonTally why, string place)
    {
        lock (gate)
        {
            // However large the commits were, the past weighs no more than this: a good start must not hide a bad turn.
            if (seen > limits.Least)
                Fade(limits.Least / seen);
            // Repeated headers do not count against a file: merged files are as good as any.
            var held = committed.Quarantined - why.Of(Reason.RepeatedHeader);
            seen += committed.Ratings + committed.Support + held;
            refused += held;
            foreach (var (reason, count) in why.Counted.Where(row => row.Reason is not Reason.RepeatedHeader))
                reasons[(int)reason] += count;
            if (seen >= limits.Least && refused >= limits.Share * seen)
                throw new BreakerException(BreakerText.Of(Most, place));
        }
    }

    private void Fade(double share)
    {
        (seen, refused) = (limits.Least, refused * share);
        for (var reason = 0; reason < reasons.Length; reason++)
            reasons[reason] *= share;
    }

    /// <summary>The most frequent reason of the recent past.</summary>
    private Reason Most => (Reason)Array.IndexOf(reasons, reasons.Max());
}

/// <summary>The breaker opened.</summary>
internal sealed class BreakerException(string message) : MuseumException(ExitCode.DataRefused, message);
