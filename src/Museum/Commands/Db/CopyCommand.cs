using System.CommandLine;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Store.Postgres.Copies;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db copy</c>: from the file to a server, or from one server to another.</summary>
internal static class CopyCommand
{
    /// <summary>It is what the settings are read for.</summary>
    public static Option<string> To { get; } =
        Options.Named(
            new("--to")
            {
                Description = "Where to: an empty database on a server",
                HelpName = "local|aws",
                Required = true,
            },
            [DatabaseSettings.Local, DatabaseSettings.Aws]
        );

    private static readonly Option<string> From = Options.Named(
        new("--from")
        {
            Description = "Where from",
            HelpName = "embedded|local|aws",
            DefaultValueFactory = _ => DatabaseSettings.Embedded,
        },
        DatabaseSettings.Targets
    );

    public static Command Create()
    {
        var command = new Command(
            "copy",
            "Copy everything, with where it came from, into an empty database on a server; stopped, it goes on"
        ).WithCommon(To, From);
        command.Validators.Add(result =>
        {
            if (result.GetValue(To) == result.GetValue(From))
                result.AddError("--to: found the database that is copied, expected another");
        });
        Session.Act(command, Needs.Database | Needs.Writes, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var started = session.Clock.GetTimestamp();
        var postgres = (PostgresSettings)session.Settings.Database;
        await using var from = OpenFrom(session, session.Parsed.GetRequiredValue(From));
        var (version, needed) = await from.Maintenance.SchemaAsync(cancel);
        if (version != needed)
            throw Connections.OtherSchema(from.Describe, Migrate(session, from.Target), version, needed);
        await using var to = PostgresStore.Open(
            postgres.Target,
            postgres.CreateDataSource(),
            session.Clock,
            schema: Connections.Schema(postgres) with
            {
                Copying = true,
            }
        );
        var rows = 0L;
        var options = new CopyOptions(
            session.Settings.SliceRows ?? LoadOptions.UsualSliceRecords,
            session.Json
                ? null
                : (table, more) =>
                {
                    rows += more;
                    Console.Error.WriteLine($"{Show.Number(rows)} rows copied ({table})");
                }
        );
        var report = await DatabaseCopy.RunAsync(from, to, options, cancel);
        var seconds = Math.Round(session.Clock.GetElapsedTime(started).TotalSeconds, 3);
        if (session.Json)
            JsonOutput.Print(
                new CopyJson(
                    "db copy",
                    from.Describe,
                    to.Target,
                    to.Describe,
                    report.Rows,
                    report.Resumed,
                    report.Restarted,
                    seconds
                ),
                DbShapes.Default.CopyJson
            );
        else
            Print(from, to, report, seconds);
        return ExitCode.Done;
    }

    private static string Migrate(Session session, string target) =>
        session.Command("db migrate")
        + (session.Parsed.GetResult(Options.Database) is null ? $" {Options.Target.Name} {target}" : "");

    private static MuseumStore OpenFrom(Session session, string target)
    {
        var settings =
            session.Settings.Configured.FirstOrDefault(d => d.Target == target)
            ?? (
                target == DatabaseSettings.Embedded
                    ? new EmbeddedSettings(Path.GetFullPath("museum.db"))
                    : throw new MuseumException(
                        ExitCode.Configuration,
                        $"--from {target}: this database is not configured: set "
                            + $"{SettingKeys.OfTarget(target, "NAME")} and "
                            + $"{SettingKeys.OfTarget(target, "HOST")}"
                    )
            );
        return settings is EmbeddedSettings { Path: var path } && !File.Exists(path)
            ? throw new MuseumException(
                ExitCode.Configuration,
                $"there is no database {path} to copy: --database FILE or MUSEUM_DATABASE names another"
            )
            : Connections.OpenStore(settings, session.Clock);
    }

    private static void Print(MuseumStore from, MuseumStore to, CopyReport report, double seconds)
    {
        if (report.Restarted)
            Terminal.Out.MarkupLine("What an earlier copy had brought was not up to date any more: it began again.");
        else if (report.Resumed)
            Terminal.Out.MarkupLine("It went on from where an earlier copy had stopped.");
        Terminal.Out.MarkupLine($"Copied {Show.Text(from.Describe)} into {Show.Text(to.Describe)}, {seconds:0.0} s:");
        foreach (var (table, rows) in report.Rows.Where(r => r.Value > 0))
            Terminal.Out.MarkupLine($"  {Show.Number(rows), 12} {table}");
        Terminal.Out.MarkupLine(
            $"[green]Counts and sums agree.[/] Loads and consumers go on there: --target {to.Target}, or "
                + $"MUSEUM_TARGET={to.Target}"
        );
    }
}

internal sealed record CopyJson(
    string Command,
    string From,
    string Target,
    string Database,
    IReadOnlyDictionary<string, long> Rows,
    bool Resumed,
    bool Restarted,
    double Seconds
);
