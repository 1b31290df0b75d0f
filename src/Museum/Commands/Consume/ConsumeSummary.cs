using System.Globalization;
using MuseumPipeline.Commands.Load;
using MuseumPipeline.Load;
using Spectre.Console;

namespace MuseumPipeline.Commands.Consume;

/// <summary>What was consumed, for somebody who runs a museum.</summary>
internal sealed class ConsumeSummary(IAnsiConsole console, RunReport report)
{
    public void Print(string from, string into)
    {
        var counts = report.Counts;
        console.MarkupLine(
            $"[bold]{(report.DryRun ? "Tried, with nothing written:" : "Consumed")}[/] {Show.Text(from)} into "
                + $"{Show.Text(into)}"
        );
        console.WriteLine();
        var table = RefusalSummary.Columns();
        Row("[bold]Messages read[/]", counts.Read, "");
        Row("  ratings", counts.Ratings, "new in the database");
        Row("  calls for help", counts.Support, "new in the database");
        if (counts.Already > 0)
            Row("  already there", counts.Already, "loaded before, left as they are");
        Row("  quarantined", counts.Quarantined, "kept aside with the reason, not counted anywhere");
        console.Write(table);
        RefusalSummary.Print(console, report);
        var sum =
            $"{Show.Number(counts.Read)} read = {Show.Number(counts.Ratings)} ratings + "
            + $"{Show.Number(counts.Support)} help + {Show.Number(counts.Quarantined)} quarantined + "
            + $"{Show.Number(counts.Already)} already there";
        console.MarkupLine(
            report.Balanced ? $"\n[green]In balance:[/] {sum}" : $"\n[bold red]OUT OF BALANCE:[/] {sum}"
        );
        var seconds = report.Elapsed.TotalSeconds;
        var run = report.RunId is { } id ? $"Run {id} took" : "Took";
        console.MarkupLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"[grey]{run} {seconds:0.0} s, {counts.Read / Math.Max(seconds, 0.001):N0} messages/s[/]"
            )
        );

        void Row(string name, long value, string note) => RefusalSummary.Row(table, name, value, note);
    }
}
