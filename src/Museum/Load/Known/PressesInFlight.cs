namespace MuseumPipeline.Load.Known;

/// <summary>The presses of transactions that this process has not committed yet, as far as they are read. No other
/// connection sees them, so that the database could not tell that an object holds the same.</summary>
internal sealed class PressesInFlight
{
    private const int Chunk = 8192;

    /// <summary>Chunks of one transaction, 16 MiB. Only one that must be whole, or was asked for by
    /// MUSEUM_SLICE_ROWS, can be larger; what comes later in it is not here.</summary>
    private const int Most = 512;

    /// <summary>Two presses of the same button in the same second are nothing special.</summary>
    private const double Chance = 0.05;

    private readonly Lock gate = new();
    private readonly List<Flight> flights = [];
    private readonly Stack<uint[]> unused = [];
    private TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For one transaction; disposed after its commit, or when it has failed.</summary>
    public Flight Open()
    {
        var flight = new Flight(this);
        lock (gate)
            flights.Add(flight);
        return flight;
    }

    /// <summary>Whether more of a sample is among them than chance explains.</summary>
    public bool Has(PressSample sample) => Have(Snapshot().Flights, sample);

    /// <summary>Waits until that is no longer so.</summary>
    public async Task WaitAsync(PressSample sample, CancellationToken cancel)
    {
        while (true)
        {
            var (now, next) = Snapshot();
            if (!Have(now, sample))
                return;
            await next.WaitAsync(cancel);
        }
    }

    private (Flight[] Flights, Task Next) Snapshot()
    {
        lock (gate)
            return ([.. flights], ended.Task);
    }

    private static bool Have(Flight[] flights, PressSample sample)
    {
        if (flights.Length == 0)
            return false;
        var missing = sample.Presses.Select(press => (uint)press.ContentHash).ToHashSet();
        var all = missing.Count;
        foreach (var flight in flights)
            flight.Remove(missing);
        return all - missing.Count > sample.Presses.Count * Chance;
    }

    private void Close(Flight flight)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            flights.Remove(flight);
            // Whoever still reads them finds presses of another open transaction, and waits for that one: no harm.
            foreach (var chunk in flight.Chunks)
                unused.Push(chunk);
            (told, ended) = (ended, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
    }

    private uint[] Take()
    {
        lock (gate)
            return unused.TryPop(out var chunk) ? chunk : new uint[Chunk];
    }

    /// <summary>The hashes of one transaction's presses. One thread writes while others read.</summary>
    internal sealed class Flight(PressesInFlight all) : IDisposable
    {
        private readonly List<uint[]> full = [];
        private uint[] chunk = all.Take();
        private int used;

        public IEnumerable<uint[]> Chunks => [.. full, chunk];

        /// <summary>Of the hash, the lower half is enough to compare samples with: of the four million presses that
        /// are kept at most, one in a thousand strangers is taken for one.</summary>
        public void Add(ulong hash)
        {
            chunk[used] = (uint)hash;
            if (used + 1 < Chunk)
                Volatile.Write(ref used, used + 1);
            else
                NextChunk();
        }

        private void NextChunk()
        {
            lock (full)
            {
                if (full.Count < Most)
                {
                    full.Add(chunk);
                    chunk = all.Take();
                }

                used = 0;
            }
        }

        /// <summary>Removes from these hashes those that are here.</summary>
        public void Remove(HashSet<uint> hashes)
        {
            uint[][] before;
            uint[] last;
            int inLast;
            lock (full)
                (before, last, inLast) = ([.. full], chunk, Volatile.Read(ref used));
            foreach (var one in before)
                Remove(hashes, one);
            Remove(hashes, last.AsSpan(0, inLast));
        }

        private static void Remove(HashSet<uint> hashes, ReadOnlySpan<uint> these)
        {
            foreach (var hash in these)
                hashes.Remove(hash);
        }

        public void Dispose() => all.Close(this);
    }
}
