using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using MuseumPipeline.Load.Import;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using Npgsql;
using Spectre.Console;

namespace MuseumPipeline.Commands.Db;

/// <summary><c>museum db import</c>: the database of the original scripts, taken over.</summary>
internal static class ImportCommand
{
    private static readonly Option<string> From = new("--from")
    {
        Description =
            $"Where the original's tables are: {ImportAddress.Example}, or their schema in the database that is "
            + $"used, as "
            + "public",
        HelpName = "ADDRESS|SCHEMA",
        Required = true,
    };

    private static readonly Option<string> TimeZone = new("--time-zone")
    {
        Description = "The clock that the original's times were read from: by default the museum's",
        HelpName = "AREA/TOWN",
    };

    private static readonly Option<string> Museum = new("--museum")
    {
        Description = "Whose rows they are: by default the only museum's",
        HelpName = "CODE",
    };

    public static Command Create()
    {
        var command = new Command(
            "import",
            "Take over the original's database: exhibitions, buttons and every row, each once; its tables are only read"
        ).WithCommon(From, TimeZone, Museum, Options.Again, Options.Target);
        Session.Act(command, Needs.Database | Needs.Writes, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        var from = FromOf(session, session.Parsed.GetRequiredValue(From));
        var request = new ImportRequest(
            session.Parsed.GetValue(Museum),
            session.Parsed.GetValue(TimeZone),
            $"postgres://{from.Host}:{from.Port}/{from.Name}",
            from.Schema!
        );
        try
        {
            await using var source = from.CreateDataSource(schema: from.Schema);
            // First: an address that is wrong makes no database.
            await using var original = await OriginalDatabase.OpenAsync(
                source,
                $"{request.Location}/{request.Name}",
                cancel
            );
            await using var store = Connections.OpenBeside(session);
            await store.Maintenance.MigrateAsync(cancel);
            var importer = new Importer(store, original, Connections.Loading(session), session.Log);
            Print(session, store, await importer.RunAsync(request, Progress(session), cancel));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException)
        {
            // What our own database answers was told as such before it got here.
            throw new MuseumException(ExitCode.Service, PostgresFault.Of(e, from.Target, from.ConnectionString()), e);
        }
    }

    private static PostgresSettings FromOf(Session session, string text) =>
        ImportAddress.Parse(text, session.Settings.ImportPassword)
        ?? (
            session.Settings.Database is PostgresSettings own
                ? own with
                {
                    Schema = text,
                }
                : throw new MuseumException(
                    ExitCode.Usage,
                    $"--from: found '{text}', the name of a schema, but the database is "
                        + $"{session.Settings.Database.Describe}; "
                        + $"expected {ImportAddress.Example}, or --target local"
                )
        );

    private static Progress<long>? Progress(Session session) =>
        session.Json ? null : new(rows => Console.Error.WriteLine($"{Show.Number(rows)} rows read"));

    private static void Print(Session session, MuseumStore store, ImportReport report)
    {
        if (session.Json)
            JsonOutput.Print(ImportJson.Of(store.Target, report), DbShapes.Default.ImportJson);
        else
            Print(report, store.Describe);
    }

    private static void Print(ImportReport report, string where)
    {
        var (read, ratings, support, quarantined, already, _, _) = report.Counts;
        Terminal.Out.MarkupLine($"Taken over from {Show.Text(report.From)} into {Show.Text(where)}:");
        Terminal.Out.MarkupLine(
            $"{Show.Number(report.Exhibitions)} exhibitions, {Show.Number(report.ExhibitionsCreated)} of them new; "
                + $"{(report.NumbersKept ? "rows keep their numbers" : "a row's old number is its position")}; "
                + $"times are "
                + $"{(report.TimeZone is null ? "instants" : $"{Show.Text(report.TimeZone)}'s")}"
        );
        if (report.ButtonsAdded.Count > 0)
            Terminal.Out.MarkupLine($"Buttons added: {Show.Text(string.Join(", ", report.ButtonsAdded))}");
        Terminal.Out.MarkupLine(
            $"[green]In balance:[/] {Show.Number(read)} read = {Show.Number(ratings)} ratings + {Show.Number(support)} "
                + $"help + {Show.Number(quarantined)} quarantined + {Show.Number(already)} already there"
        );
        foreach (var (reason, count) in report.Reasons)
            Terminal.Out.MarkupLine($"  {Show.Number(count)} {reason}: museum quarantine list --reason {reason}");
        if (report.Newest is { } newest)
        {
            var after = newest.AddSeconds(1).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            Terminal.Out.MarkupLine(
                $"The original's scripts should be stopped by now. Live presses go on with: museum consume --start "
                    + $"{after}"
            );
        }
    }
}

internal sealed record ImportJson(
    string Command,
    string Target,
    string From,
    string Museum,
    string? TimeZone,
    int RunId,
    bool NumbersKept,
    int Exhibitions,
    int ExhibitionsCreated,
    IReadOnlyList<string> ButtonsAdded,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    SortedDictionary<string, long> Reasons,
    DateTimeOffset? Newest,
    double Seconds
)
{
    public static ImportJson Of(string target, ImportReport r) =>
        new(
            "db import",
            target,
            r.From,
            r.Museum,
            r.TimeZone,
            r.RunId,
            r.NumbersKept,
            r.Exhibitions,
            r.ExhibitionsCreated,
            r.ButtonsAdded,
            r.Counts.Read,
            r.Counts.Ratings,
            r.Counts.Support,
            r.Counts.Quarantined,
            r.Counts.Already,
            r.Reasons,
            r.Newest,
            Math.Round(r.Elapsed.TotalSeconds, 3)
        );
}
