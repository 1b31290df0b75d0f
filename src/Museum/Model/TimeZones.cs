namespace MuseumPipeline.Model;

/// <summary>Time zones by name, from what this machine knows of them.</summary>
internal static class TimeZones
{
    /// <summary>Every list has it, so that without it there is none.</summary>
    private const string Known = "Europe/London";

    private static readonly DateTime Summer = new(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <exception cref="MuseumException">The machine does not know it.</exception>
    public static TimeZoneInfo Find(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new MuseumException(ExitCode.Configuration, Unknown(name));

    /// <summary>What is wrong if this machine has no time zone data, or data without summer time; else null.</summary>
    public static Explanation? Missing() =>
        TimeZoneInfo.TryFindSystemTimeZoneById(Known, out var zone)
        && zone.GetUtcOffset(Summer) == TimeSpan.FromHours(1)
            ? null
            : Unknown(Known);

    private static Explanation Unknown(string name) =>
        new(
            $"this machine has no data for the time zone {name}, in which a museum's days and hours are counted",
            [],
            "install the system's package tzdata (apt-get install tzdata, apk add tzdata), or let TZDIR name the "
                + "directory it lies in"
        );
}
