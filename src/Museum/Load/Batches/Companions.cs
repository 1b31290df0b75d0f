namespace MuseumPipeline.Load.Batches;

/// <summary>Objects that waited for their turn and are loaded in the transaction of another one. When it ends, each is
/// told what became of it.</summary>
internal sealed class Companions : IDisposable
{
    private readonly List<WriterTurns.Waiter> waiters = [];
    private readonly List<(ReadyObject, Judging)> objects = [];
    private WriterTurns.Outcome outcome = WriterTurns.Outcome.Failed;

    public IReadOnlyList<(ReadyObject Object, Judging Judging)> Objects => objects;

    public Judging Add(WriterTurns.Waiter waiter)
    {
        var ready = waiter.Object;
        var judging = new Judging(ready.Content, null, ready.Cleaner, [], null, rewind: false);
        waiters.Add(waiter);
        objects.Add((ready, judging));
        return judging;
    }

    /// <summary>The last one is not loaded here after all, and has been told.</summary>
    public void RemoveLast()
    {
        objects[^1].Item2.Dispose();
        objects.RemoveAt(objects.Count - 1);
        waiters.RemoveAt(waiters.Count - 1);
    }

    public void Loaded() => outcome = WriterTurns.Outcome.Loaded;

    public void Dispose()
    {
        foreach (var (_, judging) in objects)
            judging.Dispose();
        foreach (var waiter in waiters)
            waiter.Outcome.SetResult(outcome);
    }
}
