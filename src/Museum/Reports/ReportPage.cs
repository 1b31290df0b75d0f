using System.Globalization;
using MuseumPipeline.Numbers;

namespace MuseumPipeline.Reports;

/// <summary>The sheet of paper for both reports: one file, no script, nothing to fetch.</summary>
internal static class ReportPage
{
    private const string Style = """
        :root { --ink: #16202b; --muted: #5a6673; --line: #d9dfe5; --soft: #f4f7f8; --accent: #0b6470; --alert: #a8201a; --good: #1d6b3a; }
        * { box-sizing: border-box; }
        html { background: #e9edf0; }
        body { margin: 8mm auto; width: 210mm; min-height: 296mm; padding: 13mm 15mm 10mm; background: #fff; color: var(--ink); display: flex; flex-direction: column; gap: 4.6mm;
               font: 8.8pt/1.4 "Inter", "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        header { display: flex; justify-content: space-between; align-items: flex-end; gap: 8mm; border-bottom: .7mm solid var(--ink); padding-bottom: 3mm; }
        h1 { font-size: 22pt; line-height: 1.08; letter-spacing: -.025em; margin: .8mm 0 0; font-weight: 700; }
        h2 { font-size: 9.6pt; line-height: 1.25; margin: 0 0 1.6mm; font-weight: 650; letter-spacing: -.005em; }
        p { margin: 0; }
        .over { font-size: 8pt; color: var(--accent); font-weight: 650; letter-spacing: .015em; overflow-wrap: anywhere; }
        .when { text-align: right; white-space: nowrap; color: var(--muted); }
        .when b { display: block; color: var(--ink); font-size: 11.5pt; }
        .lead { font-size: 10.4pt; line-height: 1.46; max-width: 172mm; overflow-wrap: anywhere; }
        .figures { display: grid; grid-template-columns: repeat(4, 1fr); border: solid var(--line); border-width: .25mm 0; }
        .figures div { padding: 2.4mm 3mm; border-left: .25mm solid var(--line); }
        .figures div:first-child { border-left: 0; padding-left: 0; }
        .figures b { display: block; font-size: 19pt; line-height: 1.1; letter-spacing: -.02em; font-weight: 650; }
        .figures span { display: block; color: var(--muted); font-size: 7.8pt; line-height: 1.32; }
        .figures .name { color: var(--ink); font-weight: 600; font-size: 8.4pt; }
        .alert { color: var(--alert); }
        .two { display: grid; grid-template-columns: 1.62fr 1fr; gap: 8mm; }
        .even { grid-template-columns: 1fr 1fr; }
        .three { display: grid; grid-template-columns: 1.85fr .85fr 1.2fr; gap: 5mm; }
        table { border-collapse: collapse; width: 100%; font-size: 8.3pt; line-height: 1.3; }
        th { text-align: left; font-weight: 600; color: var(--muted); font-size: 7.5pt; padding: 0 2mm 1mm 0; vertical-align: bottom; }
        td { border-top: .2mm solid var(--line); padding: .95mm 2mm .95mm 0; vertical-align: middle; white-space: nowrap; }
        td.one { max-width: 46mm; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        td.few { max-width: 17mm; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        th.n, td.n { text-align: right; }
        td small, .muted { color: var(--muted); font-size: 7.6pt; }
        .more, .worse { color: var(--alert); font-weight: 600; } .fewer, .better { color: var(--good); font-weight: 600; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text { font-family: inherit; fill: var(--ink); }
        footer { margin-top: auto; border-top: .25mm solid var(--line); padding-top: 2mm; color: var(--muted); font-size: 7.2pt; line-height: 1.4; }
        @page { size: A4 portrait; margin: 0; }
        @media print { html { background: #fff; } body { margin: 0; } }
        @media screen and (max-width: 160mm) { body { width: auto; margin: 0; padding: 6mm; } .two, .three, .figures { grid-template-columns: 1fr; } }
        """;

