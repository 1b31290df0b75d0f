using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>A database, a topic of one broker, and consumers between them.</summary>
internal sealed class StreamTestBed : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<RunningConsumer> running = [];
    private readonly KafkaSettings settings;

    private StreamTestBed(TestStore database, KafkaSettings settings, string topic)
    {
        (Database, Topic) = (database, topic);
        // So that a test need not wait as long for a new partition as a museum may.
        this.settings = settings with
        {
            Extra = new Dictionary<string, string>(settings.Extra) { ["topic.metadata.refresh.interval.ms"] = "1000" },
        };
        Clients = new KafkaClients(this.settings, null, Redactor.None);
        Admin = Clients.Admin();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestStore Database { get; }

    public string Topic { get; }

    public KafkaClients Clients { get; }

    public IAdminClient Admin { get; }

    public string Group => settings.Group;

    public Museum Museum { get; private set; } = null!;

    /// <summary>The museum's topic is this one; it has exhibitions at the sites 0 to 3.</summary>
    public static async Task<StreamTestBed> CreateAsync(
        KafkaSettings settings,
        string topic,
        TestStore? database = null
    )
    {
        var bed = new StreamTestBed(database ?? TestStore.Sqlite(), settings, topic);
        await bed.Database.Store.Maintenance.MigrateAsync(Cancel);
        bed.Museum = (
            await bed.Database.Store.Museums.ChangeAsync("LMNH", facts => facts with { Topic = topic }, Cancel)
        ).Museum;
        await bed.AddExhibitionsAsync(bed.Museum);
        return bed;
    }

    public async Task AddExhibitionsAsync(Museum museum)
    {
        for (var site = 0; site < 4; site++)
            await Database.Store.Museums.UpsertExhibitionAsync(
                museum.Id,
                new ExhibitionFacts(
                    $"EXH_{site:00}",
                    $"{site}",
                    $"{museum.Code} {site}",
                    "1",
                    "Zoology",
                    new DateOnly(2023, 2, 1),
                    "…"
                ),
                Cancel
            );
    }

    public static string Rating(int number, string site = "1") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"at\": \"2024-10-21T09:{number / 60 % 60:00}:{number % 60:00}+01:00\", \"site\": \"{site}\", "
                + $"\"val\": {number % 5}}}"
        );

    public static IEnumerable<string> Ratings(int count) => Enumerable.Range(0, count).Select(number => Rating(number));

    public Task ProduceAsync(int partition, params IEnumerable<string> messages) =>
        ProduceAsync(Topic, partition, null, messages);

    public async Task ProduceAsync(string topic, int partition, DateTime? at, params IEnumerable<string> messages)
    {
        using var producer = Clients.Producer();
        await Task.WhenAll(
            messages.Select(text =>
                producer.ProduceAsync(
                    new TopicPartition(topic, partition),
                    new Message<byte[]?, byte[]?>
                    {
                        Value = Encoding.UTF8.GetBytes(text),
                        Timestamp = at is null ? Timestamp.Default : new Timestamp(at.Value),
                    },
                    Cancel
                )
            )
        );
    }

    public static StreamOptions Options => new(CleaningRules.Stream, TimeProvider.System);

    /// <summary>Consumes to the end of the topic, with a consumer of its own.</summary>
    public async Task<RunReport> ToTheEndAsync(StreamOptions? options = null) =>
        await Start((options ?? Options) with { UntilEnd = true }).Report.WaitAsync(Patience, Cancel);

    public RunningConsumer Start(StreamOptions? options = null, MuseumStore? store = null, params Museum[] museums)
    {
        var consumer = new RunningConsumer(
            new StreamRun(store ?? Database.Store, Clients, options ?? Options, NullLogger.Instance),
            museums.Length > 0 ? museums : [Museum]
        );
        running.Add(consumer);
        return consumer;
    }

    public async Task<IReadOnlyList<PartitionRow>> PartitionsAsync() =>
        [.. (await Database.Store.Partitions.ListAsync(null, Topic, Cancel)).OrderBy(row => row.Partition)];

    /// <summary>Waits until a condition is true.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
                Assert.Fail($"waited {Patience} in vain: {what}");
            await Task.Delay(50, Cancel);
        }
    }

    public static Task UntilAsync(string what, Func<bool> isSo) => UntilAsync(what, () => Task.FromResult(isSo()));

    /// <summary>Waits until this many messages are accounted for, then checks every count.</summary>
    public async Task UntilReadAsync(long read)
    {
        await UntilAsync(
            $"{read} messages in the ledger",
            async () => (await Database.Store.Maintenance.StatusAsync(Cancel)).LedgerRead >= read
        );
        var status = await Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal(read, status.LedgerRead);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var consumer in running)
            await consumer.DisposeAsync();
        Admin.Dispose();
        await Database.DisposeAsync();
    }
}

internal sealed class RunningConsumer : IAsyncDisposable
{
    private readonly CancellationTokenSource cancel = new();

    public RunningConsumer(StreamRun run, IReadOnlyList<Museum> museums)
    {
        Run = run;
        Report = Task.Run(() => run.RunAsync(museums, "", cancel.Token));
    }

    public StreamRun Run { get; }

    public Task<RunReport> Report { get; }

    public StreamState? State => Run.Health.Count > 0 ? Run.Health[0].State() : null;

    /// <summary>As by SIGTERM.</summary>
    public async Task<RunReport> StopAsync()
    {
        await cancel.CancelAsync();
        return await Report;
    }

    /// <summary>The same, whatever the result.</summary>
    public async ValueTask DisposeAsync()
    {
        await cancel.CancelAsync();
        await ((Task)Report).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.Dispose();
    }
}
