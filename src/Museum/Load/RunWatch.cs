using System.Collections.Concurrent;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>Collects the reports of a run's workers: for the progress display and the breaker. Thread-safe.</summary>
internal sealed class RunWatch(Breaker breaker, TimeProvider clock, IProgress<LoadStatus>? progress)
{
    private readonly ConcurrentDictionary<string, long> bytes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> unverified = new(StringComparer.Ordinal);
    private long rows,
        total;
    private int objects,
        done;

    public IEnumerable<string> UnverifiedObjects => unverified.Keys.Order(StringComparer.Ordinal);

    public void Expect(int moreObjects, long moreBytes)
    {
        Interlocked.Add(ref objects, moreObjects);
        Interlocked.Add(ref total, moreBytes);
    }

    private readonly ConcurrentDictionary<string, AsideReport> aside = new(StringComparer.Ordinal);

    public IEnumerable<AsideReport> Aside => aside.Values.OrderBy(row => row.Name, StringComparer.Ordinal);

    /// <summary>It is not loaded, and the others continue.</summary>
    public void SetAside(AsideReport what) => aside[what.Name] = what;

    public void Unverified(string name) => unverified[name] = true;

    public void Read(long records, long nextByte, string name)
    {
        Interlocked.Add(ref rows, records);
        bytes[name] = nextByte;
        Report();
    }

    public void Done(string name, long size)
    {
        bytes[name] = size;
        Interlocked.Increment(ref done);
        Report();
    }

    /// <summary>When something was last committed.</summary>
    public long Moved { get; private set; }

    /// <exception cref="BreakerException">Nearly everything is refused. What was committed stays.</exception>
    public void Committed(string name, Counts committed, ReasonTally why)
    {
        Moved = clock.GetTimestamp();
        breaker.Check(committed, why, name);
    }

    private void Report() => progress?.Report(new LoadStatus(objects, done, total, bytes.Values.Sum(), rows));
}
