using System.Security.Claims;
using System.Threading.Channels;

namespace MuseumPipeline.Serve.Live;

/// <summary>One open stream. A client that falls too far behind is dropped, and reconnects with a snapshot.</summary>
/// <param name="until">When its login ends, if it does.</param>
/// <param name="abort">Ends the connection even while a write to it is stuck.</param>
internal sealed class LiveClient(ClaimsPrincipal who, DateTimeOffset? until, Action abort)
{
    /// <summary>Half a minute, at ten presses a second.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );

    public ClaimsPrincipal Who => who;

    public ChannelReader<byte[]> Waiting => waiting.Reader;

    public bool HasExpired(DateTimeOffset now) => until <= now;

    /// <summary>False if it was dropped.</summary>
    public bool Offer(byte[] liveEvent)
    {
        if (waiting.Writer.TryWrite(liveEvent))
            return true;
        waiting.Writer.TryComplete();
        abort();
        return false;
    }

    /// <summary>What is already queued is still sent.</summary>
    public void End() => waiting.Writer.TryComplete();
}
