using System.CommandLine;
using System.Net;
using MuseumPipeline.Commands.Consume;
using MuseumPipeline.Commands.Serve;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Serve;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Settings;
using MuseumPipeline.Simulate;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Demo;

/// <summary><c>museum demo</c>: everything without a server, until Ctrl-C.</summary>
internal static class DemoCommand
{
    private const int Partitions = 4;
    private const double UsualRate = 5;

    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(2);

    private static readonly Option<double> Rate = NumberOption.Between(
        new("--rate") { Description = "Presses a second" },
        usual: UsualRate,
        least: 0.001,
        most: 10_000
    );

    private static readonly Option<string> History = new("--bucket", "-b")
    {
        Description = "A history to use instead of the made-up one: an S3 bucket, s3://NAME/PREFIX or a directory",
        HelpName = "NAME|DIR",
    };

    private static readonly Option<bool> NoStaff = new("--no-staff")
    {
        Description = "Leave calls for help to you, on the dashboard",
    };

    private static readonly Option<bool> NoVisitors = new("--no-visitors")
    {
        Description = "Leave the presses to you, at the kiosk",
    };

    public static Command Create()
    {
        var command = new Command(
            "demo",
            "Run kiosks, broker, bucket, consumer, database and dashboard in one program; Ctrl-C ends it"
        );
        command.WithCommon(Rate, NoVisitors, NoStaff, History, ServeCommand.Listen);
        Session.Act(command, Needs.Serve, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var database = DemoDatabase.Of(session.Settings);
        await using var store = Connections.OpenStore(database, session.Clock);
        await store.Maintenance.MigrateAsync(cancel);
        await DemoDatabase.ClaimAsync(store, cancel);
        Say(session, $"database   {database.Path}");
        await LoadBucketAsync(session, store, database, cancel);
        using var broker = new EmbeddedBroker();
        await using var opening = await LateOpening.BeginAsync(
            store.Museums,
            (await store.Museums.ListAsync(cancel))[0],
            session.Clock,
            cancel
        );
        var museum = opening.Museum;
        if (opening.IsNeeded)
            Say(
                session,
                $"museum     it is closed at this hour: as long as the demo lasts, it is open from "
                    + $"{museum.Opens:HH:mm} to {museum.Closes:HH:mm}"
            );
        broker.CreateTopic(museum.Topic, Partitions);
        var clients = new KafkaClients(broker.Settings(topics: [museum.Topic]), session.Log, session.Settings.Redactor);
        var stream = await ForgetOldBrokersAsync(store, clients, museum, session, cancel);
        Say(
            session,
            $"broker     {broker.BootstrapServers}, topic {museum.Topic}, {Partitions} partitions, inside this program"
        );
        if (!session.Parsed.GetValue(NoVisitors))
            Say(
                session,
                $"kiosks     {session.Parsed.GetValue(Rate):0.##} presses a second, some of them spoiled as the real "
                    + $"ones are"
            );
        if (!session.Parsed.GetValue(NoStaff))
            Say(session, "staff      answers calls for help after a while, as you can on the Safety page");
        using var kiosk = new DemoKiosk(clients, stream, opening.Hours.Zone, session.Clock);
        await using var dashboard = await ServeAsync(session, store, kiosk, clients, cancel);
        Say(session, $"dashboard  {dashboard.Address}. Ctrl-C ends it all");
        if (ServeCommand.OneTimeLine(dashboard) is { } line)
            Say(session, line);
        Say(
            session,
            $"press it   {new Uri(dashboard.Address, PressingEndpoints.Root)}: a kiosk's buttons, for a tablet or a phone"
        );
        return await PlayAsync(session, store, dashboard, clients, opening, stream, cancel);
    }

    /// <summary>On another port if the usual one is taken: a demo should not fail for that.</summary>
    private static async Task<Dashboard> ServeAsync(
        Session session,
        MuseumStore store,
        DemoKiosk kiosk,
        KafkaClients clients,
        CancellationToken cancel
    )
    {
        var options = ServeCommand.OptionsOf(session);
        options = options with { Kiosk = kiosk.Page, Records = options.Records! with { Kafka = clients } };
        try
        {
            return await Dashboard.OpenAsync(options, store, session.Clock, session.Logs, cancel);
        }
        catch (AddressTakenException)
        {
            Say(session, $"dashboard  {options.Listen} is taken: another port is used");
            return await Dashboard.OpenAsync(
                options with
                {
                    Listen = new IPEndPoint(options.Listen.Address, 0),
                },
                store,
                session.Clock,
                session.Logs,
                cancel
            );
        }
    }

    private static async Task<ExitCode> PlayAsync(
        Session session,
        MuseumStore store,
        Dashboard dashboard,
        KafkaClients clients,
        LateOpening opening,
        StreamIdentity stream,
        CancellationToken cancel
    )
    {
        var museum = opening.Museum;
        using var ledger = new DeliveryLedger(null);
        await using var kiosks = new KafkaSink(clients.Producer(), museum.Topic, ledger);
        var run = new StreamRun(store, clients, Connections.Streaming(session), session.Log);
        using var metrics = new DashboardMetrics(
            store.Incidents,
            () => dashboard.Streams,
            dashboard.ReceptionsAsync,
            session.Clock
        );
        await using var health = await HealthEndpoint.OpenAsync(
            session.Settings.Health,
            () => [.. run.Health.Select(topic => topic.State())],
            session.Settings.Redactor,
            [metrics],
            cancel
        );
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var request = new StreamRequest(
            null,
            session.Parsed.GetValue(Rate),
            session.Clock.GetUtcNow().Ticks,
            MessageFaults.UsualShare,
            EveryFault: false,
            At: null
        )
        {
            Hours = opening.Hours,
        };
        var pressing = session.Parsed.GetValue(NoVisitors)
            ? Task.CompletedTask
            : Task.Run(
                () => StreamSimulator.RunAsync(request, kiosks, session.Clock, both.Token),
                CancellationToken.None
            );
        var staff = session.Parsed.GetValue(NoStaff) ? null : new Staff(store, stream, session.Clock);
        var answering = staff?.RunAsync(both.Token) ?? Task.CompletedTask;
        try
        {
            var report = await ConsumeProgress.WatchAsync(
                session,
                run,
                SummaryInterval,
                () => run.RunAsync([museum], "demo", cancel)
            );
            if (staff is not null)
                await staff.LastRoundAsync(CancellationToken.None);
            return ConsumeCommand.Print(session, report, $"{museum.Topic}, of the demo's kiosks,", store.Describe);
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(pressing, answering);
        }
    }

    private static async Task LoadBucketAsync(
        Session session,
        MuseumStore store,
        EmbeddedSettings database,
        CancellationToken cancel
    )
    {
        await using var bucket = session.Parsed.GetValue(History) is { } named
            ? Bucket.Parse(named, Connections.S3(session.Settings), session.Clock, session.Log)
            : DemoHistory.Beside(database, session.Clock, cancel);
        // Its own database: the exhibitions are those of the bucket it is shown with.
        var options = Connections.Loading(session) with
        {
            RenameExhibitions = true,
        };
        var report = await new Loader(store, bucket, options, session.Log).RunAsync(
            new LoadRequest(null, DryRun: false),
            null,
            cancel
        );
        Say(
            session,
            $"bucket     {bucket.Location}: {report.Counts.Read:N0} records of history, {report.Exhibitions.Read} "
                + $"exhibitions"
        );
    }

    /// <summary>Each demo has a new, empty broker: the positions of an earlier one mean nothing to it.</summary>
    private static async Task<StreamIdentity> ForgetOldBrokersAsync(
        MuseumStore store,
        KafkaClients clients,
        Museum museum,
        Session session,
        CancellationToken cancel
    )
    {
        using var topic = new StreamTopic(
            store.Partitions,
            clients,
            museum,
            Connections.Streaming(session),
            new StreamHealth(museum.Topic, session.Clock),
            session.Log
        );
        var stream = await topic.IdentifyAsync(cancel);
        foreach (var row in await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel))
        {
            if (row.Retired)
                continue;
            await store.Partitions.MoveAsync(
                stream,
                row.Partition,
                0,
                new OperatorMove("museum demo", "demo", "a new demo has a new broker"),
                cancel
            );
        }

        return stream;
    }

    private static void Say(Session session, string text)
    {
        if (!session.Json)
            Console.Error.WriteLine(SafeText.Of(text));
    }
}
