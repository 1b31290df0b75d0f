using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>When a museum is open, by its own wall clock.</summary>
internal sealed record OpeningHours(TimeOnly Opens, TimeOnly Closes, TimeZoneInfo Zone)
{
    /// <summary>The values in a fresh database for the museum.</summary>
    public static OpeningHours Lmnh => new(new(8, 45), new(18, 15), TimeZones.Find("Europe/London"));

    /// <summary>A museum that opens later is closed in the small hours; others are closed before midnight.</summary>
    private static readonly TimeOnly Early = new(4, 0);

    /// <exception cref="MuseumException">This machine does not know the museum's time zone.</exception>
    public static OpeningHours Of(Museum museum) => new(museum.Opens, museum.Closes, TimeZones.Find(museum.TimeZone));

    public TimeSpan Length => Closes - Opens;

    /// <summary>The same if they contain this time; else from midnight on, or until a minute before the next.</summary>
    public OpeningHours Including(DateTime local) =>
        Contain(local) ? this
        : TimeOnly.FromDateTime(local) < Opens ? this with { Opens = TimeOnly.MinValue }
        : this with { Closes = new(23, 59) };

    /// <summary>The same minute in an hour of the night before, when nobody may be there.</summary>
    public DateTime NightBefore(DateTime local) =>
        local.Date.AddHours(Opens >= Early ? 3 : -1).AddTicks(local.TimeOfDay.Ticks % TimeSpan.TicksPerHour);

    public bool Contain(DateTime local) => TimeOnly.FromDateTime(local) is var time && time >= Opens && time < Closes;

    /// <summary>The same moment if the museum is open, or else its next opening.</summary>
    public DateTime OpenFrom(DateTime local)
    {
        if (Contain(local))
            return local;
        var day = DateOnly.FromDateTime(local);
        return (TimeOnly.FromDateTime(local) < Opens ? day : day.AddDays(1)).ToDateTime(Opens);
    }

    /// <summary>The last day that was open from morning to evening.</summary>
    public DateOnly LastWholeDay(DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        return TimeOnly.FromDateTime(local) >= Closes ? day : day.AddDays(-1);
    }
}

/// <summary>The times a simulated message can carry.</summary>
internal abstract class StreamClock
{
    /// <summary>The next message's time by the museum's wall clock.</summary>
    public abstract DateTime Next();
}

/// <summary>Advances from message to message and skips the hours in which the museum is closed; the same start and seed
/// give the same times.</summary>
/// <param name="gap">The average time between two messages.</param>
/// <param name="chance">Makes visitors irregular; null for a fixed rate.</param>
internal sealed class SteppingClock(OpeningHours hours, DateTime start, TimeSpan gap, Chance? chance) : StreamClock
{
    private DateTime _next = hours.OpenFrom(start);

    public override DateTime Next()
    {
        var now = _next;
        var factor = chance is null ? 1 : 0.2 + (1.6 * chance.Fraction());
        _next = hours.OpenFrom(now.AddTicks((long)(gap.Ticks * factor)));
        return now;
    }
}

/// <summary>The current time, while the museum is open. While it is closed its last day is repeated, from opening to
/// closing, slowly enough to last until it opens: accepted presses can be seen in the evening too, in order and never
/// in the future, and judged by the rules of the day.</summary>
internal sealed class LiveClock(OpeningHours hours, TimeProvider clock) : StreamClock
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public override DateTime Next()
    {
        var local = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), hours.Zone).DateTime;
        if (hours.Contain(local))
            return local;
        var day = hours.LastWholeDay(local);
        var closed = local - day.ToDateTime(hours.Closes);
        return day.ToDateTime(hours.Opens) + (hours.Length * (closed / (Day - hours.Length)));
    }
}
