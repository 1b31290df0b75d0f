using System.CommandLine;
using System.Net;
using MuseumPipeline.Load;
using MuseumPipeline.Model;
using MuseumPipeline.Run;
using MuseumPipeline.Simulate;
using MuseumPipeline.Source;
using MuseumPipeline.View;

namespace MuseumPipeline.Commands;

/// <summary><c>museum demo</c>: the whole of it without a server, until Ctrl-C.</summary>
internal static class DemoCommand
{
    private const string Sample = "samples/bucket";
    private const int Partitions = 4;
    private const double UsualRate = 20;
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(2);

    private static readonly Option<double> Rate = new("--rate")
    {
        Description = "Presses a second",
        HelpName = "N",
        DefaultValueFactory = _ => UsualRate,
        Validators = { r => { if (r.Tokens.Count > 0 && r.GetValueOrDefault<double>() is not (> 0 and <= 10_000)) r.AddError("--rate must be above 0, up to 10000"); } },
    };

    public static Command Create()
    {
        var command = new Command("demo", "Kiosks, broker, bucket, consumer and database in one, to look at; Ctrl-C ends it");
        command.WithCommon(Rate, ServeCommand.Listen);
        Session.Act(command, Needs.Nothing, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var database = session.Settings.Configured.OfType<EmbeddedSettings>().FirstOrDefault() ?? new EmbeddedSettings(Path.GetFullPath("museum.db"));
        await using var store = Connections.OpenStore(database, session.Clock);
        await store.MigrateAsync(cancel);
        Say(session, $"database   {database.Path}");
        await LoadBucketAsync(session, store, database, cancel);
        using var broker = new EmbeddedBroker();
        var museum = (await store.MuseumsAsync(cancel))[0];
        broker.CreateTopic(museum.Topic, Partitions);
        var clients = new KafkaClients(broker.Settings(topics: [museum.Topic]), session.Log, session.Settings.Redactor);
        await ForgetOldBrokersAsync(store, clients, museum, session, cancel);
        Say(session, $"broker     {broker.BootstrapServers}, topic {museum.Topic}, {Partitions} partitions, inside this program");
        Say(session, $"kiosks     {session.Parsed.GetValue(Rate):0.##} presses a second, some of them spoiled as the real ones are");
        await using var dashboard = await ServeAsync(session, store, cancel);
        Say(session, $"dashboard  {dashboard.Address}. Ctrl-C ends it all");
        return await PlayAsync(session, store, dashboard, clients, museum, cancel);
    }

    /// <summary>At another port where the usual one is taken: a demo shall not fail for that.</summary>
    private static async Task<Dashboard> ServeAsync(Session session, IStore store, CancellationToken cancel)
    {
        var options = ServeCommand.OptionsOf(session);
        try
        {
            return await Dashboard.OpenAsync(options, store, session.Clock, session.Logs, cancel);
        }
        catch (AddressTakenException)
        {
            Say(session, $"dashboard  {options.Listen} is taken: another port is used");
            return await Dashboard.OpenAsync(options with { Listen = new IPEndPoint(options.Listen.Address, 0) }, store, session.Clock, session.Logs, cancel);
        }
    }

    private static async Task<ExitCode> PlayAsync(Session session, IStore store, Dashboard dashboard, KafkaClients clients, Museum museum, CancellationToken cancel)
    {
        using var ledger = new DeliveryLedger(null);
        await using var kiosks = new KafkaSink(clients.Producer(), museum.Topic, ledger);
        var run = new StreamRun(store, clients, Connections.Streaming(session), session.Log);
        using var metrics = new DashboardMetrics(store, () => dashboard.Streams, session.Clock);
        await using var health = await HealthEndpoint.OpenAsync(
            session.Settings.Health, () => [.. run.Health.Select(topic => topic.State())], session.Settings.Redactor, [metrics], cancel);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var request = new StreamRequest(null, session.Parsed.GetValue(Rate), session.Clock.GetUtcNow().Ticks, MessageFaults.UsualShare, EveryFault: false, At: null);
        var pressing = Task.Run(() => StreamSimulator.RunAsync(request, kiosks, session.Clock, both.Token), CancellationToken.None);
        try
        {
            var report = await ConsumeProgress.WatchAsync(session, run, SummaryInterval, () => run.RunAsync([museum], "demo", cancel));
            return ConsumeCommand.Print(session, report, $"{museum.Topic}, of the demo's kiosks,", store.Describe);
        }
        finally
        {
            await both.CancelAsync();
            await pressing;
        }
    }

    /// <summary>The repository's sample bucket; elsewhere, one is made beside the database.</summary>
    private static async Task LoadBucketAsync(Session session, IStore store, EmbeddedSettings database, CancellationToken cancel)
    {
        var directory = Path.GetFullPath(Sample);
        if (!Directory.Exists(directory)) directory = Path.Combine(Path.GetDirectoryName(database.Path)!, "museum-demo-bucket");
        if (!Directory.Exists(directory)) BucketSimulator.Run(new SimulateRequest(directory, MuseumDay.UsualRows, 1, 4, 0), cancel);
        await using var bucket = new FolderBucket(directory);
        var report = await Connections.CreateLoader(session, store, bucket).RunAsync(new LoadRequest(null, DryRun: false), null, cancel);
        Say(session, $"bucket     {directory}: {report.Counts.Read:N0} records of history, {report.Exhibitions.Read} exhibitions");
    }

    /// <summary>Each demo has a broker of its own, that begins at nothing: where an earlier one stood means nothing to it.</summary>
    private static async Task ForgetOldBrokersAsync(IStore store, KafkaClients clients, Museum museum, Session session, CancellationToken cancel)
    {
        using var topic = new StreamTopic(store, clients, museum, Connections.Streaming(session), new StreamHealth(museum.Topic, session.Clock), session.Log);
        var stream = await topic.IdentifyAsync(cancel);
        foreach (var row in await store.PartitionsAsync(stream.Cluster, stream.Topic, cancel))
        {
            if (row.Retired) continue;
            await store.MovePartitionAsync(stream, row.Partition, 0, new OperatorMove("museum demo", "demo", "a new demo has a new broker"), cancel);
        }
    }

    private static void Say(Session session, string text)
    {
        if (!session.Json) Console.Error.WriteLine(SafeText.Of(text));
    }
}