    public static string Of(
        string title,
        string reader,
        ReportWeek week,
        Selection selection,
        Markup content,
        Markup methods
    )
    {
        var museum = selection.Cube.Museum;
        return Markup
            .Of(
                $"""
                <!doctype html>
                <html lang="en-GB">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
                <title>{title}, {week.ToString()}, {museum.Name}</title>
                <style>
                {Css}
                </style>
                </head>
                <body>
                <header>
                <div><p class="over">{museum.Name}</p><h1>{title}</h1></div>
                <p class="when"><b>Week {week.Week}, {week.Year}</b>{week.Days()}<br>{(
                    Until(selection) is { } until ? Markup.Of($"so far, until {until}<br>") : Markup.Of($"")
                )}{reader}</p>
                </header>
                {content}
                <footer>{methods} Times are those of {museum.TimeZone}. Made on {TimeZoneInfo.ConvertTime(
                    selection.Now,
                    selection.Cube.Zone
                ):d MMMM yyyy, HH:mm} from {Newest(selection)}.</footer>
                </body>
                </html>

                """
            )
            .ToString();
    }

    private static readonly Markup Css = Markup.Trusted(Style);

    /// <summary>Replaces a report: if nothing was recorded, nothing may suggest that all is well.</summary>
    public static string Nothing(string title, string reader, ReportWeek week, Selection selection)
    {
        var ahead = selection.Cube.DayOf(selection.Now) < selection.From;
        var known = selection.Cube is { FirstPress: { } first, LastPress: { } last }
            ? $"The presses there are begin on {Time(first, selection)} and end on {Time(last, selection)}."
            : "There is no press of this museum in the database at all.";
        return Of(
            title,
            reader,
            week,
            selection,
            Markup.Of(
                $"""
                <p class="lead">Nothing was recorded in this week. {(ahead ? "It has not begun yet." : "")} {known}</p>
                <p>{(
                    ahead
                        ? ""
                        : "This does not mean that nobody wanted to press a button: the museum may have been closed, its kiosks may be off, or a file or the stream may not be loaded yet."
                )}</p>
                """
            ),
            Markup.Of($"")
        );
    }

    /// <summary>Whether any button was pressed, on any of its days.</summary>
    public static bool Heard(Selection selection, DateOnly from, DateOnly to) =>
        selection.Exhibitions.Any(e => !e.Between(from, to).IsEmpty);

    /// <summary>Such as <c>Tuesday 19:45</c>, if the week is not over yet.</summary>
    public static string? Until(Selection selection)
    {
        var now = TimeZoneInfo.ConvertTime(selection.Now, selection.Cube.Zone);
        var today = DateOnly.FromDateTime(now.DateTime);
        return today < selection.From || today > selection.To
            ? null
            : now.ToString("dddd HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>A week that was recorded only in part must not look like a quiet one.</summary>
    public static string DaysHeard(Selection selection)
    {
        var days = new HashSet<DateOnly>();
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
                days.Add(cell.Day);
        }

        var begun = Math.Clamp(selection.Cube.DayOf(selection.Now).DayNumber - selection.From.DayNumber + 1, 0, 7);
        return days.Count == 0 || days.Count >= begun
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Only {days.Count} of the {begun} days{(begun < 7 ? " so far" : "")} "
                    + $"{(days.Count == 1 ? "has" : "have")} any press at all."
            );
    }

    /// <summary>How many were left out.</summary>
    public static Markup More(int count, string what) =>
        count > 0
            ? Markup.Of($"<p class=\"muted\">and {count} more {what}{(count == 1 ? "" : "s")}, in the dashboard</p>")
            : Markup.Of($"");

    private static string Newest(Selection selection) =>
        selection.Cube.LastPress is { } last ? $"presses up to {Time(last, selection)}" : "a database without a press";

    private static string Time(DateTimeOffset at, Selection selection) =>
        TimeZoneInfo.ConvertTime(at, selection.Cube.Zone).ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);
}
