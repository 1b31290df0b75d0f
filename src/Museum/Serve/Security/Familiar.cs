using System.Collections.Concurrent;

namespace MuseumPipeline.Serve.Security;

/// <summary>The addresses that people logged in from before: strangers who guess at a name elsewhere do not delay its owner
/// there.</summary>
internal sealed class Familiar(TimeProvider clock)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Long = TimeSpan.FromDays(30);

    private readonly ConcurrentDictionary<Guess, DateTimeOffset> seen = new();

    public void Remember(Guess who)
    {
        if (seen.Count < Most || seen.ContainsKey(who))
            seen[who] = clock.GetUtcNow();
    }

    public bool Knows(Guess who) => seen.TryGetValue(who, out var at) && clock.GetUtcNow() - at < Long;
}
