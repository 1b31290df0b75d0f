using System.Globalization;
using MuseumPipeline.Load.Streams;
using Spectre.Console;

namespace MuseumPipeline.Commands.Kafka;

/// <summary><c>museum kafka status</c> for people.</summary>
internal sealed class KafkaStatusTable(IAnsiConsole console, KafkaStatus status)
{
    public void Print(string database)
    {
        console.MarkupLine($"Positions in [bold]{Show.Text(database)}[/]");
        console.MarkupLine(
            status.Unanswered is { } why
                ? $"[yellow]Ends and lag as last seen by the consumers, not of this moment:[/] {Show.Text(why)}"
                : $"Ends and lag by the brokers at {Show.Text(status.Brokers!)}"
        );
        console.WriteLine();
        if (status.Partitions.Count == 0)
        {
            console.WriteLine("Nothing was consumed yet: museum consume");
            return;
        }

        Partitions();
        Problems();
        Actions();
        Verdict();
    }

    private void Partitions()
    {
        var table = new Table().NoBorder().AddColumn("[bold]Partition[/]");
        foreach (var title in (string[])["Start", "Position", "End", "Lag"])
            table.AddColumn(new TableColumn($"[bold]{title}[/]") { Alignment = Justify.Right, NoWrap = true });
        table.AddColumn(new TableColumn("[bold]State[/]") { NoWrap = true }).AddColumn("[bold]Owner[/]");
        foreach (var p in status.Partitions)
        {
            table.AddRow(
                Show.Text(Name(p)),
                Show.Number(p.Row.StartOffset),
                Show.Number(p.Row.NextOffset),
                Number(p.End),
                Lag(p),
                State(p),
                Owner(p)
            );
        }

        console.Write(table);
        console.WriteLine();
    }

    private static string Name(PartitionStatus p) => new PartitionName(p.Row.Topic, p.Row.Partition).ToString();

    private static string Number(long? value) => value is { } number ? Show.Number(number) : "?";

    private static string Lag(PartitionStatus p) =>
        p.Lag is 0 ? "0"
        : p.Healthy ? Number(p.Lag)
        : $"[bold red]{Number(p.Lag)}[/]";

    private static string State(PartitionStatus p) =>
        p.State switch
        {
            "consuming" => "[green]consuming[/]",
            "stopped" => "[bold red]stopped[/]",
            var state => p.Healthy ? state : $"[red]{state}[/]",
        };

    private static string Owner(PartitionStatus p)
    {
        if (p.Row.Owner is not { } owner || p.Silence is not { } silence)
            return "none yet";
        var seen = silence <= PartitionStatus.Alive ? "" : $" [yellow]silent for {Duration(silence)}[/]";
        return Show.Text(owner) + seen;
    }

    private static string Duration(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
            { TotalMinutes: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
            { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days"),
        };

    private void Problems()
    {
        foreach (var p in status.Partitions.Where(p => p.Row.Problem is not null || p.Remark is not null))
        {
            if (p.Row.Problem is { } problem)
                console.MarkupLine($"[bold red]stopped:[/] {Show.Text(problem)}");
            else
                console.MarkupLine($"[bold red]{Show.Text(Name(p))}:[/] {Show.Text(p.Remark!)}");
        }

        if (status.Partitions.Any(p => p.Row.Problem is not null || p.Remark is not null))
            console.WriteLine();
    }

    private void Actions()
    {
        if (status.Actions.Count == 0)
            return;
        console.MarkupLine("[bold]What operators did last[/]");
        foreach (var a in status.Actions)
            console.MarkupLine(
                $"  {Show.Time(a.At)} {Show.Text(a.Who)}: {Show.Text(a.Command)} {Show.Text(a.Target)}: "
                    + $"{Show.Text(a.Detail)}"
            );
        console.WriteLine();
    }

    private void Verdict()
    {
        var all = status.Partitions;
        var sum =
            $"{(all.Count == 1 ? "1 partition" : $"{all.Count} partitions")}, {Show.Number(status.Lag)} messages "
            + $"behind";
        if (status.Healthy)
        {
            console.MarkupLine($"[green]Healthy:[/] {sum}");
            return;
        }

        var stopped = all.Count(p => p.State == "stopped");
        var gone = all.Count(p => p.State != "stopped" && p.Remark is not null);
        var unowned = all.Count(p => p is { State: "waiting", Healthy: false, Remark: null });
        var never = all.Count(p => p is { NeverConsumed: true, Healthy: false });
        List<string> needs = [];
        if (status.Brokers is not null && status.Unanswered is not null)
            needs.Add("the brokers do not answer");
        if (stopped > 0)
            needs.Add($"{stopped} stopped until an operator decides");
        if (gone > 0)
            needs.Add($"{gone} without a topic");
        if (unowned > 0)
            needs.Add($"{unowned} behind without a consumer (museum consume)");
        if (never > 0)
            needs.Add($"{never} that no consumer has ever read (museum consume)");
        console.MarkupLine($"[bold red]NOT HEALTHY:[/] {sum}; {string.Join(", ", needs)}");
    }
}
