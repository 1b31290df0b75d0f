using System.Collections.Concurrent;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;

namespace MuseumPipeline.Serve.Live;

/// <summary>The streams of one museum, and the calls for help they know.</summary>
internal sealed class LiveMuseum(Museum museum, HelpPresses presses, LiveEvents events, TimeProvider clock)
    : IDisposable
{
    /// <summary>How many calls a snapshot has.</summary>
    public const int MostShown = 200;

    /// <summary>More than this at once is a backlog that is being loaded, sent as one snapshot and not press by
    /// press.</summary>
    private const int MostTold = 50;

    /// <summary>How many clients are told before others have their turn: three thousand writers woken at once would
    /// stand before every answer, and an acknowledgement waits several times.</summary>
    private const int AtOnce = 64;

    /// <summary>A snapshot with news behind it serves new clients for so long: three thousand pages that open while
    /// calls keep coming read the newest calls once a second, not three thousand times.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<LiveClient, bool> clients = new();
    private readonly SemaphoreSlim one = new(1);

    // What was last sent of each press: the same again is not news.
    private Dictionary<string, byte[]>? said;

    // The newest calls as they were last read, their snapshot, and what was told since.
    private HelpFeed? newest;
    private (Reception? Reception, byte[] Event, long At)? snapshot;
    private readonly List<byte[]> since = [];
    private long readAt;

    public int Id => museum.Id;

    public string Code => museum.Code;

    /// <summary>The newest known press, of any kind.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    public IEnumerable<LiveClient> Clients => clients.Keys;

    public bool IsEmpty => clients.IsEmpty;

    public int Count => clients.Count;

    public void Add(LiveClient client) => clients[client] = true;

    public void Remove(LiveClient client) => clients.TryRemove(client, out _);

    public async Task TellAsync(byte[] liveEvent)
    {
        var told = 0;
        foreach (var client in clients.Keys)
        {
            if (!client.Offer(liveEvent))
                Remove(client);
            if (++told % AtOnce == 0)
                await Task.Yield();
        }
    }

    public Task ChangedAsync(DateTimeOffset? asOf)
    {
        AsOf = asOf;
        return TellAsync(events.Changed(museum.Code, asOf));
    }

    /// <summary>For a client that is already added: events from now on are queued for it, so that nothing is lost in
    /// between.</summary>
    /// <returns>A snapshot, and behind it the news since it was read; the same bytes for everybody.</returns>
    public async Task<IReadOnlyList<byte[]>> SnapshotAsync(Reception? reception, CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            if (newest is null || (since.Count > 0 && clock.GetElapsedTime(readAt) > Fresh))
                await ReadAllAsync(cancel);
            if (snapshot is not { } kept || kept.Reception != reception || clock.GetElapsedTime(kept.At) > Fresh)
            {
                var picture = Picture(newest!.Presses, newest.Open) with { Reception = reception };
                snapshot = kept = (reception, events.Snapshot(picture), clock.GetTimestamp());
            }

            return [kept.Event, .. since];
        }
        finally
        {
            one.Release();
        }
    }

    /// <param name="ids">Those that were named; none if there were too many, or some were missed.</param>
    /// <returns>True in a backlog: the next ones should wait a little.</returns>
    public async Task<bool> AnnouncedAsync(IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            // Nobody listens, or nothing was sent yet: new clients begin with a snapshot.
            if (IsEmpty || said is null)
            {
                Forget();
                said = null;
                return false;
            }

            if (ids.Count == 0)
                return await ReadAllAsync(cancel);
            await TellAsync(News(await presses.ReadAsync(ids, cancel)));
            return false;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Reads the newest and sends what is new among them; true if everything was: a backlog, of which no page
    /// needs more than the end. Fewer are what gathered during a pause, and a longer one would gather more.</summary>
    private async Task<bool> ReadAllAsync(CancellationToken cancel)
    {
        readAt = clock.GetTimestamp();
        var feed = await presses.ReadLiveAsync(museum.Id, MostShown, cancel);
        var first = said is null;
        said ??= [];
        var news = News(feed.Presses);
        var many = !first && news.Count > MostTold;
        if (many)
            await TellAsync(events.Many(Picture([.. news.Select(some => some.Press).Reverse()], feed.Open)));
        else if (!first)
            await TellAsync(news);
        Remember(feed);
        return many && news.Count == feed.Presses.Count;
    }

    private LiveSnapshot Picture(IReadOnlyList<HelpPress> shown, long open) =>
        new(shown, open, clock.GetUtcNow(), museum.Code, AsOf);

    /// <summary>Calls that no snapshot includes any more need not be kept.</summary>
    private void Remember(HelpFeed feed)
    {
        var shown = feed.Presses.Select(press => press.Id).ToHashSet();
        foreach (var id in said!.Keys.Where(id => !shown.Contains(id)).ToList())
            said.Remove(id);
        Forget();
        newest = feed;
    }

    /// <summary>Those not sent in this state before; oldest first, as they came.</summary>
    private List<(HelpPress Press, byte[] Event)> News(IReadOnlyList<HelpPress> read)
    {
        List<(HelpPress, byte[])> news = [];
        foreach (var press in read.Where(press => press.Museum == museum.Code).Reverse())
        {
            var json = events.Json(press);
            if (said!.TryGetValue(press.Id, out var before) && before.AsSpan().SequenceEqual(json))
                continue;
            said[press.Id] = json;
            news.Add((press, events.Press(json)));
        }

        return news;
    }

    /// <summary>Several events are one piece for each client.</summary>
    private async Task TellAsync(List<(HelpPress Press, byte[] Event)> news)
    {
        if (news.Count == 0)
            return;
        using var pieces = new MemoryStream();
        foreach (var (_, piece) in news)
            pieces.Write(piece);
        var told = pieces.ToArray();
        since.Add(told);
        // Shorter than what is behind it, a snapshot is worth reading again.
        if (since.Count > MostTold)
            Forget();
        await TellAsync(told);
    }

    /// <summary>The next new client reads the newest calls.</summary>
    private void Forget()
    {
        (newest, snapshot) = (null, null);
        since.Clear();
    }

    public void Dispose() => one.Dispose();
}
