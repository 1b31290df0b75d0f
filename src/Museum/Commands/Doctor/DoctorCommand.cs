using System.CommandLine;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using Spectre.Console;

namespace MuseumPipeline.Commands.Doctor;

/// <summary><c>museum doctor</c>: looks at the configuration, then at each connection by itself, and says how to fix
/// what is wrong.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Check the configuration and every connection, and say what is wrong and how to fix it"
        ).WithCommon(Options.Bucket, Options.Target);
        command.SetAction(
            async (parsed, cancel) =>
            {
                Session? session = null;
                try
                {
                    var checks = new List<Check>();
                    session = Configure(parsed, checks);
                    var redactor = session?.Settings.Redactor ?? Redactor.None;
                    if (session is not null)
                        await ExamineAsync(session, checks, cancel);
                    cancel.ThrowIfCancellationRequested();
                    return (int)Tell(parsed, session, [.. checks.Select(c => c.Redacted(redactor))]);
                }
                catch (Exception e)
                {
                    return Failure.Report(e, parsed, session);
                }
                finally
                {
                    session?.Dispose();
                }
            }
        );
        return command;
    }

    private static Session? Configure(ParseResult parsed, List<Check> checks)
    {
        try
        {
            var session = Session.Open(parsed, Needs.Database | Needs.KafkaIfSet | Needs.Serve);
            var file = session.Settings.EnvFile is { } path ? $"read {path}" : "no .env file here";
            checks.Add(Check.Fine("configuration", $"{file}; the database is '{session.Settings.Database.Target}'"));
            checks.AddRange(UnknownKeys(Session.Layers(parsed)));
            if (TimeZones.Missing() is { } missing)
                checks.Add(Check.Wrong("time zones", ExitCode.Configuration, missing.Found, missing.Fix));
            return session;
        }
        catch (MuseumException e) when (e.ExitCode == ExitCode.Configuration)
        {
            checks.Add(Check.Wrong("configuration", e));
            return null;
        }
    }

    // A misspelt key would otherwise be silently without effect.
    private static IEnumerable<Check> UnknownKeys(SettingLayers layers)
    {
        var known = SettingKeys.All.Select(s => s.Key).ToList();
        foreach (
            var key in layers.File.Keys.Where(k =>
                k.StartsWith("MUSEUM_", StringComparison.Ordinal) && !known.Contains(k)
            )
        )
        {
            var nearest = NearWord.Of(key, known);
            yield return Check.Doubtful(
                "configuration",
                $"{layers.FilePath} sets {key}, which has no meaning",
                nearest is null ? "remove it" : $"write {nearest}",
                key
            );
        }
    }

    private static async Task ExamineAsync(Session session, List<Check> checks, CancellationToken cancel)
    {
        foreach (var database in session.Settings.Configured)
        {
            checks.AddRange(
                database switch
                {
                    PostgresSettings postgres => await new DoctorPostgres(postgres, session).ExamineAsync(cancel),
                    EmbeddedSettings embedded => await new DoctorEmbedded(embedded, session).ExamineAsync(cancel),
                    _ => [],
                }
            );
        }
        checks.AddRange(DoctorFiles.Examine(session));
        checks.AddRange(await DoctorBucket.ExamineAsync(session, cancel));
        checks.AddRange(await DoctorKafka.ExamineAsync(session, cancel));
        checks.AddRange(await DoctorServe.ExamineAsync(session, cancel));
    }

    private static ExitCode Tell(ParseResult parsed, Session? session, IReadOnlyList<Check> checks)
    {
        var code = checks.FirstOrDefault(c => c.State == CheckState.Wrong)?.ExitCode ?? ExitCode.Done;
        if (parsed.GetValue(Options.Json))
        {
            var json = new DoctorJson(
                "doctor",
                session?.Settings.Database.Target,
                code == ExitCode.Done,
                [.. checks.Select(c => new CheckJson(c.Name, Show.Word(c.State), c.Found, c.Settings, c.Fix))]
            );
            JsonOutput.Print(json, DoctorShapes.Default.DoctorJson);
            return code;
        }
        foreach (var check in checks)
            Print(Terminal.Out, check);
        Terminal.Out.WriteLine();
        Terminal.Out.MarkupLine(
            code == ExitCode.Done
                ? "[green]All that is configured works.[/]"
                : "[red]Something is wrong.[/] Fix the first one first: others may follow from it."
        );
        return code;
    }

    private static void Print(IAnsiConsole console, Check check)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().Width(6))
            .AddColumn(new GridColumn().NoWrap().Width(13))
            .AddColumn(new GridColumn());
        var state = check.State switch
        {
            CheckState.Ok => "[green]ok[/]",
            CheckState.Doubtful => "[yellow]look[/]",
            CheckState.Wrong => "[bold red]wrong[/]",
            _ => "[grey]-[/]",
        };
        grid.AddRow(
            new Markup(state),
            new Markup($"[bold]{Show.Text(check.Name)}[/]"),
            new Markup(Markup.Escape(SafeText.Lines(check.Found)))
        );
        if (check.Settings.Count > 0)
            grid.AddRow(
                new Markup(""),
                new Markup("[grey]  setting[/]"),
                new Markup(Show.Text(string.Join(", ", check.Settings)))
            );
        if (check.Fix is { } fix)
            grid.AddRow(new Markup(""), new Markup("[grey]  fix[/]"), new Markup(Show.Text(fix)));
        console.Write(grid);
    }
}

internal enum CheckState
{
    Ok,

    /// <summary>It works, but somebody should look.</summary>
    Doubtful,
    Wrong,

    /// <summary>Not configured, so not looked at.</summary>
    Absent,
}

/// <summary>One thing that was looked at.</summary>
internal sealed record Check(
    string Name,
    CheckState State,
    string Found,
    IReadOnlyList<string> Settings,
    string? Fix,
    ExitCode ExitCode
)
{
    public static Check Fine(string name, string found) => new(name, CheckState.Ok, found, [], null, ExitCode.Done);

    public static Check NotThere(string name, string found) =>
        new(name, CheckState.Absent, found, [], null, ExitCode.Done);

    public static Check Doubtful(string name, string found, string fix, params string[] settings) =>
        new(name, CheckState.Doubtful, found, settings, fix, ExitCode.Done);

    public static Check Wrong(
        string name,
        ExitCode code,
        string found,
        string? fix,
        params IEnumerable<string> settings
    ) => new(name, CheckState.Wrong, found, [.. settings], fix, code);

    public static Check Wrong(string name, MuseumException e) =>
        new(name, CheckState.Wrong, e.Explanation.Found, e.Explanation.Settings, e.Explanation.Fix, e.ExitCode);

    public Check Redacted(Redactor redactor) =>
        this with
        {
            Found = redactor.Redact(Found),
            Fix = Fix is null ? null : redactor.Redact(Fix),
        };
}

internal sealed record DoctorJson(string Command, string? Target, bool Healthy, IReadOnlyList<CheckJson> Checks);

internal sealed record CheckJson(string Name, string State, string Found, IReadOnlyList<string> Settings, string? Fix);
