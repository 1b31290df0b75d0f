using System.Globalization;

namespace MuseumPipeline.Bench;

/// <summary>One line of the result.</summary>
/// <param name="Museum">What museum did.</param>
/// <param name="Rival">What it is compared with, and what that did.</param>
/// <param name="Ratio">Median, and in brackets the least and the most.</param>
/// <param name="Target">What it should be; empty where the line is for information.</param>
/// <param name="Quote">The same for the last line.</param>
internal sealed record Result(
    string What,
    string Museum,
    string Rival,
    string Ratio,
    string Target,
    bool Met,
    string Quote
);

internal sealed class Report
{
    private static readonly string[] Titles = ["", "museum", "compared with", "ratio (least–most)", "target", ""];
    private readonly List<Result> results = [];

    public void Add(Result result) => results.Add(result);

    /// <summary>A table in Markdown, as docs/performance.md has it, and a line to quote.</summary>
    public void Print(Plan plan)
    {
        if (results.Count == 0)
            return;
        var lines = results
            .Select(r =>
                (string[])
                    [
                        r.What,
                        r.Museum,
                        r.Rival.Replace("|", "to", StringComparison.Ordinal),
                        r.Ratio,
                        r.Target,
                        r.Target.Length == 0 ? ""
                        : r.Met ? "met"
                        : "MISSED",
                    ]
            )
            .Prepend(Titles)
            .ToArray();
        var widths = Enumerable
            .Range(0, Titles.Length)
            .Select(column => lines.Max(line => line[column].Length))
            .ToArray();
        Console.WriteLine();
        foreach (var (line, number) in lines.Select((line, number) => (line, number)))
        {
            Console.WriteLine(
                $"| {string.Join(" | ", line.Select((text, column) => text.PadRight(widths[column])))} |"
            );
            if (number == 0)
                Console.WriteLine($"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|");
        }

        Console.WriteLine();
        var quotes = results.Where(r => r.Quote.Length > 0).Select(r => r.Quote);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"museum, {plan.Rows:N0} rows, {plan.Messages:N0} messages, {Environment.ProcessorCount} cores, "
                    + $"medians of {plan.Runs}: {string.Join("; ", quotes)}."
            )
        );
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Seconds(Spread seconds) => Text($"{seconds.Median:0.00} s");

    public static string Rate(double rows, Spread seconds) => Text($"{rows / seconds.Median:N0} rows/s");

    public static string Ratio(Spread ratio) => Text($"{ratio.Median:0.00} ({ratio.Least:0.00}–{ratio.Most:0.00})");

    public static string Megabytes(long bytes) => Text($"{bytes / 1e6:0} MB");

    public static void Title(string what, string? ours = null, string? theirs = null)
    {
        Console.WriteLine();
        Console.WriteLine(what);
        if (ours is not null)
            Console.WriteLine($"  A: {ours}");
        if (theirs is not null)
            Console.WriteLine($"  B: {theirs}");
    }
}
