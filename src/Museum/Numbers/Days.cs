namespace MuseumPipeline.Numbers;

/// <summary>The instants at which a selection's days begin and end.</summary>
internal static class Days
{
    public static (DateTimeOffset From, DateTimeOffset Before) Instants(this Selection selection) =>
        (
            Midnight(selection.Cube.Zone, selection.From),
            Midnight(selection.Cube.Zone, selection.To == DateOnly.MaxValue ? selection.To : selection.To.AddDays(1))
        );

    private static DateTimeOffset Midnight(TimeZoneInfo zone, DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        // In some zones the clocks go forward at midnight: that day begins an hour later.
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(30);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
