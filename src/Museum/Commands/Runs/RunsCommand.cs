using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Runs;

/// <summary><c>museum runs</c>: what was loaded when, with balanced counts.</summary>
internal static class RunsCommand
{
    private static readonly Argument<int?> Id = new("RUN")
    {
        Description = "Show what this run loaded, object by object",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? null : NumberOption.Whole(result, "RUN", 1),
    };

    private static readonly Option<int> Most = Options.Most("runs", 20);

    public static Command Create()
    {
        var command = new Command("runs", "Show what was loaded when, the newest first");
        command.Arguments.Add(Id);
        command.WithCommon(Most, Options.Target);
        Session.Act(
            command,
            Needs.Database,
            (session, cancel) =>
                session.Parsed.GetValue(Id) is { } id
                    ? ShowOneAsync(session, id, cancel)
                    : ShowAllAsync(session, cancel)
        );
        return command;
    }

    private static async Task<ExitCode> ShowAllAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var runs = await store.Runs.ListAsync(session.Parsed.GetValue(Most), cancel);
        if (session.Json)
        {
            JsonOutput.Print(
                new RunsJson("runs", store.Target, [.. runs.Select(RunJson.Of)]),
                RunsShapes.Default.RunsJson
            );
            return ExitCode.Done;
        }
        if (runs.Count == 0)
            Terminal.Out.WriteLine("Nothing was loaded yet: museum load -b BUCKET");
        else
            Print(Terminal.Out, runs);
        return ExitCode.Done;
    }

    // Two lines a run: the counts in columns, the words below them, so that 80 columns are enough.
    private static void Print(IAnsiConsole console, IReadOnlyList<RunRow> runs)
    {
        var table = new Table().NoBorder();
        foreach (var title in (string[])["Run", "Read", "Ratings", "Help", "Quarant.", "Already", "Skipped"])
            table.AddColumn(new TableColumn($"[bold]{title}[/]") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("[bold]State[/]") { NoWrap = true });
        foreach (var run in runs)
        {
            var (read, ratings, support, quarantined, already, skipped, _) = run.Counts;
            table.AddRow(
                Text(run.Id.ToString(CultureInfo.InvariantCulture)),
                Text(Show.Number(read)),
                Text(Show.Number(ratings)),
                Text(Show.Number(support)),
                Text(Show.Number(quarantined)),
                Text(Show.Number(already)),
                Text(Show.Number(skipped)),
                State(run)
            );
        }
        console.Write(table);
        console.WriteLine();
        foreach (var run in runs)
        {
            // If somebody set the clock back meanwhile, there is no duration to show.
            var took =
                run.FinishedAt is { } end && end >= run.StartedAt
                    ? string.Create(CultureInfo.InvariantCulture, $", took {(end - run.StartedAt).TotalSeconds:0.0} s")
                : run.FinishedAt is null ? ""
                : ", the clock was set back meanwhile";
            console.MarkupLine(
                $"[bold]{run.Id}[/]  {Show.Time(run.StartedAt)}{took}, {Show.Text(run.Host)}: museum "
                    + $"{Show.Text($"{run.Command} {run.Arguments}".TrimEnd())}"
            );
            if (run.Message is { Length: > 0 } message && run.State is not RunState.Done)
                console.Write(new Padder(new Markup($"[yellow]{Show.Text(message)}[/]"), new Padding(3, 0, 0, 0)));
        }
    }

    private static Markup Text(string text) => new(text);

    private static Markup State(RunRow run) =>
        new(
            (run.State, run.Counts.Balanced) switch
            {
                (_, false) => "[bold red]out of balance[/]",
                (RunState.Done, _) => "[green]done[/]",
                (RunState.Running, _) => "running",
                (RunState.Stopped, _) => "[yellow]stopped[/]",
                (RunState.Interrupted, _) => "[yellow]interrupted[/]",
                _ => "[red]failed[/]",
            }
        );

    private static async Task<ExitCode> ShowOneAsync(Session session, int id, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        if (!await store.Runs.ExistsAsync(id, cancel))
            throw new MuseumException(
                ExitCode.DataRefused,
                $"there is no run {id} at {store.Describe}. museum runs shows which there are"
            );
        var sources = await store.Runs.SourcesAsync(id, cancel);
        if (session.Json)
        {
            JsonOutput.Print(
                new RunSourcesJson("runs", store.Target, id, [.. sources.Select(RunSourceJson.Of)]),
                RunsShapes.Default.RunSourcesJson
            );
            return ExitCode.Done;
        }
        if (sources.Count == 0)
            Terminal.Out.WriteLine($"Run {id} changed no object.");
        else
            Print(Terminal.Out, sources);
        return ExitCode.Done;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<RunSourceRow> sources)
    {
        var table = new Table().NoBorder().AddColumn("[bold]Object[/]");
        foreach (var title in (string[])["Read", "Ratings", "Help", "Quarant.", "Already", "Skipped"])
            table.AddColumn(new TableColumn($"[bold]{title}[/]") { Alignment = Justify.Right, NoWrap = true });
        foreach (var source in sources)
        {
            var (read, ratings, support, quarantined, already, skipped, _) = source.Counts;
            table.AddRow(
                Text(Show.Text(source.Name)),
                Text(Show.Number(read)),
                Text(Show.Number(ratings)),
                Text(Show.Number(support)),
                Text(Show.Number(quarantined)),
                Text(Show.Number(already)),
                Text(Show.Number(skipped))
            );
        }
        console.Write(table);
    }
}

internal sealed record RunsJson(string Command, string Target, IReadOnlyList<RunJson> Runs);

internal sealed record RunJson(
    int Id,
    string Command,
    string Arguments,
    string Host,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    string State,
    int? ExitCode,
    string? Message,
    int Sources,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped,
    long PossibleHelp,
    bool Balanced
)
{
    public static RunJson Of(RunRow run)
    {
        var (read, ratings, support, quarantined, already, skipped, possibleHelp) = run.Counts;
        return new(
            run.Id,
            run.Command,
            run.Arguments,
            run.Host,
            run.StartedAt,
            run.FinishedAt,
            Show.Word(run.State),
            run.ExitCode,
            run.Message,
            run.Sources,
            read,
            ratings,
            support,
            quarantined,
            already,
            skipped,
            possibleHelp,
            run.Counts.Balanced
        );
    }
}

internal sealed record RunSourcesJson(string Command, string Target, int RunId, IReadOnlyList<RunSourceJson> Sources);

internal sealed record RunSourceJson(
    int SourceId,
    string Location,
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
    public static RunSourceJson Of(RunSourceRow source)
    {
        var (read, ratings, support, quarantined, already, skipped, _) = source.Counts;
        return new(
            source.SourceId,
            source.Location,
            source.Name,
            source.Version,
            Show.Word(source.State),
            read,
            ratings,
            support,
            quarantined,
            already,
            skipped
        );
    }
}
