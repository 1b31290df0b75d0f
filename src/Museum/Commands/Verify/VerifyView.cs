using System.Globalization;
using MuseumPipeline.Load.Verify;
using Spectre.Console;

namespace MuseumPipeline.Commands.Verify;

/// <summary>The result of a verification, for people: a sentence that can be filed, or what is wrong and
/// where.</summary>
internal sealed class VerifyView(IAnsiConsole console, VerifyReport report)
{
    private const int MostShown = 20;

    public void Print(string database)
    {
        if (report.Wrong > 0)
            PrintDifferences(database);
        else
            console.MarkupLine(Show.Text(Sentence(database)));
        if (report.Unread.Count > 0)
        {
            console.WriteLine();
            console.MarkupLine($"[bold yellow]Not read again[/] [grey](their rows were only counted)[/]");
            foreach (var source in report.Unread.Take(MostShown))
                console.MarkupLine($"  {source.Id} {Show.Text(source.Source)}: {Show.Text(source.Why)}");
            More(report.Unread.Count);
        }

        if (report.Retired > 0)
            console.MarkupLine(
                $"{Show.Number(report.Retired)} records are retired (museum db retain): only their counts were compared"
            );
        if (report.WouldPass > 0)
            console.MarkupLine(
                $"{Show.Number(report.WouldPass)} held records would pass today's rules: museum quarantine replay --all"
            );
        console.MarkupLine(
            string.Create(CultureInfo.InvariantCulture, $"[grey]Took {report.Elapsed.TotalSeconds:0.0} s[/]")
        );
    }

    private string Sentence(string database)
    {
        var at = report.At.ToString("d MMMM yyyy 'at' HH:mm 'UTC'", CultureInfo.GetCultureInfo("en-GB"));
        if (report.Sources.Count == 0)
            return report.Unread.Count > 0
                ? $"On {at} nothing could be verified in {database}: no source could be read again."
                : $"On {at} there was nothing to verify in {database}.";
        var each = report.Sampled ? "each of the records that were compared" : "every one";
        var books = report.Sampled ? "" : " The ledger and the hourly counts agree with them.";
        return $"On {at} {Number(report.Compared)} records of {Number(report.Sources.Count)} "
            + $"{(report.Sources.Count == 1 ? "source" : "sources")} were read again and compared with {database}: "
            + $"{each} is there exactly once, as it was sent ({Number(report.Ratings)} ratings, "
            + $"{Number(report.Support)} calls for help, {Number(report.Refused)} kept aside with the reason).{books}";
    }

    private void PrintDifferences(string database)
    {
        console.MarkupLine(
            $"[bold red]{Show.Number(report.Wrong)} differences[/] between {Show.Text(database)} and the sources, "
                + $"{Show.Number(report.Compared)} records compared"
        );
        foreach (var (kind, count) in report.Kinds)
            console.MarkupLine($"  {Show.Text(kind)} {Show.Number(count)}");
        console.WriteLine();
        foreach (var difference in report.Differences.Take(MostShown))
            console.MarkupLine(
                $"[red]{Show.Text(difference.Kind)}[/] {Show.Text(difference.Place)}: {Show.Text(difference.Detail)}"
            );
        More(report.Wrong);
    }

    private void More(long count)
    {
        if (count > MostShown)
            console.MarkupLine($"[grey]and {Show.Number(count - MostShown)} more: --json lists them[/]");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
