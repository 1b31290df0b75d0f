using System.Globalization;
using MuseumPipeline.Model;

namespace MuseumPipeline.Numbers;

/// <summary>A column of a chart by the hour of the day. An hour in which the museum is open only briefly has few
/// presses, and its rate is mostly luck: it is merged with the whole hour beside it. Hours in which the museum is
/// closed are in no column.</summary>
/// <param name="Hour">The whole hour that names it.</param>
/// <param name="Hours">All hours in it, in order.</param>
internal sealed record HourColumn(int Hour, IReadOnlyList<int> Hours, TimeOnly From, TimeOnly To, double OpenHours)
{
    /// <summary>An hour that is open for less than this part of the longest hour is a short one.</summary>
    private const double Short = 0.5;

    /// <summary>As people write it: 09–10, or 17–18:15.</summary>
    public string Name => $"{Clock(From)}–{(To == TimeOnly.MaxValue ? "24" : Clock(To))}";

    /// <summary>As narrow as a picture's column: 09, or 17–18:15 where it is more than the hour.</summary>
    public string Label => Hours.Count == 1 ? From.ToString("HH", CultureInfo.InvariantCulture) : Name;

    public static IReadOnlyList<HourColumn> Of(OpenHours open, Museum museum)
    {
        List<int> hours = [.. Enumerable.Range(0, 24).Where(hour => open.InHour(hour) > 0)];
        var whole = hours.Select(open.InHour).DefaultIfEmpty().Max() * Short;
        // Two adjacent short hours, for a museum that opens for less than an hour, are all there is.
        var homes = hours.ToDictionary(hour => hour, hour => open.InHour(hour) >= whole ? hour : Beside(hour) ?? hour);
        return
        [
            .. homes
                .GroupBy(pair => pair.Value, pair => pair.Key)
                .OrderBy(column => column.Key)
                .Select(column =>
                {
                    List<int> parts = [.. column.Order()];
                    return new HourColumn(
                        column.Key,
                        parts,
                        parts[0] == museum.Opens.Hour ? museum.Opens : new TimeOnly(parts[0], 0),
                        parts[^1] == museum.Closes.Hour ? museum.Closes
                            : parts[^1] == 23 ? TimeOnly.MaxValue
                            : new TimeOnly(parts[^1] + 1, 0),
                        parts.Sum(open.InHour)
                    );
                }),
        ];

        int? Beside(int hour) =>
            IsWhole(hour + 1) ? hour + 1
            : IsWhole(hour - 1) ? hour - 1
            : null;

        bool IsWhole(int hour) => hour is >= 0 and < 24 && open.InHour(hour) is > 0 and var length && length >= whole;
    }

    private static string Clock(TimeOnly time) =>
        time.ToString(time.Minute == 0 ? "HH" : "HH:mm", CultureInfo.InvariantCulture);
}
