namespace MuseumPipeline.Model;

/// <summary>Counts refusals by reason. Not thread-safe.</summary>
public sealed class ReasonTally
{
    private readonly long[] counts = new long[Reasons.All.Count];

    /// <summary>The most frequent reason; null if nothing was refused.</summary>
    public Reason? Top => counts.Max() is > 0 and var most ? (Reason)Array.IndexOf(counts, most) : null;

    /// <summary>By code, in the order of the rules, without reasons that refused nothing.</summary>
    public IEnumerable<(string Reason, long Count)> ByCode =>
        counts.Select((count, reason) => (((Reason)reason).Code(), count)).Where(row => row.count > 0);

    /// <summary>The same by reason.</summary>
    internal IEnumerable<(Reason Reason, long Count)> Counted =>
        counts.Select((count, reason) => ((Reason)reason, count)).Where(row => row.count > 0);

    internal long Of(Reason reason) => counts[(int)reason];

    public void Count(Reason reason) => counts[(int)reason]++;

    public void Add(ReasonTally more)
    {
        for (var reason = 0; reason < counts.Length; reason++)
            counts[reason] += more.counts[reason];
    }

    public void Clear() => Array.Clear(counts);
}
