using System.CommandLine;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Load;

/// <summary><c>museum load</c>: loads a bucket or directory into the database.</summary>
internal static class LoadCommand
{
    private static readonly Option<long?> NumRows = NumberOption.Whole(
        new("--num-rows", "--num_rows", "-nr")
        {
            Description = "Load at most N ratings and N help calls in all; a later full load completes the rest",
        },
        least: 0L
    );

    public static Command Create()
    {
        var command = new Command(
            "load",
            "Load a bucket or directory into the database; what is already there is unchanged"
        );
        command.Arguments.Add(Options.BucketArgument);
        command.WithCommon(
            Options.Bucket,
            Options.Recursive,
            NumRows,
            Options.Again,
            Options.RenameExhibitions,
            Options.Target,
            Options.DryRun,
            Options.OpeningHours,
            LoadWatch.Watch,
            LoadWatch.Queue
        );
        command.Validators.Add(LoadWatch.Check);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Options.Bucket) is not null && result.GetValue(Options.BucketArgument) is not null)
                result.AddError("the bucket is given twice: as --bucket and as an argument");
        });
        Session.Act(
            command,
            parsed => Needs.Bucket | Needs.Database | (parsed.GetValue(Options.DryRun) ? Needs.Nothing : Needs.Writes),
            RunAsync
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var export = OtlpExport.Open(session.Clock);
        if (!session.Parsed.GetValue(LoadWatch.Watch))
            return (await MeasuredAsync(session, async () => await LoadAsync(session, cancel)))!.ExitCode;
        using var watch = LoadWatch.Open(session);
        return await watch.RunAsync(cancel);
    }

    /// <summary>Tells what failed, and that nothing did.</summary>
    internal static async Task<RunReport?> MeasuredAsync(Session session, Func<Task<RunReport?>> load)
    {
        var source = session.Settings.Bucket;
        try
        {
            var report = await load();
            var aside = report?.Aside ?? [];
            var damaged = aside.Where(of => of.State == "damaged").Select(of => of.Name).ToList();
            Measurements.Tell(
                session,
                damaged.Count == 0
                    ? [Failed(0, source, report?.RunId)]
                    : damaged.Select(name => Failed(1, KeyText.Show(name), report?.RunId))
            );
            return report;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Measurements.Tell(session, [Failed(1, source, null)]);
            throw;
        }
    }

    private static Measurement Failed(long value, string? source, int? run) =>
        new(MeasuredEvents.LoadFailed, value) { Source = source, Run = run };

    internal static async Task<RunReport> LoadAsync(Session session, CancellationToken cancel)
    {
        var request = new LoadRequest(session.Parsed.GetValue(NumRows), session.Parsed.GetValue(Options.DryRun));
        // First: a mistyped directory must not leave an empty database.
        await using var bucket = Connections.OpenBucket(session);
        await using var opened = request.DryRun
            ? await TrialStore.OpenAsync(session, cancel)
            : TrialStore.Real(Connections.OpenStore(session));
        var store = opened.Store;
        if (!request.DryRun)
            await store.Maintenance.MigrateAsync(cancel);
        var loader = Connections.CreateLoader(session, store, bucket);
        var report = await LoadProgress.WatchAsync(session, progress => loader.RunAsync(request, progress, cancel));
        var (read, ratings, support, quarantined, already, skipped, _) = report.Counts;
        session.Note(
            LogEvents.Loaded,
            read,
            ratings,
            support,
            quarantined,
            already,
            skipped,
            bucket.Location,
            Math.Round(report.Elapsed.TotalSeconds, 3)
        );
        if (session.Json)
            JsonOutput.Print(LoadJson.Of(report), LoadShapes.Default.LoadJson);
        else
            new LoadSummary(Terminal.Out, report).Print(bucket.Location, store.Describe);
        return report;
    }
}

/// <summary>The keys and their order are a contract.</summary>
internal sealed record LoadJson(
    string Command,
    string Target,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped,
    long PossibleHelp,
    SortedDictionary<string, long> Reasons,
    IReadOnlyList<string> IgnoredObjects,
    IReadOnlyList<LoadSourceJson> Sources,
    bool Balanced,
    double Seconds,
    LoadExhibitionsJson Exhibitions,
    IReadOnlyList<string> VanishedObjects,
    IReadOnlyList<string> UnverifiedObjects,
    int? RunId,
    bool DryRun,
    IReadOnlyList<AsideReport> Aside,
    IReadOnlyList<RepeatsReport> Repeating
)
{
    public static LoadJson Of(RunReport report)
    {
        var (read, ratings, support, quarantined, already, skipped, possibleHelp) = report.Counts;
        var exhibitions = report.Exhibitions;
        return new(
            report.Command,
            report.Target,
            read,
            ratings,
            support,
            quarantined,
            already,
            skipped,
            possibleHelp,
            report.Reasons,
            report.IgnoredObjects,
            [.. report.Sources.Select(LoadSourceJson.Of)],
            report.Balanced,
            Math.Round(report.Elapsed.TotalSeconds, 3),
            new(exhibitions.Read, exhibitions.Created, exhibitions.Changed, exhibitions.Unchanged, exhibitions.Refused),
            report.VanishedObjects,
            report.UnverifiedObjects,
            report.RunId,
            report.DryRun,
            report.Aside,
            report.Repeating
        );
    }
}

internal sealed record LoadSourceJson(
    string Name,
    string Version,
    string State,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped
)
{
    public static LoadSourceJson Of(SourceReport source)
    {
        var (read, ratings, support, quarantined, already, skipped, _) = source.Counts;
        return new(source.Name, source.Version, source.State, read, ratings, support, quarantined, already, skipped);
    }
}

internal sealed record LoadExhibitionsJson(
    int Read,
    int Created,
    int Changed,
    int Unchanged,
    IReadOnlyList<string> Refused
);
