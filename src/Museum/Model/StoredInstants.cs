namespace MuseumPipeline.Model;

/// <summary>
/// The instants that are stored, and the only way from and to the microseconds since 1970-01-01T00:00Z in which records
/// carry them. A year is left free at either end of the calendar: whoever adds an offset, takes away a week or looks
/// for the hour's end cannot fall off it.
/// </summary>
internal static class StoredInstants
{
    public static readonly DateTimeOffset First = new(2, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Last = new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(
        -TimeSpan.TicksPerMicrosecond
    );

    /// <summary>Before that no kiosk sent anything, unless the museum says otherwise.</summary>
    public static readonly DateTimeOffset FirstPress = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Rounds down: an instant never moves into the next microsecond, hour or day.</summary>
    public static long MicrosecondsOf(long utcTicks) =>
        Math.DivRem(utcTicks, TimeSpan.TicksPerMicrosecond).Quotient
        - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static long MicrosecondsOf(DateTimeOffset instant) => MicrosecondsOf(instant.UtcTicks);

    public static DateTimeOffset Of(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>Null for what is not stored as a time: it stays readable as text.</summary>
    public static long? Storable(long utcTicks) =>
        utcTicks >= First.UtcTicks && utcTicks < Last.UtcTicks + TimeSpan.TicksPerMicrosecond
            ? MicrosecondsOf(utcTicks)
            : null;

    /// <summary>What a database holds, kept within the range: earlier versions stored what is outside, and PostgreSQL
    /// knows infinity.</summary>
    public static DateTimeOffset Within(DateTimeOffset instant) =>
        instant < First ? First
        : instant > Last ? Last
        : instant;
}
