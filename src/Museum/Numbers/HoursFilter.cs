namespace MuseumPipeline.Numbers;

/// <summary>Some hours of the day or of the week, by the museum's clock.</summary>
/// <param name="Weekday">1 for Monday to 7 for Sunday; null: every day.</param>
/// <param name="Hours">0 to 23; null: the whole day.</param>
internal sealed record HoursFilter(int? Weekday, IReadOnlyList<int>? Hours)
{
    /// <summary>Null where a query asks for none.</summary>
    /// <exception cref="BadQueryException">There is no such weekday or hour.</exception>
    public static HoursFilter? Of(string? weekday, string[]? hours)
    {
        var day = Selection.Number("weekday", weekday, 1, 7);
        int[] some = [.. (hours ?? []).Select(text => Selection.Number("hour", text, 0, 23)).OfType<int>()];
        return day is null && some.Length == 0 ? null : new(day, some.Length == 0 ? null : some);
    }

    public bool Has(int weekday, int hour) => HasDay(weekday) && (Hours is null || Hours.Contains(hour));

    public bool HasDay(int weekday) => Weekday is null || weekday == Weekday;

    /// <summary>Whether an instant is counted in one of them.</summary>
    public bool Has(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var (day, hour) = Days.HourOf(zone, instant);
        return Has(Days.WeekdayOf(day), hour);
    }
}
