using System.CommandLine;
using MuseumPipeline.Commands.Load;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Commands.Consume;

/// <summary><c>museum consume</c>: loads live presses from Kafka, or an archive of them.</summary>
internal static class ConsumeCommand
{
    private static readonly Option<string?> From = new("--from")
    {
        Description =
            "Load messages from a file of JSON lines, plain or gzip (- for standard input), instead of "
            + "Kafka, each once",
        HelpName = "FILE|-",
    };

    private static readonly Option<StreamStart?> Start = new("--start")
    {
        Description =
            "Where a topic that was never consumed begins: earliest (default), latest, group (at the offsets that "
            + "GROUP committed at the brokers), or a time such as 2026-11-24T08:45:00Z",
        HelpName = "earliest|latest|group|TIMESTAMP",
        CustomParser = result =>
        {
            if (StreamStart.Parse(result.Tokens[0].Value) is { } start)
                return start;
            result.AddError(
                $"--start: found '{result.Tokens[0].Value}', expected earliest, latest, group, or an ISO 8601 time "
                    + $"with its offset such as 2026-11-24T08:45:00Z"
            );
            return null;
        },
    };

    private static readonly Option<bool> UntilEnd = new("--until-end")
    {
        Description = "Stop at the current end of every partition",
    };

    private static readonly Option<int> Timeout = NumberOption.Usually(
        new("--timeout")
        {
            Description = "With --until-end or --dry-run: give up (exit 4) after N seconds in which nothing moves",
        },
        usual: (int)StreamOptions.UsualTimeout.TotalSeconds,
        least: 1,
        most: 86_400
    );

    private static readonly Option<long?> MaxMessages = NumberOption.Whole(
        new("--max-messages") { Description = "Stop after N messages of each topic" },
        least: 1L
    );

    private static readonly Option<string?> MuseumCode = new("--museum")
    {
        Description = "With --from: the kiosks' museum, by code (museum museums list); by default the first",
        HelpName = "CODE",
    };

    public static Command Create()
    {
        var command = new Command(
            "consume",
            "Load kiosk presses from Kafka into the database until it is stopped; or load an archive of them"
        );
        command.WithCommon(
            From,
            Options.Again,
            Start,
            UntilEnd,
            Timeout,
            MaxMessages,
            MuseumCode,
            Options.Target,
            Options.DryRun
        );
        command.Validators.Add(result =>
        {
            if (
                result.GetResult(Timeout) is { Implicit: false }
                && !result.GetValue(UntilEnd)
                && !result.GetValue(Options.DryRun)
            )
                result.AddError("found --timeout without --until-end or --dry-run, expected one of them with it");
        });
        Session.Act(
            command,
            parsed =>
                Needs.Database
                | (parsed.GetValue(From) is null ? Needs.Kafka : Needs.Nothing)
                | (parsed.GetValue(Options.DryRun) ? Needs.Nothing : Needs.Writes),
            RunAsync
        );
        return command;
    }

    private static Task<ExitCode> RunAsync(Session session, CancellationToken cancel) =>
        session.Parsed.GetValue(From) is { } from
            ? LoadArchiveAsync(session, from, cancel)
            : ConsumeAsync(session, cancel);

    private static async Task<ExitCode> ConsumeAsync(Session session, CancellationToken cancel)
    {
        var kafka = session.Settings.Kafka!;
        var clients = new KafkaClients(kafka, session.Log, session.Settings.Redactor)
        {
            IsBrief = session.Parsed.GetValue(UntilEnd),
        };
        if (session.Parsed.GetValue(Options.DryRun))
            return await DryRunAsync(session, kafka, clients, cancel);
        await using var store = Connections.OpenLiveStore(session);
        var run = new StreamRun(store, clients, StreamOptionsOf(session), session.Log);
        await using var endpoint = await HealthEndpoint.OpenAsync(
            session.Settings.Health,
            () => [.. run.Health.Select(health => health.State())],
            session.Settings.Redactor,
            cancel
        );
        await using var export = OtlpExport.Open(
            session.Clock,
            new StreamMetrics(() => [.. run.Health.Select(health => health.State())])
        );
        await using var notices = ServiceNotices.Open(endpoint, session.Clock, cancel);
        var prepared = WantedAsync(run, kafka, cancel);
        await notices.ReadyAsync(prepared);
        var museums = await prepared;
        foreach (var remark in await run.FirstTimesAsync(museums, cancel))
            await Console.Error.WriteLineAsync(SafeText.Of(remark));
        var arguments = $"{kafka.BootstrapServers} {string.Join(',', museums.Select(m => m.Topic))}";
        var numbers = new ConsumeMeasurements(museums, () => [.. run.Health.Select(of => of.State())], () => run.RunId);
        await using var measured = Measurements.Repeat(session, _ => Task.FromResult(numbers.Take()));
        var report = await ConsumeProgress.WatchAsync(
            session,
            run,
            session.Settings.SummaryInterval,
            () => run.RunAsync(museums, arguments, cancel)
        );
        return Print(session, report, string.Join(", ", museums.Select(m => m.Topic)), store.Describe);
    }

