using MuseumPipeline.Model;
using Spectre.Console;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Prints findings: one line each, with its fix; the first fault decides the exit code.</summary>
internal static class Checks
{
    public static ExitCode Tell(Session session, string command, IReadOnlyList<Check> checks, string calm) =>
        Tell(session.Json, (command, session.Settings.Database.Target), checks, calm);

    /// <param name="calm">The last line if nothing is wrong.</param>
    public static ExitCode Tell(
        bool asJson,
        (string Command, string? Target) who,
        IReadOnlyList<Check> checks,
        string calm
    )
    {
        var code = checks.FirstOrDefault(c => c.State == CheckState.Wrong)?.ExitCode ?? ExitCode.Done;
        if (asJson)
        {
            var json = new DoctorJson(
                who.Command,
                who.Target,
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
                ? $"[green]{Show.Text(calm)}[/]"
                : "[red]Something is wrong.[/] Fix the first problem first: others may follow from it."
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

    /// <summary>It works, but somebody should check.</summary>
    Doubtful,
    Wrong,

    /// <summary>Not configured, so not checked.</summary>
    Absent,
}

/// <summary>One thing that was checked.</summary>
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
