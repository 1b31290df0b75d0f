using MuseumPipeline.Load;
using MuseumPipeline.Model;
using Spectre.Console;

namespace MuseumPipeline.Commands.Load;

/// <summary>What a run refused, for somebody who runs a museum: by reason, and whether calls for help may be among
/// them.</summary>
internal static class RefusalSummary
{
    public static void Print(IAnsiConsole console, RunReport report)
    {
        if (report.Reasons.Count > 0)
        {
            var table = Columns();
            foreach (var (code, count) in report.Reasons.OrderByDescending(r => r.Value))
                table.AddRow(
                    new Markup($"  {Show.Text(code)}"),
                    new Markup(Show.Number(count)),
                    new Markup($"[grey]{Markup.Escape(ReasonMeanings.Of(code))}[/]")
                );
            console.WriteLine();
            console.MarkupLine("[bold]Quarantined, by reason[/]  [grey](museum quarantine list)[/]");
            console.Write(table);
        }

        if (report.Counts.PossibleHelp > 0)
        {
            console.WriteLine();
            console.MarkupLine(
                $"[bold yellow]! {Show.Number(report.Counts.PossibleHelp)} of them may have been calls for "
                    + $"help.[/] Look: museum quarantine list --possible-help"
            );
        }
    }

    /// <summary>A name, a number, a note.</summary>
    public static Table Columns() =>
        new Table().NoBorder().HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("");

    /// <param name="name">Markup.</param>
    /// <param name="note">Left out if the number is zero.</param>
    public static void Row(Table table, string name, long value, string note) =>
        table.AddRow(
            new Markup(name),
            new Markup(Show.Number(value)),
            new Markup($"[grey]{(value == 0 ? "" : Markup.Escape(note))}[/]")
        );
}
