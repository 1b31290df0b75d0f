namespace MuseumPipeline.Load.Batches;

/// <summary>Who may write: so many objects at a time; of those that wait or are expected, the first by name. Whoever
/// writes may take along others that wait.</summary>
internal sealed class WriterTurns(int writers)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = [];
    private readonly HashSet<string> opening = [];
    private int free = writers;

    /// <summary>It will soon be here: those with later names let it go first.</summary>
    public void Expect(string name)
    {
        lock (gate)
            opening.Add(name);
    }

    /// <summary>It is here, or does not come.</summary>
    public void Expected(string name)
    {
        lock (gate)
            if (opening.Remove(name))
                GiveTurns();
    }

    /// <summary>True when it may write: <see cref="End"/> must follow. False if another one has loaded it
    /// meanwhile.</summary>
    public async Task<bool> WaitAsync(ReadyObject ready, CancellationToken cancel)
    {
        while (true)
        {
            Waiter waiter;
            lock (gate)
            {
                cancel.ThrowIfCancellationRequested();
                opening.Remove(ready.Name);
                Insert(waiter = new(ready));
                GiveTurns();
            }

            await using (cancel.Register(() => GiveUp(waiter)))
            {
                switch (await waiter.Outcome.Task)
                {
                    case Outcome.Turn:
                        return true;
                    case Outcome.Loaded:
                        return false;
                    default:
                        ready.Alone = true;
                        break;
                }
            }
        }
    }

    /// <summary>The first whose turn it would be and that fits, which then waits for what becomes of it; null if there
    /// is none.</summary>
    public Waiter? Take(Func<ReadyObject, bool> fits)
    {
        List<Waiter> all;
        lock (gate)
            all = [.. waiters];
        foreach (var waiter in all)
        {
            if (!fits(waiter.Object))
                continue;
            lock (gate)
                if (IsNext(waiter) && waiters.Remove(waiter))
                    return waiter;
        }

        return null;
    }

    public void End()
    {
        lock (gate)
        {
            free++;
            GiveTurns();
        }
    }

    private void GiveTurns()
    {
        while (free > 0 && waiters.First is { } first && IsNext(first.Value))
        {
            free--;
            waiters.RemoveFirst();
            first.Value.Outcome.SetResult(Outcome.Turn);
        }
    }

    /// <summary>None that is expected comes before it.</summary>
    private bool IsNext(Waiter waiter) => !opening.Any(name => IsBefore(name, waiter.Object.Name));

    private static bool IsBefore(string name, string other) => string.CompareOrdinal(name, other) < 0;

    private void Insert(Waiter waiter)
    {
        var after = waiters.First;
        while (after is not null && IsBefore(after.Value.Object.Name, waiter.Object.Name))
            after = after.Next;
        if (after is null)
            waiters.AddLast(waiter);
        else
            waiters.AddBefore(after, waiter);
    }

    /// <summary>Unless somebody has taken it, who then says what becomes of it.</summary>
    private void GiveUp(Waiter waiter)
    {
        lock (gate)
            if (!waiters.Remove(waiter))
                return;
        waiter.Outcome.SetCanceled();
    }

    /// <summary>What became of one that waited.</summary>
    internal enum Outcome
    {
        /// <summary>It may write now.</summary>
        Turn,

        /// <summary>It was loaded together with another one.</summary>
        Loaded,

        /// <summary>That failed: nothing of it is loaded.</summary>
        Failed,
    }

    internal sealed class Waiter(ReadyObject ready)
    {
        public ReadyObject Object { get; } = ready;

        public TaskCompletionSource<Outcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
