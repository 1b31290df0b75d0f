using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Source.Buckets;

/// <summary>The hashes of files that were read before, for whoever looks at a directory again and again: a file is read
/// again only if something about it has changed, and once a day.</summary>
internal sealed class FileHashes(TimeProvider clock)
{
    /// <summary>What is written into a mapped file need not show at once.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Two writes may bear the same time, where the clock of a file system ticks slowly.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private long read;

    /// <summary>How many files were read.</summary>
    public long Read => read;

    /// <summary>The hash of an open file as of now.</summary>
    /// <param name="hash">Reads it.</param>
    public async Task<string> OfAsync(string path, SafeFileHandle file, Func<Task<string>> hash)
    {
        var (stamp, now) = (FileStamp.Of(file), clock.GetUtcNow());
        if (
            stamp is not null
            && known.TryGetValue(path, out var before)
            && before.Stamp == stamp
            && now >= before.At
            && now - before.At < Day
        )
            return before.Hash;

        Interlocked.Increment(ref read);
        var found = await hash();
        if (stamp is { } of && FileStamp.Of(file) == stamp && Settled(of, now))
            known[path] = new(of, found, now);
        else
            known.TryRemove(path, out _);
        return found;
    }

    private static bool Settled(in FileStamp stamp, DateTimeOffset now) =>
        DateTimeOffset.UnixEpoch.AddTicks(stamp.Changed / TimeSpan.NanosecondsPerTick) <= now - Tick;

    private readonly record struct Known(FileStamp Stamp, string Hash, DateTimeOffset At);
}
