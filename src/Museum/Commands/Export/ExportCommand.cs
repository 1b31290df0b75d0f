using System.CommandLine;
using MuseumPipeline.Export;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Targets;
using Spectre.Console;

namespace MuseumPipeline.Commands.Export;

/// <summary><c>museum export parquet</c>: events and refusals as files, for questions that outgrow the
/// database.</summary>
internal static class ExportCommand
{
    private const string S3 = "s3://";

    private static readonly Option<string> To = new("--to")
    {
        Description = "A directory, or s3://BUCKET/PREFIX: a place of its own",
        HelpName = "DIR|s3://BUCKET/PREFIX",
        Required = true,
    };

    public static Command Create()
    {
        var parquet = new Command(
            "parquet",
            "Events and refusals as Parquet files by museum and month; what did not change is not written again"
        ).WithCommon(To, Options.Target);
        Session.Act(parquet, Needs.Database, RunAsync);
        return new Command("export", "Write what is in the database to files") { parquet };
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var target = OpenPlace(session, session.Parsed.GetRequiredValue(To));
        using var connection = target as IDisposable;
        var report = await new Exporter(store.Export, store.Retention, target).RunAsync(cancel);
        if (session.Json)
            JsonOutput.Print(
                new ExportJson(
                    "export parquet",
                    store.Target,
                    target.Describe,
                    report.Rows,
                    report.Written,
                    report.Unchanged,
                    report.Removed
                ),
                ExportJsonShapes.Default.ExportJson
            );
        else
            Terminal.Out.MarkupLine(
                Show.Text(
                    $"{target.Describe} holds {report.Rows:N0} events and refusals: {report.Written} files written, "
                        + $"{report.Unchanged} unchanged, {report.Removed} removed."
                )
            );
        return ExitCode.Done;
    }

    /// <exception cref="MuseumException">It is no place.</exception>
    internal static ITarget OpenPlace(Session session, string to)
    {
        if (!to.StartsWith(S3, StringComparison.OrdinalIgnoreCase))
            return to.Trim().Length > 0
                ? new FolderTarget(to)
                : throw new MuseumException(
                    ExitCode.Usage,
                    "--to: found '', expected a directory or s3://BUCKET/PREFIX"
                );
        var parts = to[S3.Length..].Split('/', 2);
        return parts[0].Length > 0
            ? new S3Target(
                parts[0],
                parts.ElementAtOrDefault(1) ?? "",
                Connections.S3(session.Settings),
                session.Clock,
                session.Log
            )
            : throw new MuseumException(ExitCode.Usage, $"--to: found '{to}', expected s3://BUCKET/PREFIX");
    }
}

/// <param name="Rows">In the database when the export began.</param>
/// <param name="Written">Files, of a month each.</param>
internal sealed record ExportJson(
    string Command,
    string Target,
    string To,
    long Rows,
    int Written,
    int Unchanged,
    int Removed
);
