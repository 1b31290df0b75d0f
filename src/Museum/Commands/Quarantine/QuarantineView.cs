using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using Spectre.Console;

namespace MuseumPipeline.Commands.Quarantine;

/// <summary>Shows held records to a person.</summary>
internal sealed class QuarantineView(IAnsiConsole console)
{
    private const int MostOfRaw = 4000;

    public void PrintList(IReadOnlyList<ReasonCount> counts, IReadOnlyList<QuarantineRow> rows, int most)
    {
        if (counts.Count == 0)
            console.WriteLine("Nothing is held in quarantine.");
        else
            PrintCounts(counts);
        if (rows.Count == 0)
            return;
        console.WriteLine();
        foreach (var row in rows)
            PrintRow(row);
        if (rows.Count == most)
            console.MarkupLine(
                $"[grey]The first {Show.Number(most)}; --most N shows more, museum quarantine export FILE writes "
                    + $"all.[/]"
            );
    }

    private void PrintCounts(IReadOnlyList<ReasonCount> counts)
    {
        console.MarkupLine($"[bold]{Show.Number(counts.Sum(c => c.Count))} records held in quarantine[/]");
        var table = new Table()
            .NoBorder()
            .HideHeaders()
            .AddColumn("")
            .AddColumn(new TableColumn("").RightAligned())
            .AddColumn("");
        foreach (var count in counts.OrderByDescending(c => c.Count))
            table.AddRow(
                new Markup("  " + Show.Text(count.Reason.Code())),
                new Markup(Show.Number(count.Count)),
                new Markup($"[grey]{Show.Text(ReasonMeanings.Of(count.Reason))}[/]")
            );
        console.Write(table);
        if (counts.Sum(c => c.PossibleHelp) is > 0 and var help)
            console.MarkupLine(
                $"[bold yellow]! {Show.Number(help)} of them may have been calls for help[/] [grey](--possible-help)[/]"
            );
    }

    // Two lines: where and why, then what arrived.
    private void PrintRow(QuarantineRow row)
    {
        var help = row.PossibleHelp ? " [bold yellow]possible call for help[/]" : "";
        var state = row.State == "held" ? "" : $" [grey]({Show.Text(StateOf(row))})[/]";
        console.MarkupLine(
            $"[bold]{row.Id}[/]  {row.Reason.Code()}  {Show.Text(row.Place)}, {SiteOf(row)}{state}{help}"
        );
        var width = Math.Max(console.Profile.Width - 6, 20);
        console.MarkupLine(
            $"    [grey]{Markup.Escape(SafeText.Cut(SafeText.Of(row.Raw.AsSpan(0, Math.Min(row.Raw.Length, 1000))), width))}[/]"
        );
    }

    public void PrintOne(QuarantineRow row)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn());
        Line("record", row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Line("reason", $"{row.Reason.Code()}: {ReasonMeanings.Of(row.Reason)}");
        Line("detail", row.Detail);
        if (row.PossibleHelp)
            grid.AddRow(
                new Markup("[bold yellow]help[/]"),
                new Markup("[bold yellow]may have been a call for help[/]")
            );
        Line("place", row.Place);
        Line("source", $"{row.SourceName} in {row.Location}, version {row.SourceVersion}");
        Line("site", row.Site ?? "unreadable");
        Line("pressed", row.At is { } at ? Show.Time(at) : "unreadable");
        Line("received", Show.Time(row.ReceivedAt));
        Line("state", row.ResolvedAt is { } resolved ? $"{StateOf(row)} at {Show.Time(resolved)}" : row.State);
        console.Write(grid);
        console.WriteLine();
        console.MarkupLine($"[bold]As it arrived[/] [grey]({Show.Number(row.RawLength)} bytes)[/]");
        console.WriteLine(SafeText.Cut(SafeText.Of(row.Raw.AsSpan(0, Math.Min(row.Raw.Length, MostOfRaw))), MostOfRaw));
        if (row.RawLength > MostOfRaw)
            console.MarkupLine("[grey]cut; museum quarantine export FILE.ndjson writes all that is kept[/]");

        void Line(string name, string value) =>
            grid.AddRow(new Markup($"[bold]{name}[/]"), new Markup(Show.Text(value)));
    }

    private static string SiteOf(QuarantineRow row) =>
        row.Site is { } site ? $"site {Show.Text(SafeText.Cut(site, 20))}" : "[grey]no site[/]";

    private static string StateOf(QuarantineRow row) => row.Discarded is { } why ? $"discarded: {why}" : row.State;

    /// <param name="retired">Records that were held and are retired.</param>
    public void PrintReplay(ReplayReport report, long retired)
    {
        var verb = report.DryRun ? "Judged again, with nothing written" : "Judged again";
        console.MarkupLine($"[bold]{verb}:[/] {Show.Number(report.Replayed)} records");
        console.MarkupLine(
            $"  {Show.Number(report.Ratings)} ratings and {Show.Number(report.Support)} calls for help "
                + $"{(report.DryRun ? "would be loaded" : "loaded")}"
        );
        console.MarkupLine($"  {Show.Number(report.StillRefused)} stay in quarantine");
        foreach (var (code, count) in report.Reasons.OrderByDescending(r => r.Value))
            console.MarkupLine(
                $"    {Show.Text(code)} {Show.Number(count)}  [grey]{Show.Text(ReasonMeanings.Of(code))}[/]"
            );
        if (retired > 0)
            console.MarkupLine(
                $"  {Show.Number(retired)} more are retired (museum db retain): their bytes are not here, so they cannot "
                    + "be judged again"
            );
    }
}
