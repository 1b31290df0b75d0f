using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>One consumer from start to close, with the thread that polls it, the loop that commits, and the periodic
/// checks of both.</summary>
internal sealed partial class StreamSession : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    /// <summary>How long polling waits for the database before the partitions are paused and polling continues without
    /// messages.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a consumer may take to leave its group.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>How long an assignment waits for the database before the consumer leaves the group and rejoins
    /// later.</summary>
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenBeats = TimeSpan.FromSeconds(5);

    /// <summary>How long messages may wait for a client that has nothing else to do.</summary>
    private static readonly TimeSpan MessagePatience = TimeSpan.FromSeconds(20);

    /// <summary>How long the group may take to accept us: it waits for members that do not answer.</summary>
    private static readonly TimeSpan GroupPatience = TimeSpan.FromMinutes(2);

    /// <summary>Owners show a sign of life every five seconds. Not the same for all, so that one of them acts
    /// first.</summary>
    private readonly TimeSpan orphanPatience = TimeSpan.FromSeconds(15 + Random.Shared.Next(10));

    private readonly MuseumStore store;
    private readonly KafkaClients clients;
    private readonly StreamIdentity stream;
    private readonly StreamLoader loader;
    private readonly StreamTopic topic;
    private readonly StreamPlan plan;
    private readonly StreamOptions options;
    private readonly StreamHealth health;
    private readonly ILogger log;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly ManualResetEventSlim room = new(true);
    private readonly ManualResetEventSlim loaded = new(false);
    private readonly CancellationTokenSource ending = new();

    // Guarded by the gate.
    private readonly Dictionary<int, PartitionClaim> claims = [];
    private readonly Dictionary<int, long> ends = [],
        endOfPartition = [];
    private readonly List<TopicPartitionOffset> committed = [];
    private readonly SortedSet<int> stopped = [];
    private StreamBatch filling = new(),
        loading = new();
    private bool ready,
        busy;
    private MuseumException? failure;

    // Used by the polling thread only.
    private readonly Queue<(int Partition, string? OtherLog)> toStop = [];
    private readonly Dictionary<int, PartitionClaim> setBack = [];
    private long looked;
    private readonly PartitionArrivals arrivals;
    private volatile bool done;

    // Its consumer is still closing, and another session reports by now.
    private volatile bool isLeft;

    public StreamSession(
        MuseumStore store,
        KafkaClients clients,
        StreamIdentity stream,
        StreamLoader loader,
        StreamTopic topic,
        StreamPlan plan,
        StreamOptions options,
        StreamHealth health,
        ILogger log
    )
    {
        (this.store, this.clients, this.stream, this.loader, this.topic) = (store, clients, stream, loader, topic);
        arrivals = new PartitionArrivals(options.Clock);
        (this.plan, this.options, this.health, this.log) = (plan, options, health, log);
    }

    /// <summary>Another process has joined the group under our name.</summary>
    public bool WasFenced { get; private set; }

    /// <summary>A partition is left over: joining once without a name makes the group share them out again.</summary>
    public bool FoundOrphan { get; private set; }

    /// <summary>Our client heard nothing although the brokers can be reached.</summary>
    public bool IsDeaf { get; private set; }

    /// <summary>Messages committed by this session.</summary>
    public long Committed { get; private set; }

    /// <summary>True if there is nothing more to do; false if a new session must take over.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        using var linked = cancel.Register(ending.Cancel);
        using var hard = new CancellationTokenSource();
        var poll = Task.Factory.StartNew(
            Poll,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var load = Task.Run(() => LoadAsync(hard.Token), CancellationToken.None);
        var watch = Task.Run(() => WatchAsync(ending.Token), CancellationToken.None);
        await Task.WhenAny(poll, load, watch);
        await ending.CancelAsync();
        Wake();
        // A running transaction is finished; one that waits for a database is abandoned, and nothing of it is lost.
        hard.CancelAfter(TimeSpan.FromSeconds(4));
        try
        {
            await load;
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("consume: stopped while the database was away; its messages are read again next time");
        }
        finally
        {
            loaded.Set();
            await Task.WhenAll(poll, watch);
        }

        if (failure is not null)
            throw failure;
        return done;
    }

    private bool IsEnding => ending.IsCancellationRequested;

    private void End() => ending.Cancel();

    public void Dispose()
    {
        wake.Dispose();
        room.Dispose();
        loaded.Dispose();
        ending.Dispose();
    }
}

/// <summary>What a session is to do.</summary>
/// <param name="Messages">Stop after this many.</param>
/// <param name="Ends">Stop when every partition has reached this offset; null to run for ever.</param>
/// <param name="Patience">How many times longer than usual messages may wait. More after each client that heard
/// nothing: a long stretch of aborted transactions may be nothing but slow.</param>
/// <param name="Named">Join the group under the configured name, if there is one.</param>
internal sealed record StreamPlan(
    int RunId,
    string Owner,
    long Messages,
    IReadOnlyDictionary<int, long>? Ends,
    int Patience = 1,
    bool Named = true
);
