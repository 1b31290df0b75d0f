namespace MuseumPipeline.Parse;

/// <summary>A time as a kiosk wrote it: <c>yyyy-MM-dd</c>, T or a space, <c>HH:mm:ss</c>, 1 to 7 decimals or none, an
/// offset or none.</summary>
/// <param name="Ticks">The written date and time in 100 ns since 0001-01-01T00:00, with no zone applied.</param>
/// <param name="HasOffset">An offset was written.</param>
/// <param name="OffsetMinutes">Minutes ahead of UTC, within ±840.</param>
internal readonly record struct KioskTime(long Ticks, bool HasOffset, int OffsetMinutes)
{
    private const int PlainLength = 19;

    /// <summary>Reads a time that must fill the whole text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out KioskTime time)
    {
        time = default;
        if (text.Length < PlainLength || !TryDateAndTime(text, out var ticks))
            return false;
        var rest = text[PlainLength..];
        if (!TryDecimals(ref rest, out var decimals))
            return false;
        if (rest.IsEmpty)
        {
            time = new(ticks + decimals, false, 0);
            return true;
        }

        if (!TryOffset(rest, out var minutes))
            return false;
        time = new(ticks + decimals, true, minutes);
        return true;
    }

    private static bool TryDateAndTime(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (
            text[4] != '-'
            || text[7] != '-'
            || text[10] is not ((byte)' ' or (byte)'T')
            || text[13] != ':'
            || text[16] != ':'
        )
            return false;
        int year = (Two(text, 0) * 100) + Two(text, 2),
            month = Two(text, 5),
            day = Two(text, 8);
        int hour = Two(text, 11),
            minute = Two(text, 14),
            second = Two(text, 17);
        // Two characters that are not digits give a large negative number, which fails the range checks.
        if (year < 1 || (uint)(month - 1) > 11 || day < 1 || (uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
            return false;
        if (Two(text, 2) < 0 || day > DateTime.DaysInMonth(year, month))
            return false;
        ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).Ticks;
        return true;
    }

    private static bool TryDecimals(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest.IsEmpty || rest[0] != '.')
            return true;
        var count = 0;
        for (rest = rest[1..]; rest.Length > 0 && (uint)(rest[0] - '0') <= 9; rest = rest[1..], count++)
        {
            if (count == 7)
                return false;
            ticks = (ticks * 10) + (rest[0] - '0');
        }

        for (var padded = count; padded < 7; padded++)
            ticks *= 10;
        return count > 0;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text is [(byte)'Z'])
            return true;
        // +HH:mm; +HHmm as Python prints it; +HH as PostgreSQL does.
        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-'))
            return false;
        if (text.Length == 6 && text[3] != ':')
            return false;
        int hour = Two(text, 1),
            minute = text.Length == 3 ? 0 : Two(text, text.Length - 2);
        if ((uint)hour > 14 || (uint)minute > 59 || (hour * 60) + minute > 840)
            return false;
        minutes = text[0] == '-' ? -((hour * 60) + minute) : (hour * 60) + minute;
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)(text[at] - '0'),
            ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -100_000 : (int)((tens * 10) + ones);
    }
}
