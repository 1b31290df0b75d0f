using System.Globalization;

namespace MuseumPipeline.Numbers;

/// <summary>Days and weeks by a museum's own calendar.</summary>
internal static class Days
{
    /// <summary>The instants at which a selection's days begin and end.</summary>
    public static (DateTimeOffset From, DateTimeOffset Before) Instants(this Selection selection) =>
        (
            Midnight(selection.Cube.Zone, selection.From),
            Midnight(selection.Cube.Zone, selection.To == DateOnly.MaxValue ? selection.To : selection.To.AddDays(1))
        );

    /// <summary>Such as <c>2023-W10</c>: the year is that of the week.</summary>
    public static string WeekOf(DateOnly day) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ISOWeek.GetYear(day.ToDateTime(default))}-W{ISOWeek.GetWeekOfYear(day.ToDateTime(default)):00}"
        );

    /// <summary>The day and the hour under which an instant is counted: those in which its UTC hour begins.</summary>
    public static (DateOnly Day, int Hour) HourOf(TimeZoneInfo zone, DateTimeOffset instant)
    {
        var hour = instant.UtcDateTime.AddTicks(-(instant.UtcTicks % TimeSpan.TicksPerHour));
        var local = hour + zone.GetUtcOffset(hour);
        return (DateOnly.FromDateTime(local), local.Hour);
    }

    /// <summary>1 for Monday to 7 for Sunday.</summary>
    public static int WeekdayOf(DateOnly day) => day.DayOfWeek is DayOfWeek.Sunday ? 7 : (int)day.DayOfWeek;

    public static DateTimeOffset Midnight(TimeZoneInfo zone, DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        // In some zones the clocks go forward at midnight: that day begins an hour later.
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(30);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
