using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db</c>: the database itself.</summary>
internal static class DbCommand
{
    /// <summary>Running programs are among the newest runs.</summary>
    private const int MostRuns = 1000;

    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Remove it; without this, only print what would be removed",
    };

    private static readonly Option<bool> Views = new("--views")
    {
        Description =
            "Make the views rating, request, rating_interaction and request_interaction too, for the queries of other "
            + "pipelines (local, aws)",
    };

    public static Command Create()
    {
        var db = new Command("db", "Maintain the database")
        {
            Verb("migrate", "Bring the schema up to date; safe at any time", MigrateAsync, Views),
            Verb("status", "Count the tables against the ledger; exit 5 when they disagree", DbStatus.RunAsync),
            Verb("ping", "Connect and ask for the version", PingAsync),
            Verb(
                "reset-interactions",
                "Remove every press, quarantined record, source and run; exhibitions stay",
                ResetAsync,
                Yes
            ),
            ImportCommand.Create(),
            CopyCommand.Create(),
        };
        db.Subcommands.Add(VacuumCheck.Create());
        db.Subcommands.Add(RetainCommand.Create());
        db.Subcommands.Add(GrantsCommand.Create());
        foreach (var command in DbBackup.Create())
            db.Subcommands.Add(command);
        return db;
    }

    private static Command Verb(
        string name,
        string description,
        Func<Session, MuseumStore, CancellationToken, Task<ExitCode>> work,
        params ReadOnlySpan<Option> more
    )
    {
        var command = new Command(name, description).WithCommon([Options.Target, .. more]);
        Session.Act(
            command,
            name is "migrate" or "reset-interactions" ? Needs.Database | Needs.Writes : Needs.Database,
            async (session, cancel) =>
            {
                await using var store = name switch
                {
                    "migrate" => Connections.OpenStore(session),
                    "ping" => Connections.OpenExisting(session),
                    _ => await Connections.OpenCurrentAsync(session, cancel),
                };
                return await work(session, store, cancel);
            }
        );
        return command;
    }

    private static async Task<ExitCode> MigrateAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var applied = await store.Maintenance.MigrateAsync(cancel);
        if (session.Parsed.GetValue(Views))
            await store.Maintenance.AddSiblingViewsAsync(cancel);
        if (session.Json)
            JsonOutput.Print(new MigrateJson("db migrate", store.Target, applied), DbShapes.Default.MigrateJson);
        else if (applied.Count == 0)
            Terminal.Out.MarkupLine($"{Show.Text(store.Describe)} is up to date.");
        else
            Terminal.Out.MarkupLine(
                $"{Show.Text(store.Describe)} is up to date now; applied: {Show.Text(string.Join(", ", applied))}"
            );
        return ExitCode.Done;
    }

    private static async Task<ExitCode> PingAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        var started = session.Clock.GetTimestamp();
        var version = await store.Maintenance.PingAsync(cancel);
        var took = session.Clock.GetElapsedTime(started);
        if (session.Json)
            JsonOutput.Print(
                new PingJson("db ping", store.Target, store.Describe, version, Math.Round(took.TotalSeconds, 3)),
                DbShapes.Default.PingJson
            );
        else
            Terminal.Out.MarkupLine(
                $"[green]ok[/] {Show.Text(version)} at {Show.Text(store.Describe)}, {took.TotalMilliseconds:0} ms"
            );
        return ExitCode.Done;
    }

    /// <summary>A running program would continue with a ledger that no longer exists.</summary>
    private static async Task RefuseWhileAtWorkAsync(MuseumStore store, CancellationToken cancel)
    {
        var atWork = (await store.Runs.ListAsync(MostRuns, cancel))
            .Where(run => run.State is RunState.Running)
            .ToList();
        if (atWork.Count == 0)
            return;
        throw new MuseumException(
            ExitCode.Service,
            $"nothing was removed: these are running: "
                + $"{string.Join(", ", atWork.Select(run => $"museum {run.Command} (process {run.Host}, run {run.Id})"))}. "
                + "Stop them first; a killed one counts as dead after a minute"
        );
    }

    private static async Task<ExitCode> ResetAsync(Session session, MuseumStore store, CancellationToken cancel)
    {
        if (!session.Parsed.GetValue(Yes))
        {
            var status = await store.Maintenance.StatusAsync(cancel);
            throw new MuseumException(
                ExitCode.Usage,
                $"nothing was removed: this would take {Show.Number(status.Ratings)} ratings, "
                    + $"{Show.Number(status.Support)} calls for help and "
                    + $"{Show.Number(status.QuarantineHeld)} quarantined records of {Show.Number(status.Sources)} "
                    + $"objects out of {store.Describe}. Add --yes to do it."
            );
        }
        await RefuseWhileAtWorkAsync(store, cancel);
        var (ratings, support, quarantined, sources, runs) = await store.Maintenance.ResetInteractionsAsync(cancel);
        if (session.Json)
            JsonOutput.Print(
                new ResetJson("db reset-interactions", store.Target, ratings, support, quarantined, sources, runs),
                DbShapes.Default.ResetJson
            );
        else
            Terminal.Out.MarkupLine(
                $"Removed from {Show.Text(store.Describe)}: {Show.Number(ratings)} ratings, "
                    + $"{Show.Number(support)} calls for help, "
                    + $"{Show.Number(quarantined)} quarantined records, {Show.Number(sources)} objects and "
                    + $"{Show.Number(runs)} runs of the ledger. Exhibitions stay."
            );
        return ExitCode.Done;
    }
}

internal sealed record MigrateJson(string Command, string Target, IReadOnlyList<string> Applied);

internal sealed record PingJson(string Command, string Target, string Database, string Version, double Seconds);

internal sealed record ResetJson(
    string Command,
    string Target,
    long Ratings,
    long Support,
    long Quarantined,
    long Sources,
    long Runs
);
