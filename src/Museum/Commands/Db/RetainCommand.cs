using System.CommandLine;
using MuseumPipeline.Commands.Audit;
using MuseumPipeline.Commands.Export;
using MuseumPipeline.Export;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db retain</c>: whole months that are older than the settings say leave the tables.</summary>
internal static class RetainCommand
{
    private static readonly Option<string?> To = new("--to")
    {
        Description = "Keep what leaves as Parquet files: a directory, or s3://BUCKET/PREFIX",
        HelpName = "DIR|s3://BUCKET/PREFIX",
    };

    private static readonly Option<bool> Away = new("--away") { Description = "Keep nothing but the counts" };

    public static Command Create()
    {
        var command = new Command(
            "retain",
            "Take months that are older than the MUSEUM_RETAIN settings out of the tables; counts and ledger stay"
        ).WithCommon(To, Away, Options.DryRun, Options.Target);
        command.Validators.Add(result =>
        {
            if (result.GetResult(To) is not null && result.GetValue(Away))
                result.AddError("give either --to or --away");
        });
        Session.Act(
            command,
            parsed => Needs.Database | (parsed.GetValue(Options.DryRun) ? Needs.Nothing : Needs.Writes),
            RunAsync
        );
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var dryRun = session.Parsed.GetValue(Options.DryRun);
        var (settings, to) = (session.Settings, session.Parsed.GetValue(To));
        var limits = new RetireLimits(
            RetireCommand.Before(session, settings.RetainEvents),
            RetireCommand.Before(session, settings.RetainQuarantine)
        );
        var moves = limits is not { Events: null, Refusals: null };
        if (!moves && settings is { RetainAudit: null, RetainNotes: null })
            throw new MuseumException(
                ExitCode.Configuration,
                "none of MUSEUM_RETAIN_EVENTS, MUSEUM_RETAIN_QUARANTINE, MUSEUM_RETAIN_AUDIT and MUSEUM_RETAIN_NOTES is "
                    + "set, so everything is kept: set the months to keep"
            );
        if (moves && !dryRun && to is null && !session.Parsed.GetValue(Away))
            throw new MuseumException(
                ExitCode.Usage,
                "nothing was removed: say where old presses and records go, --to DIR or --to s3://BUCKET/PREFIX, or "
                    + "--away to keep nothing but their counts; --dry-run shows them"
            );
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var target = to is null ? null : ExportCommand.OpenPlace(session, to);
        using var connection = target as IDisposable;
        var report = moves
            ? await new Retirer(store.Export, store.Retention, target, session.Clock, session.Log).RunAsync(
                limits,
                dryRun,
                cancel
            )
            : new([]);
        var (audit, notes) = dryRun ? default : await RetireCommand.ApplyAsync(session, store, cancel);
        if (!dryRun)
            await RecordAsync(store, report, target, cancel);
        Print(session, store, report, target?.Describe, (audit, notes));
        return ExitCode.Done;
    }

    private static Task RecordAsync(
        MuseumStore store,
        RetireReport report,
        ITarget? target,
        CancellationToken cancel
    ) =>
        report.Parts.Count == 0
            ? Task.CompletedTask
            : store.OperatorLog.RecordAsync(
                target?.Describe ?? "away",
                new OperatorMove(
                    $"{Environment.UserName}@{Environment.MachineName}",
                    "db retain",
                    $"{report.Rows(ExportSet.Events)} presses, {report.Rows(ExportSet.Refusals)} quarantined records"
                ),
                cancel
            );

    private static void Print(
        Session session,
        MuseumStore store,
        RetireReport report,
        string? to,
        (long Audit, int Notes) others
    )
    {
        var dryRun = session.Parsed.GetValue(Options.DryRun);
        if (session.Json)
        {
            JsonOutput.Print(
                new RetainJson(
                    "db retain",
                    store.Target,
                    dryRun,
                    to,
                    report.Rows(ExportSet.Events),
                    report.Rows(ExportSet.Refusals),
                    others.Audit,
                    others.Notes,
                    [.. report.Parts.Select(RetainedPartJson.Of)]
                ),
                DbShapes.Default.RetainJson
            );
            return;
        }

        foreach (var part in report.Parts)
            Console.Out.WriteLine(
                SafeText.Of(
                    $"{part.Museum} {part.Month}: {Show.Number(part.Rows)} "
                        + $"{(part.Set is ExportSet.Events ? "presses" : "quarantined records")}"
                        + $"{(part.File is null ? "" : $" → {part.File}")}"
                )
            );
        var where = to is null ? "" : $" to {to}";
        Console.Out.WriteLine(
            SafeText.Of(
                dryRun
                    ? $"Would take {Show.Number(report.Rows(ExportSet.Events))} presses and "
                        + $"{Show.Number(report.Rows(ExportSet.Refusals))} quarantined records out of {store.Describe}."
                    : $"Took {Show.Number(report.Rows(ExportSet.Events))} presses and "
                        + $"{Show.Number(report.Rows(ExportSet.Refusals))} quarantined records out of {store.Describe}"
                        + $"{where}; {Show.Number(others.Audit)} rows of the audit removed, "
                        + $"{Show.Number(others.Notes)} notes emptied."
            )
        );
    }
}

/// <param name="To">The place; null if they went away.</param>
/// <param name="Presses">That left the tables.</param>
internal sealed record RetainJson(
    string Command,
    string Target,
    bool DryRun,
    string? To,
    long Presses,
    long Quarantined,
    long AuditRemoved,
    long NotesEmptied,
    IReadOnlyList<RetainedPartJson> Parts
);

/// <param name="What">events or refusals.</param>
internal sealed record RetainedPartJson(string What, string Museum, string Month, long Rows, string? File)
{
    public static RetainedPartJson Of(RetiredPart part) =>
        new(part.Set is ExportSet.Events ? "events" : "refusals", part.Museum, part.Month, part.Rows, part.File);
}
