using System.Globalization;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;

namespace MuseumPipeline.Reports;

/// <summary>An ISO week, Monday to Sunday.</summary>
internal readonly partial record struct ReportWeek(int Year, int Week)
{
    public DateOnly Monday => DateOnly.FromDateTime(ISOWeek.ToDateTime(Year, Week, DayOfWeek.Monday));

    public DateOnly Sunday => Monday.AddDays(6);

    /// <summary>The newest week that is over.</summary>
    public static ReportWeek Before(DateOnly today)
    {
        var day = today.AddDays(-7).ToDateTime(TimeOnly.MinValue);
        return new(ISOWeek.GetYear(day), ISOWeek.GetWeekOfYear(day));
    }

    /// <exception cref="MuseumException">There is no such week.</exception>
    public static ReportWeek Parse(string text)
    {
        var match = Shape().Match(text);
        if (match.Success)
        {
            var week = new ReportWeek(
                int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            );
            if (week is { Year: > 1900 and < 2999, Week: >= 1 } && week.Week <= ISOWeek.GetWeeksInYear(week.Year))
                return week;
        }

        throw new MuseumException(
            ExitCode.Usage,
            $"--week: found '{text}', expected an ISO week such as 2023-W10, or last"
        );
    }

    /// <summary>Such as <c>6 to 12 March 2023</c>.</summary>
    public string Days()
    {
        var first =
            Monday.Year != Sunday.Year ? "d MMMM yyyy"
            : Monday.Month != Sunday.Month ? "d MMMM"
            : "%d";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Monday.ToString(first, CultureInfo.InvariantCulture)} to "
                + $"{Sunday.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}"
        );
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year}-W{Week:00}");

    [GeneratedRegex(@"\A([0-9]{4})-W([0-9]{2})\z")]
    private static partial Regex Shape();
}
