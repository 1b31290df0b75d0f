using System.Security.Claims;
using System.Threading.Channels;

namespace MuseumPipeline.Serve.Live;

/// <summary>One open stream. It may lag a little; one that lags more is dropped, and begins anew with a snapshot when
/// it can.</summary>
/// <param name="until">When its login ends, if it does.</param>
/// <param name="abort">Ends the connection even while a write to it is stuck.</param>
internal sealed class LiveClient(ClaimsPrincipal who, DateTimeOffset? until, Action abort)
{
    /// <summary>At ten presses a second, half a minute.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true }
    );

    public ClaimsPrincipal Who => who;

    public ChannelReader<byte[]> Waiting => waiting.Reader;

    public bool HasExpired(DateTimeOffset now) => until <= now;

    /// <summary>False when it was dropped.</summary>
    public bool Offer(byte[] liveEvent)
    {
        if (waiting.Writer.TryWrite(liveEvent))
            return true;
        waiting.Writer.TryComplete();
        abort();
        return false;
    }

    /// <summary>What was offered is still sent.</summary>
    public void End() => waiting.Writer.TryComplete();
}
