using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>An object that is being read into a transaction.</summary>
internal sealed record ObjectReading(ReadyObject Object, Judging Judging, RunWatch Watch)
{
    /// <summary>What waits in memory for the commit.</summary>
    public long Held => Judging.Counts.Support + Judging.Counts.Quarantined;

    /// <summary>Up to so many records; false at the end of the object.</summary>
    public async Task<bool> JudgeAsync(ILoad load, int records, CancellationToken cancel)
    {
        var before = Judging.Counts.Read;
        var more = Judging.Run(load, records);
        await load.FlushAsync(cancel);
        Watch.Read(Judging.Counts.Read - before, Math.Min(Judging.NextByte, Object.Claim.Identity.Size), Object.Name);
        return more;
    }

    /// <exception cref="ObjectChangedException">What was read is no longer the listed version.</exception>
    public void RefuseChanged()
    {
        if (!Object.Content.Unchanged())
            throw new ObjectChangedException($"{Object.Name} changed while it was read");
    }

    /// <summary>What the ledger is to say after the commit.</summary>
    /// <param name="more">The object goes on.</param>
    public LoadProgress Progress(bool more)
    {
        var skipped = (Object.Claim.Current?.Counts.Skipped ?? 0) + Judging.SkippedChange;
        var state =
            more ? SourceState.Loading
            : skipped > 0 ? SourceState.Partial
            : SourceState.Loaded;
        return new LoadProgress(
            Judging.NextByte,
            Judging.NextLine,
            state,
            Judging.Counts,
            Judging.NewlyRead,
            Judging.SkippedChange,
            Judging.HeaderLine
        )
        {
            OwnRepeats = Judging.OwnRepeats,
        };
    }

    /// <summary>After the commit.</summary>
    /// <exception cref="BreakerException">Nearly everything is refused. What was committed stays.</exception>
    public void Committed() => Watch.Committed(Object.Name, Judging.Counts, Judging.Refused);
}
