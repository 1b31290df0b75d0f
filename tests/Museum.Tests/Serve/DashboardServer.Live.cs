using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve;

/// <summary>An open stream of live events, read as it comes.</summary>
internal sealed class LiveStream : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly Channel<SseItem<string>> read = Channel.CreateUnbounded<SseItem<string>>();
    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource end = new();

    private LiveStream(HttpResponseMessage response)
    {
        this.response = response;
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>When the server has ended it.</summary>
    public Task Ended { get; }

    public static async Task<LiveStream> OpenAsync(DashboardServer server, string? cookie = null, string query = "")
    {
        var response = await server.GetAsync(
            "/api/v1/live" + query,
            cookie,
            ("Accept-Encoding", "gzip, br"),
            ("Last-Event-ID", "17")
        );
        Assert.Equal(
            (HttpStatusCode.OK, "text/event-stream"),
            (response.StatusCode, response.Content.Headers.ContentType!.MediaType)
        );
        Assert.Empty(response.Content.Headers.ContentEncoding);
        return new(response);
    }

    /// <summary>The next event with one of these names; others are skipped.</summary>
    public async Task<JsonElement> NextAsync(params string[] names)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(Soon);
        while (true)
        {
            var item = await read.Reader.ReadAsync(soon.Token);
            Assert.NotNull(item.EventId);
            if (names.Contains(item.EventType))
                return JsonDocument.Parse(item.Data).RootElement;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(end.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(end.Token))
                read.Writer.TryWrite(item);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException)
        {
            // It was closed, from either side.
        }

        read.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        response.Dispose();
        await Ended;
        end.Dispose();
    }
}

/// <summary>Presses as a stream stores and announces them.</summary>
internal sealed class LivePresses
{
    private const string Exhibit = "The Crenshaw Collection";
    private readonly MuseumStore store;
    private readonly PartitionClaim claim;
    private readonly int run;

    private LivePresses(MuseumStore store, PartitionClaim claim, int run) =>
        (this.store, this.claim, this.run) = (store, claim, run);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<LivePresses> BeginAsync(MuseumStore store)
    {
        await store.Maintenance.MigrateAsync(Cancel);
        await store.Museums.UpsertExhibitionAsync(
            1,
            new ExhibitionFacts("EXH_02", "2", Exhibit, "2", "Zoology", new DateOnly(2021, 3, 3), "…"),
            Cancel
        );
        var topic = new StreamIdentity(1, "cluster-1", "lmnh", "topic-1");
        await store.Partitions.StartAsync(topic, new Dictionary<int, long> { [0] = 0 }, Cancel);
        return new(
            store,
            (await store.Partitions.ClaimAsync(topic, 0, "test", Cancel))!,
            await store.Runs.StartAsync("consume", "", Cancel)
        );
    }

    public Task<string> EmergencyAsync(DateTimeOffset at) => PressAsync(PressKind.Support, 2, at);

    public Task<string> AssistanceAsync(DateTimeOffset at) => PressAsync(PressKind.Support, 1, at);

    public Task<string> RatingAsync(DateTimeOffset at) => PressAsync(PressKind.Rating, 5, at);

    /// <summary>A backlog in one transaction.</summary>
    public Task BacklogAsync(int count, DateTimeOffset at) =>
        StoreAsync([.. Enumerable.Repeat((PressKind.Support, (short)1, at), count)]);

    /// <summary>Many, in one transaction; types are from 1, terrible, to 5, amazing.</summary>
    public Task RatingsAsync(IEnumerable<(DateTimeOffset At, int Type)> ratings) =>
        StoreAsync([.. ratings.Select(one => (PressKind.Rating, (short)one.Type, one.At))]);

    private Task<string> PressAsync(PressKind kind, short type, DateTimeOffset at) => StoreAsync([(kind, type, at)]);

    /// <summary>The id of the last.</summary>
    private async Task<string> StoreAsync(IReadOnlyList<(PressKind Kind, short Type, DateTimeOffset At)> presses)
    {
        var from = claim.NextOffset;
        KioskEvent[] events =
        [
            .. presses.Select(
                (press, n) =>
                    new KioskEvent(
                        claim.SourceId,
                        from + n,
                        1,
                        press.Kind,
                        press.Type,
                        (press.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
                    )
            ),
        ];
        await using var load = await store.Partitions.BeginAsync(
            [new PartitionMove(claim, from + events.Length, null, events.Length)],
            run,
            Cancel
        );
        foreach (var press in events)
            load.Write(press);
        await load.FlushAsync(Cancel);
        await load.CommitAsync(Cancel);
        return events[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
