using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.Safety;

/// <summary>How soon calls for help were answered and resolved.</summary>
/// <param name="Answered">Somebody went, or they were resolved at once.</param>
/// <param name="Unanswered">Including those still waiting.</param>
/// <param name="Resolved">Without calls acknowledged before resolving was a separate action.</param>
/// <param name="Outcomes">What they turned out to be, most frequent first.</param>
/// <param name="Weeks">By the museum's own ISO weeks, without weeks that have no call.</param>
internal sealed record ResponseTimes(
    int Answered,
    int Unanswered,
    double? MedianSeconds,
    double? P90Seconds,
    IReadOnlyList<ResponseWeek> Weeks,
    int Resolved,
    double? MedianResolutionSeconds,
    double? P90ResolutionSeconds,
    IReadOnlyList<OutcomeCount> Outcomes
)
{
    public static ResponseTimes Of(IReadOnlyCollection<HelpResponse> responses, TimeZoneInfo zone)
    {
        var (seconds, resolved) = (Seconds(responses), Resolutions(responses));
        var weeks = responses
            .GroupBy(r => Days.WeekOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(r.At, zone).DateTime)))
            .OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(week => (week.Key, Calls: week.Count(), Seconds: Seconds(week), Resolved: Resolutions(week)));
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
                    Quantile(w.Seconds, 0.5),
                    w.Resolved.Length,
                    Quantile(w.Resolved, 0.5)
                )),
            ],
            resolved.Length,
            Quantile(resolved, 0.5),
            Quantile(resolved, 0.9),
            [
                .. responses
                    .Where(r => r.ResolvedAt is not null)
                    .GroupBy(r => r.Outcome ?? "", StringComparer.Ordinal)
                    .OrderByDescending(o => o.Count())
                    .ThenBy(o => o.Key, StringComparer.Ordinal)
                    .Select(o => new OutcomeCount(o.Key.Length == 0 ? null : o.Key, o.Count())),
            ]
        );
    }

    private static double[] Seconds(IEnumerable<HelpResponse> responses) => Sorted(responses, r => r.AnsweredAt);

    private static double[] Resolutions(IEnumerable<HelpResponse> responses) => Sorted(responses, r => r.ResolvedAt);

    private static double[] Sorted(IEnumerable<HelpResponse> responses, Func<HelpResponse, DateTimeOffset?> end) =>
        [
            .. responses
                .Select(r => Incident.ResponseOf(r.At, end(r)))
                .OfType<TimeSpan>()
                .Select(time => time.TotalSeconds)
                .Order(),
        ];

    /// <summary>Interpolates between two neighbours, as spreadsheets do.</summary>
    private static double? Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
            return null;
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 < sorted.Length ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }
}

internal sealed record ResponseWeek(
    string Week,
    int Answered,
    int Unanswered,
    double? MedianSeconds,
    int Resolved,
    double? MedianResolutionSeconds
);

/// <param name="Outcome">Null: none was given.</param>
internal sealed record OutcomeCount(string? Outcome, int Calls);
