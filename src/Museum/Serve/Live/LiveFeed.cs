using System.Collections.Concurrent;
using System.Security.Claims;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Live;

/// <summary>The one listener for all streams: receives announcements, reads and serialises each once, and sends the
/// same bytes to everybody. Checks the numbers once a second and sends a heartbeat every five; with it, clients that
/// may no longer listen are disconnected.</summary>
internal sealed class LiveFeed(
    IHelpCalls calls,
    HelpPresses presses,
    HourCube cube,
    Users users,
    Receptions receptions,
    LiveEvents events,
    TimeProvider clock,
    ILoggerFactory logs
) : BackgroundService
{
    // In seconds.
    private const int FirstCheck = 3;
    private const int CheckEvery = 60;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Between two snapshots of a backlog: a thousand pages must not slow down the consumer that is catching
    /// up.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(5);

    /// <summary>After each news, for each of the streams that were told: the news of half a second are one piece for
    /// three thousand pages, and a handful of pages hear every call at once.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMicroseconds(200);

    /// <summary>A timer is no finer.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<int, LiveMuseum> museums = new();
    private readonly ILogger log = logs.CreateLogger("museum");

    public int Streams => museums.Values.SelectMany(museum => museum.Clients).Distinct().Count();

    /// <summary>The museum with this code, or the first; if all are requested, every one the caller may see. None if
    /// there is none with that code.</summary>
    /// <exception cref="TransientException">The database is unavailable.</exception>
    public async Task<IReadOnlyList<LiveMuseum>> FindAsync(string? code, ClaimsPrincipal who, CancellationToken cancel)
    {
        var state = Sight.Of(who, await cube.CurrentAsync(cancel));
        IEnumerable<MuseumCube> found =
            code == Sight.Everything ? state.Museums
            : code is null ? state.Museums.Take(1)
            : state.Find(code) is { } named ? [named]
            : [];
        return [.. found.Select(one => museums.GetOrAdd(one.Museum.Id, Open, one.Museum))];
    }

    private LiveMuseum Open(int id, Museum museum) => new(museum, presses, events, clock);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var heard = Channel.CreateUnbounded<HelpAnnouncement>(new UnboundedChannelOptions { SingleReader = true });
        return Task.WhenAll(
            ForeverAsync("listening for calls for help", token => ListenAsync(heard.Writer, token), stoppingToken),
            ForeverAsync("reading calls for help", token => ReadAsync(heard.Reader, token), stoppingToken),
            ForeverAsync("checking the numbers", token => LookAsync(heard.Writer, token), stoppingToken),
            ForeverAsync("heartbeats", BeatsAsync, stoppingToken)
        );
    }

    private async Task ListenAsync(ChannelWriter<HelpAnnouncement> heard, CancellationToken cancel)
    {
        var through = true;
        await foreach (var announcement in calls.ListenAsync(cancel))
        {
            if (through && !announcement.Heard)
                log.LogWarning(
                    "dashboard: the database's announcements (LISTEN) do not come through, as with a pooler in "
                        + "transaction "
                        + "mode: calls for help are looked for every two seconds instead. Let host and port name "
                        + "the server"
                );
            else if (!through && announcement.Heard)
                log.LogInformation("dashboard: the database's announcements come through again");
            through = announcement.Heard;
            heard.TryWrite(announcement);
        }
    }

    private async Task ReadAsync(ChannelReader<HelpAnnouncement> heard, CancellationToken cancel)
    {
        while (await heard.WaitToReadAsync(cancel))
        {
            // Everything announced during the last read is read together.
            List<HelpAnnouncement> some = [];
            while (heard.TryRead(out var announcement))
                some.Add(announcement);
            var backlog = false;
            foreach (var museum in museums.Values)
            {
                var own = some.Where(a => a.MuseumId == museum.Id || a.MuseumId == 0).ToList();
                if (own.Count == 0)
                    continue;
                HashSet<long> ids = own.Exists(a => a.Support.Count + a.Quarantine.Count == 0)
                    ? []
                    : [.. own.SelectMany(a => a.Support.Concat(a.Quarantine))];
                if (ids.Count > HelpAnnouncement.MostNamed)
                    ids = [];
                backlog |= await KeepTryingAsync(museum, ids, cancel);
            }

            var pause = backlog ? Breath : museums.Values.Sum(museum => museum.Count) * Pace;
            if (pause >= ShortestPause)
                await Task.Delay(pause, clock, cancel);
        }
    }

    /// <summary>If an announcement could not be read, everything is read as soon as that is possible.</summary>
    private async Task<bool> KeepTryingAsync(LiveMuseum museum, IReadOnlyCollection<long> ids, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await museum.AnnouncedAsync(ids, cancel);
            }
            catch (TransientException)
            {
                ids = [];
                await Task.Delay(Look, clock, cancel);
            }
        }
    }

    private async Task LookAsync(ChannelWriter<HelpAnnouncement> heard, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Look, clock);
        Dictionary<int, MuseumLedger> known = [];
        for (var second = 1; await timer.WaitForNextTickAsync(cancel); second++)
        {
            if (museums.Values.All(museum => museum.IsEmpty))
                continue;
            // Covers announcements from before anybody listened, and calls that lapsed with time.
            if (second is FirstCheck || second % CheckEvery == 0)
                heard.TryWrite(HelpAnnouncement.LookAgain);
            try
            {
                foreach (var now in (await cube.CurrentAsync(cancel)).Museums)
                {
                    if (known.TryGetValue(now.Museum.Id, out var before) && before == now.Ledger)
                        continue;
                    known[now.Museum.Id] = now.Ledger;
                    if (museums.TryGetValue(now.Museum.Id, out var museum))
                        await museum.ChangedAsync(now.LastPress);
                }
            }
            catch (TransientException)
            {
                // The next second checks again; the pages see from the age of their numbers that none arrive.
            }
        }
    }

    /// <summary>On its own loop: a frozen database must not silence the pages; they must report it.</summary>
    private async Task BeatsAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Heartbeat, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (museums.Values.Any(museum => !museum.IsEmpty))
                await BeatAsync(cancel);
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        var heard = (await receptions.CurrentAsync(cancel)).ToDictionary(reception => reception.Museum);
        await RefreshAsync(cancel);
        var now = clock.GetUtcNow();
        foreach (var museum in museums.Values)
        {
            foreach (
                var client in museum.Clients.Where(client => client.HasExpired(now) || !users.IsStillIn(client.Who))
            )
                client.End();
            await museum.TellAsync(
                events.Heartbeat(new LiveHeartbeat(now, museum.AsOf, museum.Code, heard.GetValueOrDefault(museum.Code)))
            );
        }
    }

    /// <summary>While the database does not answer, sessions stay valid, as while it is unavailable.</summary>
    private async Task RefreshAsync(CancellationToken cancel)
    {
        try
        {
            await users.RefreshAsync(cancel).WaitAsync(Patience, clock, cancel);
        }
        catch (TimeoutException)
        {
            // The reception reports that the database does not answer.
        }
    }

    /// <summary>The pages depend on these loops: whatever happens in one of them, it restarts.</summary>
    private async Task ForeverAsync(string what, Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await work(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "{What} was interrupted and restarts", what);
            }

            await Task.Delay(Look, clock, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public override void Dispose()
    {
        foreach (var museum in museums.Values)
            museum.Dispose();
        base.Dispose();
    }
}
