using System.Runtime;

namespace MuseumPipeline.Serve.Live;

/// <summary>Gives memory back to the system once a crowd of streams has gone: by itself the runtime keeps what it once
/// needed, as long as nothing else asks for it.</summary>
internal sealed class FreedMemory(TimeProvider clock, Action? giveBack = null) : IDisposable
{
    /// <summary>Fewer are no crowd.</summary>
    public const int Crowd = 200;

    /// <summary>A restarted browser or proxy comes back within it.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly Action giveBack = giveBack ?? Collect;
    private int most;
    private ITimer? timer;

    /// <summary>Call with the number of open streams whenever it has changed.</summary>
    public void Open(int streams)
    {
        lock (gate)
        {
            most = Math.Max(most, streams);
            if (most < Crowd || streams > most / 4)
                return;
            most = streams;
            timer?.Dispose();
            timer = clock.CreateTimer(_ => giveBack(), null, After, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer?.Dispose();

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
