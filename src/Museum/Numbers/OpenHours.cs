using MuseumPipeline.Model;

namespace MuseumPipeline.Numbers;

/// <summary>How long a museum was open, by the hour of its own clock and by weekday: the divisor of rates. An hour in
/// which it is open for fifteen minutes is a quarter of an hour, a day that is not over ends now, and a day on which
/// the clocks change has its real length.</summary>
internal sealed class OpenHours
{
    private readonly double[,] hours = new double[8, 24];

    public double Total { get; private set; }

    /// <summary>The number of hours of the day in which it was open at all.</summary>
    public int HoursOpen => Math.Max(1, Enumerable.Range(0, 24).Count(hour => InHour(hour) > 0));

    /// <param name="hour">By the museum's clock, 0 to 23.</param>
    public double InHour(int hour)
    {
        var sum = 0.0;
        for (var weekday = 1; weekday <= 7; weekday++)
            sum += hours[weekday, hour];
        return sum;
    }

    /// <param name="weekday">1 for Monday to 7 for Sunday.</param>
    public double In(int weekday, int hour) => hours[weekday, hour];

    /// <summary>From the first to the last of these days, but not past <paramref name="now"/>. A day without any press
    /// from the museum is not one without visitors but one without data (a holiday, or a file that is not loaded yet):
    /// it counts as little as its presses.</summary>
    public static OpenHours Of(MuseumCube cube, DateOnly from, DateOnly to, DateTimeOffset now) =>
        Of(cube.Museum, cube.Zone, from, to, now, cube.HeardOn(from, to));

    /// <param name="heard">Whether a day counts; null if all do.</param>
    public static OpenHours Of(
        Museum museum,
        TimeZoneInfo zone,
        DateOnly from,
        DateOnly to,
        DateTimeOffset now,
        Func<DateOnly, bool>? heard = null
    )
    {
        var open = new OpenHours();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (heard?.Invoke(day) == false)
                continue;
            var opens = ToUtc(zone, day.ToDateTime(museum.Opens));
            if (opens >= now.UtcDateTime)
                break;
            var closes = ToUtc(zone, day.ToDateTime(museum.Closes));
            open.Add(zone, day, opens, closes < now.UtcDateTime ? closes : now.UtcDateTime);
        }

        return open;
    }

    /// <summary>The same without all other hours.</summary>
    public OpenHours Within(HoursFilter some)
    {
        var within = new OpenHours();
        for (var weekday = 1; weekday <= 7; weekday++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                if (some.Has(weekday, hour))
                    within.Total += within.hours[weekday, hour] = hours[weekday, hour];
            }
        }

        return within;
    }

    /// <summary>When the museum, if it is open now, opened; null if it is closed.</summary>
    public static DateTimeOffset? OpenedAt(Museum museum, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(museum.TimeZone);
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var opens = ToUtc(zone, day.ToDateTime(museum.Opens));
        var closes = ToUtc(zone, day.ToDateTime(museum.Closes));
        return now.UtcDateTime >= opens && now.UtcDateTime < closes ? opens : null;
    }

    /// <summary>From one full hour of the local clock to the next, because clocks change there.</summary>
    private void Add(TimeZoneInfo zone, DateOnly day, DateTime from, DateTime to)
    {
        var weekday = Days.WeekdayOf(day);
        while (from < to)
        {
            var local = from + zone.GetUtcOffset(from);
            var next = from + (TimeSpan.FromHours(1) - TimeSpan.FromTicks(local.Ticks % TimeSpan.TicksPerHour));
            if (next > to)
                next = to;
            var length = (next - from).TotalHours;
            hours[weekday, local.Hour] += length;
            Total += length;
            from = next;
        }
    }

    /// <summary>The first of two instants if the clock shows a time twice; if it skips one, as if it had not.</summary>
    private static DateTime ToUtc(TimeZoneInfo zone, DateTime local)
    {
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }
}
