using MuseumPipeline.Model;

namespace MuseumPipeline.Clean;

/// <summary>The settings of the rules; the rules themselves are in <see cref="Cleaner"/>.</summary>
public sealed record CleaningRules
{
    /// <summary>Times further in the future than this are refused as <c>future</c>.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Earlier times are refused as <c>past</c>: clocks that lose their battery start again at 1970 or
    /// 2000.</summary>
    public DateTimeOffset Past { get; init; } = StoredInstants.FirstPress;

    /// <summary>Refuse presses outside the museum's opening hours. On for the stream; for history only on
    /// request.</summary>
    public bool OpeningHours { get; init; }

    /// <summary>Refuse times without an offset. On for the stream; history is in the museum's own time.</summary>
    public bool OffsetRequired { get; init; }

    /// <summary>A call for help this far from its arrival comes from a kiosk with a wrong clock.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(10);

    public static CleaningRules History { get; } = new();

    public static CleaningRules Stream { get; } = new() { OpeningHours = true, OffsetRequired = true };
}
