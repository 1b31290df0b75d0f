namespace MuseumPipeline.Clean;

/// <summary>A museum's wall clock. Answers are cached by the hour, because the time zone rules cost more than
/// everything else that is done to a row; an hour in which the offset changes is never cached.</summary>
internal sealed class MuseumClock
{
    private readonly HourCache local = new();
    private readonly HourCache universal = new();
    private readonly TimeZoneInfo zone;
    private readonly Func<long, long, bool> localHourIsSteady,
        utcHourIsSteady;

    /// <param name="zone">The museum's time zone.</param>
    public MuseumClock(TimeZoneInfo zone)
    {
        this.zone = zone;
        localHourIsSteady = LocalHourIsSteady;
        utcHourIsSteady = UtcHourIsSteady;
    }

    /// <summary>Converts wall-clock ticks to UTC ticks; false for a time that daylight saving skipped. In a doubled
    /// hour the first one is meant.</summary>
    public bool TryToUtc(long localTicks, out long utcTicks)
    {
        if (!local.TryGet(localTicks, out var offset))
        {
            var time = new DateTime(localTicks, DateTimeKind.Unspecified);
            if (zone.IsInvalidTime(time))
            {
                utcTicks = 0;
                return false;
            }

            offset = zone.IsAmbiguousTime(time)
                ? zone.GetAmbiguousTimeOffsets(time).Max().Ticks
                : zone.GetUtcOffset(time).Ticks;
            local.Remember(localTicks, offset, localHourIsSteady);
        }

        utcTicks = localTicks - offset;
        return (ulong)utcTicks <= (ulong)DateTime.MaxValue.Ticks;
    }

    /// <summary>The wall-clock time of day at an instant, in ticks since midnight.</summary>
    public long TimeOfDay(long utcTicks)
    {
        if (!universal.TryGet(utcTicks, out var offset))
        {
            offset = zone.GetUtcOffset(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks;
            universal.Remember(utcTicks, offset, utcHourIsSteady);
        }

        return (utcTicks + offset + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay;
    }

    private bool LocalHourIsSteady(long from, long to)
    {
        DateTime first = new(from, DateTimeKind.Unspecified),
            last = new(to, DateTimeKind.Unspecified);
        return !zone.IsInvalidTime(first)
            && !zone.IsInvalidTime(last)
            && !zone.IsAmbiguousTime(first)
            && !zone.IsAmbiguousTime(last)
            && zone.GetUtcOffset(first) == zone.GetUtcOffset(last);
    }

    private bool UtcHourIsSteady(long from, long to) =>
        zone.GetUtcOffset(new DateTime(from, DateTimeKind.Utc))
        == zone.GetUtcOffset(new DateTime(to, DateTimeKind.Utc));

    /// <summary>The offsets of hours, each in the slot of the hour's last bits: seven years side by side, so that
    /// presses in no order of time find theirs too. Offsets of whole minutes only, which all are since 1972.</summary>
    private sealed class HourCache
    {
        private const int SlotBits = 16,
            OffsetBits = 12,
            Zero = 1 << (OffsetBits - 1);

        /// <summary>The rest of the hour, and the offset in minutes from <see cref="Zero"/>. 0 is empty: no offset is
        /// so low.</summary>
        private readonly int[] slots = new int[1 << SlotBits];

        public bool TryGet(long ticks, out long offset)
        {
            var hour = (int)(ticks / TimeSpan.TicksPerHour);
            var slot = slots[hour & ((1 << SlotBits) - 1)];
            offset = ((slot & ((1 << OffsetBits) - 1)) - Zero) * TimeSpan.TicksPerMinute;
            return slot != 0 && slot >> OffsetBits == hour >> SlotBits;
        }

        public void Remember(long ticks, long offset, Func<long, long, bool> isSteady)
        {
            var hour = (int)(ticks / TimeSpan.TicksPerHour);
            var from = hour * TimeSpan.TicksPerHour;
            var (minutes, rest) = Math.DivRem(offset, TimeSpan.TicksPerMinute);
            if (rest != 0 || !isSteady(from, from + TimeSpan.TicksPerHour - 1))
                return;
            slots[hour & ((1 << SlotBits) - 1)] = ((hour >> SlotBits) << OffsetBits) | (int)(minutes + Zero);
        }
    }
}
