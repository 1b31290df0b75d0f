using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Cancels a transfer that has stalled. The SDK would wait for weeks, and a server that sends a byte now and
/// then would defeat a plain idle timer; so each window must bring a minimum of bytes.</summary>
internal sealed class ProgressWatch : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly ITimer timer;
    private readonly TimeSpan window;
    private readonly long expected;
    private long arrived;
    private volatile bool bodyBegan;

    public ProgressWatch(S3Settings settings, TimeProvider clock, CancellationToken cancel)
    {
        window = settings.NoProgressTimeout;
        expected = Math.Max(1, (long)(settings.MinimumBytesPerSecond * window.TotalSeconds));
        source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timer = clock.CreateTimer(_ => Judge(), null, window, window);
    }

    /// <summary>Cancelled if the transfer stalls or the caller gives up.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Why it was cancelled, or null.</summary>
    public string? Stalled { get; private set; }

    /// <summary>The answer has begun: its body gets a full window.</summary>
    public void AnswerBegan()
    {
        bodyBegan = true;
        Interlocked.Exchange(ref arrived, 0);
        timer.Change(window, window);
    }

    public void Arrived(int bytes) => Interlocked.Add(ref arrived, bytes);

    public void Dispose()
    {
        timer.Dispose();
        source.Dispose();
    }

    private void Judge()
    {
        var got = Interlocked.Exchange(ref arrived, 0);
        if (got >= expected)
            return;
        Stalled ??= bodyBegan
            ? $"only {got} bytes arrived in {window.TotalSeconds:0.###} s, at least {expected} were expected"
            : $"no answer began within {window.TotalSeconds:0.###} s";
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The transfer ended while this window was being checked.
        }
    }
}