    private static async Task<IReadOnlyList<Museum>> WantedAsync(
        StreamRun run,
        KafkaSettings kafka,
        CancellationToken cancel
    ) => Wanted(await run.PrepareAsync(cancel), kafka);

    private static async Task<ExitCode> DryRunAsync(
        Session session,
        KafkaSettings kafka,
        KafkaClients clients,
        CancellationToken cancel
    )
    {
        await using var trial = await TrialStore.OpenAsync(session, cancel);
        var store = trial.Store;
        var museums = Wanted(await store.Museums.ListAsync(cancel), kafka);
        var report = await new StreamDryRun(store, clients, StreamOptionsOf(session), session.Log).RunAsync(
            museums,
            cancel
        );
        return Print(session, report, string.Join(", ", museums.Select(m => m.Topic)), store.Describe);
    }

    private static IReadOnlyList<Museum> Wanted(IReadOnlyList<Museum> museums, KafkaSettings kafka)
    {
        if (TopicOwners.Remark(museums, kafka.Topics) is { } remark)
            Console.Error.WriteLine(SafeText.Of(remark));
        return TopicOwners.Of(museums, kafka.Topics);
    }

    private static async Task<ExitCode> LoadArchiveAsync(Session session, string from, CancellationToken cancel)
    {
        var dryRun = session.Parsed.GetValue(Options.DryRun);
        var spool = session.Settings.SpoolDirectory ?? Path.GetTempPath();
        using var archive = await Archive.OpenAsync(from, Console.OpenStandardInput(), spool, cancel);
        await using var opened = dryRun
            ? await TrialStore.OpenAsync(session, cancel)
            : TrialStore.Real(Connections.OpenStore(session));
        var store = opened.Store;
        if (!dryRun)
            await store.Maintenance.MigrateAsync(cancel);
        var museum = Of(await store.Museums.ListAsync(cancel), session);
        var loader = new ArchiveLoader(store, StreamOptionsOf(session), session.Log);
        var report = dryRun
            ? await loader.DryRunAsync(archive, museum, cancel)
            : await loader.RunAsync(archive, museum, $"--from {archive.Name}", cancel);
        return Print(session, report, archive.Name, store.Describe);
    }

    private static Museum Of(IReadOnlyList<Museum> museums, Session session)
    {
        if (session.Parsed.GetValue(MuseumCode) is not { } code)
            return museums[0];
        return museums.FirstOrDefault(museum => museum.Code.Equals(code, StringComparison.OrdinalIgnoreCase))
            ?? throw new MuseumException(
                ExitCode.Usage,
                $"--museum: found {code}, expected one of {string.Join(", ", museums.Select(m => m.Code))}"
            );
    }

    private static StreamOptions StreamOptionsOf(Session session)
    {
        var (parsed, settings) = (session.Parsed, session.Settings);
        return Connections.Streaming(session) with
        {
            Start = parsed.GetValue(Start) ?? StartOf(settings),
            UntilEnd = parsed.GetValue(UntilEnd),
            Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)),
            MaxMessages = parsed.GetValue(MaxMessages),
        };
    }

    /// <exception cref="MuseumException">AUTO_OFFSET is not a valid start.</exception>
    private static StreamStart StartOf(MuseumSettings settings) =>
        settings.AutoOffset is not { } text
            ? StreamStart.Earliest
            : StreamStart.Parse(text)
                ?? throw new MuseumException(
                    ExitCode.Configuration,
                    new Explanation(
                        $"AUTO_OFFSET: found '{text}'",
                        ["AUTO_OFFSET"],
                        "set it to earliest, to latest, to group, or to a time with its offset such as "
                            + "2026-11-24T08:45:00Z"
                    )
                );

    internal static ExitCode Print(Session session, RunReport report, string from, string into)
    {
        if (session.Json)
            JsonOutput.Print(ConsumeJson.Of(report), ConsumeShapes.Default.ConsumeJson);
        else
            new ConsumeSummary(Terminal.Out, report).Print(from, into);
        if (report.Interrupted)
            return Signals.Received ?? ExitCode.Interrupted;
        return report.Balanced ? ExitCode.Done : ExitCode.DataRefused;
    }
}

/// <summary>The keys and their order are a contract.</summary>
internal sealed record ConsumeJson(
    string Command,
    string Target,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long PossibleHelp,
    SortedDictionary<string, long> Reasons,
    IReadOnlyList<LoadSourceJson> Sources,
    bool Balanced,
    double Seconds,
    int? RunId,
    bool DryRun,
    bool Interrupted
)
{
    public static ConsumeJson Of(RunReport report)
    {
        var (read, ratings, support, quarantined, already, _, possibleHelp) = report.Counts;
        return new(
            report.Command,
            report.Target,
            read,
            ratings,
            support,
            quarantined,
            already,
            possibleHelp,
            report.Reasons,
            [.. report.Sources.Select(LoadSourceJson.Of)],
            report.Balanced,
            Math.Round(report.Elapsed.TotalSeconds, 3),
            report.RunId,
            report.DryRun,
            report.Interrupted
        );
    }
}
