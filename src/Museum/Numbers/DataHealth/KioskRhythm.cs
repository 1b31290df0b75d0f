using System.Globalization;

namespace MuseumPipeline.Numbers.DataHealth;

internal enum KioskState
{
    Ok,

    /// <summary>Silent for longer than in all but one of 200 of its gaps.</summary>
    Quiet,

    /// <summary>Silent for longer than in all but one of 100,000 gaps: it is off, blocked or broken.</summary>
    Silent,

    NeverHeard,

    /// <summary>The museum is closed: nothing is expected.</summary>
    Closed,
}

/// <summary>Whether a kiosk's silence is unusual for it. Its rhythm is its presses per hour of the day in the 28 days
/// up to its last press, so that a long silence does not lower the expectation. The presses expected in the opening
/// time since then add up to <c>n</c>; a kiosk that works as usual stays silent through <c>n</c> expected presses once
/// in <c>e^n</c> gaps.</summary>
/// <param name="SilentSeconds">Opening time since the last press.</param>
/// <param name="UsualGapSeconds">Between two presses at this hour of the day; null if it never was open at that
/// hour.</param>
/// <param name="Expected">Presses that should have come in that time.</param>
internal sealed record KioskRhythm(
    KioskState State,
    double? SilentSeconds,
    double? UsualGapSeconds,
    double Expected,
    string Explanation
)
{
    internal const int RhythmDays = 28;

    /// <summary>Each hour of the day starts with two opening hours of the kiosk's average: one accident at that hour is
    /// not a rhythm.</summary>
    private const double Prior = 2;

    /// <summary>Silences longer than this need no calculation.</summary>
    private const int MostDays = 366;

    private static readonly double QuietAt = Math.Log(200);

    internal static readonly double SilentAt = Math.Log(100_000);

    /// <param name="lastPress">Its newest press; null if it has none.</param>
    public static KioskRhythm Of(
        MuseumCube cube,
        ExhibitionHours exhibition,
        DateTimeOffset? lastPress,
        DateTimeOffset now
    )
    {
        if (lastPress is not { } last)
            return new(KioskState.NeverHeard, null, null, 0, "nothing was ever heard of it");
        var rates = Rates(cube, exhibition, cube.DayOf(last));
        var (open, expected) = Since(cube, last, now, rates);
        var rate = rates[TimeZoneInfo.ConvertTime(now, cube.Zone).Hour];
        double? gap = rate > 0 ? 3600 / rate : null;
        if (!MuseumRhythm.IsOpen(cube, now))
            return new(
                KioskState.Closed,
                open.TotalSeconds,
                gap,
                expected,
                $"the museum is closed until {cube.Museum.Opens:HH:mm}"
            );
        var state =
            expected >= SilentAt ? KioskState.Silent
            : expected >= QuietAt ? KioskState.Quiet
            : KioskState.Ok;
        return new(state, open.TotalSeconds, gap, expected, Explain(state, open, expected));
    }

    private static string Explain(KioskState state, TimeSpan open, double expected)
    {
        if (state is KioskState.Ok)
            return "heard as usual";
        var usual = expected.ToString(expected < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
        var found = $"no press in {Duration(open)} of opening time, in which {usual} are usual";
        return state is KioskState.Silent
            ? $"{found}: a working kiosk is not silent for so long; check it"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{found}: by chance once in {Math.Round(Math.Exp(expected) / 100) * 100:#,0} gaps"
            );
    }

    internal static string Duration(TimeSpan time) =>
        time switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
            { TotalHours: < 100 } => string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)time.TotalHours} h {time.Minutes} min"
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:#,0} h"),
        };

    /// <summary>Presses per opening hour, by hour of the museum's clock.</summary>
    private static double[] Rates(MuseumCube cube, ExhibitionHours exhibition, DateOnly lastDay)
    {
        var from = lastDay.AddDays(1 - RhythmDays);
        var cells = exhibition.Between(from, lastDay);
        if (cells.Length > 0 && exhibition.Cells[0].Day > from)
            from = exhibition.Cells[0].Day;
        var open = OpenHours.Of(cube, from, lastDay, DateTimeOffset.MaxValue);
        var presses = new double[24];
        foreach (ref readonly var cell in cells)
            presses[cell.LocalHour] += cell.Votes + cell.Help;
        var average = open.Total > 0 ? presses.Sum() / open.Total : 0;
        return
        [
            .. presses.Select(
                (count, hour) => open.InHour(hour) > 0 ? (count + (average * Prior)) / (open.InHour(hour) + Prior) : 0
            ),
        ];
    }

    /// <summary>Opening time from then to now, and the presses usual in it.</summary>
    private static (TimeSpan Open, double Expected) Since(
        MuseumCube cube,
        DateTimeOffset last,
        DateTimeOffset now,
        double[] rates
    )
    {
        var (open, expected) = (TimeSpan.Zero, 0.0);
        if (now <= last)
            return (open, expected);
        var (first, today) = (cube.DayOf(last), cube.DayOf(now));
        var skipped = today.DayNumber - first.DayNumber - MostDays;
        if (skipped > 0)
        {
            open = (cube.Museum.Closes - cube.Museum.Opens) * skipped;
            first = first.AddDays(skipped);
            last = DateTimeOffset.MinValue;
        }

        for (var day = first; day <= today; day = day.AddDays(1))
        {
            foreach (var (hour, from, to) in HoursOf(cube, day))
            {
                var (start, end) = (from > last ? from : last, to < now ? to : now);
                if (end <= start)
                    continue;
                open += end - start;
                expected += (end - start).TotalHours * rates[hour];
            }
        }

        return (open, expected);
    }

    private static IEnumerable<(int Hour, DateTimeOffset From, DateTimeOffset To)> HoursOf(
        MuseumCube cube,
        DateOnly day
    )
    {
        var (opens, closes) = (cube.Museum.Opens, cube.Museum.Closes);
        for (var hour = opens.Hour; hour <= closes.Hour; hour++)
        {
            var from = hour == opens.Hour ? opens : new TimeOnly(hour, 0);
            var to =
                hour == closes.Hour ? closes
                : hour == 23 ? TimeOnly.MaxValue
                : new TimeOnly(hour + 1, 0);
            if (from < to)
                yield return (hour, At(cube.Zone, day, from), At(cube.Zone, day, to));
        }
    }

    private static DateTimeOffset At(TimeZoneInfo zone, DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
