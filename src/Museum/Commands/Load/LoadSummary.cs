using System.Globalization;
using MuseumPipeline.Load;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Load;

/// <summary>What a load did, for somebody who runs a museum.</summary>
internal sealed class LoadSummary(IAnsiConsole console, RunReport report)
{
    private const int MostNames = 10;
    private const int MostTroubled = 5;

    private readonly Counts _counts = report.Counts;

    public void Print(string location, string database)
    {
        var verb = report.DryRun ? "Tried, with nothing written:" : "Loaded";
        console.MarkupLine($"[bold]{verb}[/] {Show.Text(location)} into {Show.Text(database)}");
        console.WriteLine();
        console.Write(Totals());
        RefusalSummary.Print(console, report);
        PrintObjects();
        PrintLists();
        PrintBalance();
    }

    private Table Totals()
    {
        var table = RefusalSummary.Columns();
        Row("Exhibitions", report.Exhibitions.Read, ExhibitionNote());
        Row("History objects", report.Sources.Count, SourceNote());
        Row("Records read", _counts.Read, "");
        Row("  ratings", _counts.Ratings, "new in the database");
        Row("  calls for help", _counts.Support, "new in the database");
        Row("  already there", _counts.Already, "loaded before, left as they are");
        Row("  quarantined", _counts.Quarantined, "kept aside with the reason, not counted anywhere");
        if (_counts.Skipped > 0)
            Row("  skipped", _counts.Skipped, "by --num-rows; a full load completes them");
        return table;

        void Row(string name, long value, string note) =>
            RefusalSummary.Row(table, name.StartsWith(' ') ? name : $"[bold]{name}[/]", value, note);
    }

    private string ExhibitionNote()
    {
        var e = report.Exhibitions;
        return Listed(
            (e.Created, "new"),
            (e.Changed, "changed"),
            (e.Unchanged, "unchanged"),
            (e.Refused.Count, "refused")
        );
    }

    private string SourceNote() =>
        string.Join(
            ", ",
            report
                .Sources.GroupBy(s => s.State, StringComparer.Ordinal)
                .OrderByDescending(g => g.Count())
                .Select(g => $"{Show.Number(g.Count())} {State(g.Key)}")
        );

    private static string State(string state) =>
        state switch
        {
            "already" => "loaded before",
            "replaced" => "in a new version",
            _ => state,
        };

    // Objects that loaded as usual are left out; those with trouble are listed.
    private void PrintObjects()
    {
        var troubled = report
            .Sources.Where(s => s.State is "failed" or "partial" || s.Counts.Quarantined > 0)
            .OrderByDescending(s => s.Counts.Quarantined)
            .ToList();
        if (troubled.Count == 0)
            return;
        console.WriteLine();
        console.MarkupLine("[bold]Objects to look at[/]");
        foreach (var s in troubled.Take(MostTroubled))
        {
            var (read, _, _, quarantined, _, skipped, _) = s.Counts;
            console.MarkupLine(
                $"  {Show.Text(s.Name)}: {State(s.State)}, {Show.Number(read)} read, "
                    + $"{Listed((quarantined, "quarantined"), (skipped, "skipped"))}"
            );
        }
        More(troubled.Count, MostTroubled);
    }

    private void PrintLists()
    {
        Aside("known", "not loaded: what they hold is there already", "; --again loads them all the same");
        Aside("removed", "not loaded: they were removed", "; --again loads them all the same");
        Aside("damaged", "not loaded: damaged", "");
        Names(
            "with the same presses over and over, like a merge appended to itself; to remove one: museum "
                + "sources remove",
            "yellow",
            report.Repeating.ConvertAll(r =>
                $"{r.Name}: about {Show.Number(r.Repeats)} of {Show.Number(r.Presses)} presses repeat earlier ones of "
                + "the same file"
            ),
            oneLineEach: true
        );
        if (report is { Sources.Count: 0, Aside.Count: 0 })
            console.MarkupLine(
                "\n[yellow]No history here, only exhibitions.[/]"
                    + (
                        report.IgnoredObjects.Exists(name => name.Contains('/'))
                            ? " Folders are read with --recursive."
                            : ""
                    )
            );
        Names("refused exhibition files", "red", report.Exhibitions.Refused, oneLineEach: true);
        Names("vanished from the bucket; their rows stay", "yellow", report.VanishedObjects);
        Names("read without a checksum from the server; the length was right", "yellow", report.UnverifiedObjects);
        Names("ignored: not history or exhibitions of this museum", "grey", report.IgnoredObjects);
    }

    private void Aside(string state, string meaning, string fix) =>
        Names(
            meaning + fix,
            state == "damaged" ? "red" : "yellow",
            [.. report.Aside.Where(a => a.State == state).Select(a => $"{a.Name}: {a.Detail}")],
            oneLineEach: true
        );

    private void Names(string meaning, string colour, List<string> names, bool oneLineEach = false)
    {
        if (names.Count == 0)
            return;
        console.WriteLine();
        console.MarkupLine($"[bold {colour}]{Show.Number(names.Count)} {meaning}[/]");
        var shown = names.Take(MostNames).Select(Show.Text);
        foreach (var line in oneLineEach ? shown : [string.Join(", ", shown)])
            console.Write(new Padder(new Markup(line), new Padding(2, 0, 0, 0)));
        More(names.Count, MostNames);
    }

    private void More(int count, int shown)
    {
        if (count > shown)
            console.MarkupLine($"  [grey]and {Show.Number(count - shown)} more: --json lists all[/]");
    }

    private void PrintBalance()
    {
        var (read, ratings, support, quarantined, already, skipped, _) = _counts;
        var sum =
            $"{Show.Number(read)} read = {Show.Number(ratings)} ratings + {Show.Number(support)} help + "
            + $"{Show.Number(quarantined)} quarantined "
            + $"+ {Show.Number(already)} already there + {Show.Number(skipped)} skipped";
        console.WriteLine();
        console.MarkupLine(report.Balanced ? $"[green]In balance:[/] {sum}" : $"[bold red]OUT OF BALANCE:[/] {sum}");
        var seconds = report.Elapsed.TotalSeconds;
        var run = report.RunId is { } id ? $"Run {id} took" : "Took";
        console.MarkupLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"[grey]{run} {seconds:0.0} s, {read / Math.Max(seconds, 0.001):N0} rows/s[/]"
            )
        );
    }

    private static string Listed(params (long Count, string What)[] parts) =>
        string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{Show.Number(p.Count)} {p.What}"));
}
