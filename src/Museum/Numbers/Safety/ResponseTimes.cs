using System.Globalization;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>How soon calls for help were answered.</summary>
/// <param name="Unanswered">Those that wait still among them.</param>
/// <param name="Weeks">By the museum's own ISO weeks, those without a call left out.</param>
internal sealed record ResponseTimes(
    int Answered,
    int Unanswered,
    double? MedianSeconds,
    double? P90Seconds,
    IReadOnlyList<ResponseWeek> Weeks
)
{
    public static ResponseTimes Of(IReadOnlyCollection<HelpResponse> responses, TimeZoneInfo zone)
    {
        var seconds = Seconds(responses);
        var weeks = responses
            .GroupBy(r => WeekOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(r.At, zone).DateTime)))
            .OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(week => (week.Key, Calls: week.Count(), Seconds: Seconds(week)));
        return new(
            seconds.Length,
            responses.Count - seconds.Length,
            Quantile(seconds, 0.5),
            Quantile(seconds, 0.9),
            [
                .. weeks.Select(w => new ResponseWeek(
                    w.Key,
                    w.Seconds.Length,
                    w.Calls - w.Seconds.Length,
                    Quantile(w.Seconds, 0.5)
                )),
            ]
        );
    }

    /// <summary>As <c>2023-W10</c>: the year is that of the week.</summary>
    public static string WeekOf(DateOnly day) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ISOWeek.GetYear(day.ToDateTime(default))}-W{ISOWeek.GetWeekOfYear(day.ToDateTime(default)):00}"
        );

    private static double[] Seconds(IEnumerable<HelpResponse> responses) =>
        [
            .. responses
                .Select(r => Incident.ResponseOf(r.At, r.AnsweredAt))
                .OfType<TimeSpan>()
                .Select(time => time.TotalSeconds)
                .Order(),
        ];

    /// <summary>Between two neighbours by their distance, as spreadsheets do.</summary>
    private static double? Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
            return null;
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 < sorted.Length ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }
}

internal sealed record ResponseWeek(string Week, int Answered, int Unanswered, double? MedianSeconds);
