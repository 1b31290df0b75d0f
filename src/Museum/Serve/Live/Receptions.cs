using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Live;

/// <summary>Whether presses of every museum arrive, checked at most every two seconds. A consumer's clock may differ
/// from ours: what counts is for how long its heartbeat has not changed, by our own clock.</summary>
internal sealed class Receptions(IPartitions partitions, HourCube cube, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>A frozen database does not answer at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim one = new(1);
    private readonly Dictionary<(string, string, int), Sign> signs = [];
    private volatile IReadOnlyList<Reception> known = [];
    private long? looked;

    /// <summary>For every museum, by code.</summary>
    public async Task<IReadOnlyList<Reception>> CurrentAsync(CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            if (looked is { } before && clock.GetElapsedTime(before) < Fresh)
                return known;
            known = await LookAsync(cancel);
            looked = clock.GetTimestamp();
            return known;
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<IReadOnlyList<Reception>> LookAsync(CancellationToken cancel)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            var asked = AskAsync(soon.Token);
            return await asked.WaitAsync(Patience, clock, cancel);
        }
        catch (Exception e) when (e is TransientException or MuseumException or TimeoutException)
        {
            await soon.CancelAsync();
            return [.. known.Select(last => Reception.Unknown(last.Museum, last.LastArrival))];
        }
    }

    private async Task<IReadOnlyList<Reception>> AskAsync(CancellationToken cancel)
    {
        var rows = (await partitions.ListAsync(null, null, cancel))
            .Where(row => !row.Retired)
            .ToLookup(row => row.MuseumId);
        var now = clock.GetUtcNow();
        return
        [
            .. (await cube.CurrentAsync(cancel)).Museums.Select(museum =>
                Reception.Of(museum, [.. rows[museum.Museum.Id]], row => Silence(row, now), now)
            ),
        ];
    }

    /// <summary>At the first check there is nothing but the two clocks.</summary>
    private TimeSpan Silence(PartitionRow row, DateTimeOffset now)
    {
        if (row is { Owner: null } or { SeenAt: null })
            return TimeSpan.MaxValue;
        var key = (row.Cluster, row.Topic, row.Partition);
        if (!signs.TryGetValue(key, out var sign))
            sign = signs[key] = new(row.SeenAt.Value, clock.GetTimestamp(), now - row.SeenAt.Value);
        else if (sign.Seen != row.SeenAt.Value)
            sign = signs[key] = new(row.SeenAt.Value, clock.GetTimestamp(), TimeSpan.Zero);
        return sign.Before + clock.GetElapsedTime(sign.At);
    }

    /// <param name="At">When it was first seen, by a monotonic clock.</param>
    /// <param name="Before">How old it was then.</param>
    private sealed record Sign(DateTimeOffset Seen, long At, TimeSpan Before);

    public void Dispose() => one.Dispose();
}
