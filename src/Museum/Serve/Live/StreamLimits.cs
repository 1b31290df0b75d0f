using System.Collections.Concurrent;
using System.Security.Claims;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Live;

/// <summary>How many streams may be open, by session and in all: a browser needs one.</summary>
internal sealed class StreamLimits(TimeProvider clock) : IDisposable
{
    public const int OfASession = 30;
    public const int InAll = 5_000;

    private readonly ConcurrentDictionary<string, int> open = new(StringComparer.Ordinal);
    private readonly FreedMemory memory = new(clock);
    private int all;

    /// <summary>A place, until it is disposed of; null where there is none.</summary>
    public IDisposable? Open(ClaimsPrincipal who)
    {
        // Whoever needs no login has no session to count.
        var session = Sessions.IdOf(who);
        if (Interlocked.Increment(ref all) > InAll)
        {
            Interlocked.Decrement(ref all);
            return null;
        }

        memory.Open(Volatile.Read(ref all));
        if (session is null || open.AddOrUpdate(session, 1, (_, n) => n + 1) <= OfASession)
            return new Place(this, session);
        Leave(session);
        return null;
    }

    public void Dispose() => memory.Dispose();

    private void Leave(string? session)
    {
        memory.Open(Interlocked.Decrement(ref all));
        if (session is null)
            return;
        if (open.AddOrUpdate(session, 0, (_, n) => n - 1) <= 0)
            open.TryRemove(new KeyValuePair<string, int>(session, 0));
    }

    private sealed class Place(StreamLimits limits, string? session) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                limits.Leave(session);
        }
    }
}
