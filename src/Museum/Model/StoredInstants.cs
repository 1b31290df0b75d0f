namespace MuseumPipeline.Model;

/// <summary>The range of instants that are stored, and the only conversion from and to the microseconds since
/// 1970-01-01T00:00Z in records. A year is left free at either end of the calendar, so that adding an offset,
/// subtracting a week or rounding up to an hour cannot overflow.</summary>
internal static class StoredInstants
{
    public static readonly DateTimeOffset First = new(2, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Last = new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(
        -TimeSpan.TicksPerMicrosecond
    );

    /// <summary>The default lower limit: no kiosk sent anything before.</summary>
    public static readonly DateTimeOffset FirstPress = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Rounds down: an instant never moves into the next microsecond, hour or day.</summary>
    public static long MicrosecondsOf(long utcTicks) =>
        Math.DivRem(utcTicks, TimeSpan.TicksPerMicrosecond).Quotient
        - (DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond);

    public static long MicrosecondsOf(DateTimeOffset instant) => MicrosecondsOf(instant.UtcTicks);

    public static DateTimeOffset Of(long microseconds) =>
        new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>Null for an instant that cannot be stored: it is kept as text.</summary>
    public static long? Storable(long utcTicks) =>
        utcTicks >= First.UtcTicks && utcTicks < Last.UtcTicks + TimeSpan.TicksPerMicrosecond
            ? MicrosecondsOf(utcTicks)
            : null;

    /// <summary>A database's value, limited to the range: earlier versions stored instants outside it, and PostgreSQL
    /// has infinity.</summary>
    public static DateTimeOffset Within(DateTimeOffset instant) =>
        instant < First ? First
        : instant > Last ? Last
        : instant;
}
