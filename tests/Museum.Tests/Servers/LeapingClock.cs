namespace MuseumPipeline.Tests.Servers;

/// <summary>A clock on which every single wait is over at once, and the time it would have taken has passed. Periodic
/// timers stay real.</summary>
internal sealed class LeapingClock : TimeProvider
{
    private long leapt;

    public TimeSpan Leapt => new(Interlocked.Read(ref leapt));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref leapt);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Leapt;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan || dueTime == Timeout.InfiniteTimeSpan)
            return System.CreateTimer(callback, state, dueTime, period);
        Interlocked.Add(ref leapt, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
