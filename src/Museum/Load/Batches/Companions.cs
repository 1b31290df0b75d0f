using MuseumPipeline.Load.Known;

namespace MuseumPipeline.Load.Batches;

/// <summary>Objects that waited for their turn and are loaded in the transaction of another one. When it ends, each is
/// told what became of it.</summary>
internal sealed class Companions(RunWatch watch) : IDisposable
{
    private readonly List<WriterTurns.Waiter> waiters = [];
    private readonly List<ObjectReading> readings = [];
    private readonly List<(WriterTurns.Waiter, KnownContentException)> known = [];
    private WriterTurns.Outcome outcome = WriterTurns.Outcome.Failed;

    public bool Any => waiters.Count > 0;

    public IReadOnlyList<ObjectReading> Readings => readings;

    public ObjectReading Add(WriterTurns.Waiter waiter)
    {
        waiters.Add(waiter);
        var ready = waiter.Object;
        var judging = new Judging(ready.Content, null, ready.Cleaner, [], null, rewind: false);
        var reading = new ObjectReading(ready, judging, watch);
        readings.Add(reading);
        return reading;
    }

    /// <summary>The last one is not loaded here after all.</summary>
    /// <param name="why">It is known: told when the transaction has ended, because it then writes that down. Null if it
    /// is to try by itself.</param>
    public void RemoveLast(KnownContentException? why)
    {
        var waiter = waiters[^1];
        readings[^1].Judging.Dispose();
        readings.RemoveAt(readings.Count - 1);
        waiters.RemoveAt(waiters.Count - 1);
        if (why is null)
            waiter.Outcome.SetResult(WriterTurns.Outcome.Failed);
        else
            known.Add((waiter, why));
    }

    public void Loaded() => outcome = WriterTurns.Outcome.Loaded;

    public void Dispose()
    {
        foreach (var reading in readings)
            reading.Judging.Dispose();
        foreach (var waiter in waiters)
            waiter.Outcome.SetResult(outcome);
        foreach (var (waiter, why) in known)
            waiter.Outcome.SetException(why);
    }
}
