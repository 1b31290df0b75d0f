using System.Globalization;

namespace MuseumPipeline.Reports;

/// <summary>Charts in SVG. Every number in them is also in a table's text, or printed on them.</summary>
internal static class Charts
{
    /// <summary>The smallest readable type in a heat map: between 4 and 5 points on the sheet.</summary>
    private const double Smallest = 1.6;

    /// <summary>A row a name, a column an hour; the higher the rate, the darker. The numbers are presses, as large as
    /// the columns allow, or left out.</summary>
    /// <param name="before">Put before a short row name.</param>
    /// <param name="rate">By a row's name and a column's place. Null if there is nothing to divide by.</param>
    public static Markup Heat(
        IReadOnlyList<string> rows,
        IReadOnlyList<string> columns,
        Func<string, int, (long Presses, double? Rate)> rate,
        string label,
        string before = ""
    )
    {
        const double Left = 18,
            Top = 5,
            Width = 100,
            Height = 7.4;
        var wide = (Width - Left) / Math.Max(1, columns.Count);
        var digits = Fitting(
            rows.SelectMany(_ => Enumerable.Range(0, columns.Count), (row, x) => rate(row, x).Presses)
                .DefaultIfEmpty(0)
                .Max()
                .ToString(CultureInfo.InvariantCulture)
                .Length,
            wide - 0.9,
            2.7
        );
        var highest = rows.SelectMany(_ => Enumerable.Range(0, columns.Count), (row, x) => rate(row, x).Rate ?? 0)
            .DefaultIfEmpty(0)
            .Max();
        var cells = rows.SelectMany(
            (row, y) =>
                columns.Select(
                    (_, x) =>
                    {
                        var (presses, value) = rate(row, x);
                        var share = highest > 0 && value is { } v ? v / highest : 0;
                        var number =
                            digits < Smallest
                                ? Markup.Of($"")
                                : Markup.Of(
                                    $"""
                                    <text x="{Left + (x * wide) + ((wide - 0.4) / 2):0.##}" y="{Top
                                        + (y * Height)
                                        + 3.5
                                        + (
                                            0.37 * digits
                                        ):0.##}" font-size="{digits:0.##}" text-anchor="middle" style="fill:{(
                                        share > 0.5 ? "#fff" : "#16202b"
                                    )}">{(
                                        value is null && presses == 0
                                            ? "–"
                                            : presses.ToString(CultureInfo.InvariantCulture)
                                    )}</text>
                                    """
                                );
                        return Markup.Of(
                            $"""
                            <rect x="{Left + (x * wide):0.##}" y="{Top + (y * Height):0.##}" width="{wide
                                - 0.4:0.##}" height="{Height - 0.4:0.##}" rx=".6" fill="{Shade(share)}"/>{number}
                            """
                        );
                    }
                )
        );
        var names = rows.Select(
            (row, y) =>
                Markup.Of(
                    $"""<text x="0" y="{Top + (y * Height) + 4.6:0.##}" font-size="2.8">{(row.Length <= 3 ? before : "")}{Short(row)}</text>"""
                )
        );
        var hours = columns.Select(
            (name, x) =>
                Markup.Of(
                    $"""<text x="{Left + (x * wide) + ((wide - 0.4) / 2):0.##}" y="3.4" font-size="{Fitting(name.Length, wide - 0.3, 2.6):0.##}" text-anchor="middle" style="fill:#5a6673">{name}</text>"""
                )
        );
        return Markup.Of(
            $"""<svg viewBox="0 0 {Width} {Top + (rows.Count * Height):0.##}" role="img" aria-label="{label}">{Markup.All(hours)}{Markup.All(names)}{Markup.All(cells)}</svg>"""
        );
    }

    /// <summary>The type size in which this many digits fit a width. 0.64: the widest of the typefaces a reader may
    /// have.</summary>
    private static double Fitting(int digits, double width, double most) => Math.Min(most, width / (0.64 * digits));

    /// <summary>A point and its interval on a scale from 0.</summary>
    public static Markup Interval(double? value, double? low, double? high, double most, double? mark = null)
    {
        if (value is not { } at || most <= 0)
            return Markup.Of($"");
        double X(double v) => Math.Clamp(v / most, 0, 1) * 58 + 1;
        var bar =
            low is { } l && high is { } h
                ? Markup.Of(
                    $"""<line x1="{X(l):0.##}" x2="{X(h):0.##}" y1="3" y2="3" stroke="#0b6470" stroke-width="1.5" stroke-opacity=".38" stroke-linecap="round"/>"""
                )
                : Markup.Of($"");
        var line = mark is { } m
            ? Markup.Of(
                $"""<line x1="{X(m):0.##}" x2="{X(m):0.##}" y1="0" y2="6" stroke="#5a6673" stroke-width=".35" stroke-dasharray="1 .7"/>"""
            )
            : Markup.Of($"");
        return Markup.Of(
            $"""<svg viewBox="0 0 60 6" aria-hidden="true"><line x1="1" x2="59" y1="3" y2="3" stroke="#d9dfe5" stroke-width=".4"/>{line}{bar}<circle cx="{X(at):0.##}" cy="3" r="1.55" fill="#0b6470"/></svg>"""
        );
    }

    /// <summary>The scale's colours, from the worst to the best; a longer scale has intermediate ones too.</summary>
    private static readonly int[] Scale = [0xb5473c, 0xe0a58f, 0xd9dfe5, 0x82b5b3, 0x0b6470];

    /// <summary>Shares of the ratings, the worst on the left.</summary>
    public static Markup Shares(IReadOnlyList<long> votes)
    {
        var all = votes.Sum();
        if (all == 0)
            return Markup.Of($"");
        var x = 0.0;
        return Markup.Of(
            $"""
            <svg viewBox="0 0 60 5" aria-hidden="true">{Markup.All(votes.Select((count, value) =>
        {
            var wide = 60.0 * count / all;
            var piece = Markup.Of($"""<rect x="{x:0.##}" y="0" width="{Math.Max(0, wide - 0.25):0.##}" height="5" fill="{Colour(value, votes.Count - 1)}"/>""");
            x += wide;
            return piece;
        }))}</svg>
            """
        );
    }

    private static string Colour(int value, int best)
    {
        var place = (double)value / best * (Scale.Length - 1);
        var lower = Math.Min((int)place, Scale.Length - 2);
        int Mix(int shift)
        {
            var (from, to) = ((Scale[lower] >> shift) & 0xff, (Scale[lower + 1] >> shift) & 0xff);
            return (int)Math.Round(from + ((to - from) * (place - lower)));
        }

        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(16):x2}{Mix(8):x2}{Mix(0):x2}");
    }

    /// <summary>From paper to the accent, evenly.</summary>
    private static string Shade(double share)
    {
        int Mix(int from, int to) => (int)Math.Round(from + ((to - from) * Math.Sqrt(share)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"#{Mix(0xf0, 0x0b):x2}{Mix(0xf4, 0x64):x2}{Mix(0xf5, 0x70):x2}"
        );
    }

    private static string Short(string name) => name.Length <= 12 ? name : name[..11] + "…";
}
