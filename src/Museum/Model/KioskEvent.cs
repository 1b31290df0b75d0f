namespace MuseumPipeline.Model;

/// <summary>What a kiosk button means: an opinion, or a call for help.</summary>
public enum PressKind : byte
{
    Rating,
    Support,
}

/// <summary>One press that passed every rule, ready to be stored.</summary>
/// <param name="SourceId">The ledger's row of the source that delivered it.</param>
/// <param name="Position">Where in that source: the line its record starts on (1-based), or a Kafka offset.</param>
/// <param name="ExhibitionId">Row of <c>exhibition</c>.</param>
/// <param name="Kind">Which of the two event tables it belongs to.</param>
/// <param name="TypeId">Row of <c>rating_type</c> or <c>support_type</c>.</param>
/// <param name="At">The instant, in microseconds since 1970-01-01T00:00Z.</param>
public readonly record struct KioskEvent(
    int SourceId,
    long Position,
    int ExhibitionId,
    PressKind Kind,
    short TypeId,
    long At
)
{
    /// <summary>When a call for help arrived; set only for the stream.</summary>
    public Arrival Arrival { get; init; }

    /// <summary>The kiosk's clock is wrong: the call's time is its arrival.</summary>
    public bool ClockWrong { get; init; }

    /// <summary>The row's primary key: see <see cref="EventId"/>.</summary>
    public long Id => EventId.Of(SourceId, Position);

    /// <summary>By the content of the press, not by where it came from.</summary>
    public ulong ContentHash
    {
        get
        {
            var button = ((ulong)(uint)ExhibitionId << 20) | ((ulong)(ushort)TypeId << 1) | (ulong)Kind;
            var hash = ((ulong)At * 0x9E3779B97F4A7C15) ^ (button * 0xC2B2AE3D27D4EB4F);
            hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
            return hash ^ (hash >> 32);
        }
    }
}

/// <summary>The identity of a row is where it came from, never its content: the source's number, then ten decimal
/// digits of position, so that 120000000034 reads as "source 12, line 34" and the primary key itself refuses a position
/// twice. A partition, whose offsets may have more digits, has one source for every ten billion offsets.</summary>
internal static class EventId
{
    /// <summary>Positions a source can hold: ten decimal digits.</summary>
    public const long PositionsPerSource = 10_000_000_000;

    /// <summary>The highest number of a source whose keys fit into 64 bits.</summary>
    public const int LastSource = (int)(long.MaxValue / PositionsPerSource) - 1;

    /// <summary>Which block of ten billion positions this one is in; 0 for all but very old partitions.</summary>
    public static long BlockOf(long position) => position / PositionsPerSource;

    /// <summary>The keys that a source's rows may have, both included.</summary>
    public static (long First, long Last) RangeOf(int sourceId) =>
        (Of(sourceId, 0), Of(sourceId, PositionsPerSource - 1));

    /// <exception cref="ArgumentOutOfRangeException">The position is negative.</exception>
    public static long Of(int sourceId, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return (sourceId * PositionsPerSource) + (position % PositionsPerSource);
    }
}
