using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Sources;

/// <summary><c>museum sources</c>: where the rows came from, and removing a source.</summary>
internal static class SourcesCommand
{
    private static readonly Argument<string> Which = new("SOURCE")
    {
        Description = "Its number, or its name as shown by list",
    };

    public static Command Create()
    {
        var list = new Command("list", "Show every loaded source with its counts").WithCommon(Options.Target);
        Session.Act(list, Needs.Database, ListAsync);
        var remove = new Command(
            "remove",
            "Remove a source: its rows, refusals and counts, at once; later loads skip it unless --again is given"
        ).WithCommon(Options.Target);
        remove.Arguments.Add(Which);
        Session.Act(remove, Needs.Database | Needs.Writes, RemoveAsync);
        return new Command("sources", "Show where the rows came from, and take a source back") { list, remove };
    }

    private static async Task<ExitCode> ListAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var sources = await store.Ledger.ListAsync(cancel);
        if (session.Json)
            JsonOutput.Print(
                new SourcesListJson("sources list", store.Target, [.. sources.Select(SourceJson.Of)]),
                SourcesShapes.Default.SourcesListJson
            );
        else
            Print(sources);
        return ExitCode.Done;
    }

    private static void Print(IReadOnlyList<LedgerSource> sources)
    {
        if (sources.Count == 0)
        {
            Terminal.Out.WriteLine("Nothing was loaded yet: museum load, or museum consume");
            return;
        }

        var table = new Table().NoBorder().AddColumn(new TableColumn("[bold]No.[/]").RightAligned());
        table.AddColumn("[bold]Source[/]");
        foreach (var title in (string[])["Ratings", "Help", "Quarantined"])
            table.AddColumn(new TableColumn($"[bold]{title}[/]") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("[bold]State[/]") { NoWrap = true });
        table.AddColumn(new TableColumn("[bold]Last change[/]") { NoWrap = true });
        foreach (var source in sources)
        {
            var repeats = source.MostlyRepeats ? " [yellow](mostly repeats of its own rows)[/]" : "";
            table.AddRow(
                source.Row.Id.ToString(CultureInfo.InvariantCulture),
                Show.Text(SourceNames.NameOf(source)) + repeats,
                Show.Number(source.Row.Counts.Ratings),
                Show.Number(source.Row.Counts.Support),
                Show.Number(source.Row.Counts.Quarantined),
                StateOf(source),
                Show.Time(source.LoadedAt)
            );
        }

        Terminal.Out.Write(table);
    }

    private static string StateOf(LedgerSource source) =>
        source.Row.Kind == SourceIdentity.Stream ? "stream"
        : source.Row.State is SourceState.Loaded ? "loaded"
        : source.Row.State is SourceState.Partial ? "in part"
        : "not finished";

    private static async Task<ExitCode> RemoveAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenCurrentAsync(session, cancel);
        var name = session.Parsed.GetRequiredValue(Which);
        var source = SourceNames.One(await store.Ledger.ListAsync(cancel), name);
        var counts = source.Row.Counts;
        var move = new OperatorMove(
            $"{Environment.UserName}@{Environment.MachineName}",
            "sources remove",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{counts.Ratings} ratings, {counts.Support} calls for help, {counts.Quarantined} quarantined; "
                    + $"version {source.Row.Version}"
            )
        );
        var removed = await store.Ledger.RemoveAsync(source.Row.Id, move, cancel) ?? throw SourceNames.Unknown(name);
        if (session.Json)
        {
            JsonOutput.Print(
                new SourceRemovedJson(
                    "sources remove",
                    store.Target,
                    source.Row.Id,
                    removed.Path,
                    removed.Ratings,
                    removed.Support,
                    removed.Quarantined
                ),
                SourcesShapes.Default.SourceRemovedJson
            );
            return ExitCode.Done;
        }

        Terminal.Out.MarkupLine(
            $"[bold]Removed[/] {Show.Text(SourceNames.NameOf(source))}: {Show.Number(removed.Ratings)} ratings, "
                + $"{Show.Number(removed.Support)} calls for help, {Show.Number(removed.Quarantined)} quarantined"
        );
        Terminal.Out.MarkupLine(
            source.Row.Kind == SourceIdentity.Stream
                ? "Its position stays: what arrives from now on is loaded."
                : "Later loads skip this version and say so; --again loads it."
        );
        return ExitCode.Done;
    }
}

internal sealed record SourcesListJson(string Command, string Target, IReadOnlyList<SourceJson> Sources);

internal sealed record SourceJson(
    int Id,
    string Source,
    string Kind,
    string Location,
    string Name,
    string Version,
    long Size,
    string State,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Skipped,
    long OwnRepeats,
    bool MostlyRepeats,
    DateTimeOffset LastChange
)
{
    public static SourceJson Of(LedgerSource source)
    {
        var (row, counts) = (source.Row, source.Row.Counts);
        return new(
            row.Id,
            SourceNames.NameOf(source),
            row.Kind,
            row.Location,
            row.Name,
            row.Version,
            row.Size,
            row.State.ToString().ToLowerInvariant(),
            counts.Read,
            counts.Ratings,
            counts.Support,
            counts.Quarantined,
            counts.Skipped,
            source.OwnRepeats,
            source.MostlyRepeats,
            source.LoadedAt
        );
    }
}

internal sealed record SourceRemovedJson(
    string Command,
    string Target,
    int Id,
    string Source,
    long Ratings,
    long Support,
    long Quarantined
);
