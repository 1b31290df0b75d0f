using System.Collections;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts.Retention;

public enum RetiredKind
{
    Rating,
    Support,
    Refusal,
}

/// <summary>Positions of many sources, a bit each, in stretches that a transaction can remove.</summary>
public sealed class RetiredPositions : IEnumerable<RetiredStretch>
{
    private readonly Dictionary<(int Source, RetiredKind Kind, long First), PositionBits> stretches = [];

    public long Rows { get; private set; }

    /// <param name="key">Of the row: its source, and ten digits of position.</param>
    public void Add(RetiredKind kind, long key)
    {
        var (source, position) = ((int)(key / EventId.PositionsPerSource), key % EventId.PositionsPerSource);
        var first = position / PositionBits.Most * PositionBits.Most;
        if (!stretches.TryGetValue((source, kind, first), out var bits))
            stretches[(source, kind, first)] = bits = new();
        if (bits.Add((int)(position - first)))
            Rows++;
    }

    public IEnumerator<RetiredStretch> GetEnumerator() =>
        stretches
            .Select(stretch => new RetiredStretch(
                stretch.Key.Source,
                stretch.Key.Kind,
                stretch.Key.First,
                stretch.Value
            ))
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <param name="First">The position of the first bit.</param>
public sealed record RetiredStretch(int SourceId, RetiredKind Kind, long First, PositionBits Bits)
{
    public long FirstKey => EventId.Of(SourceId, First);

    public long LastKey => FirstKey + PositionBits.Most - 1;

    public bool Contains(long key) => Bits.Contains((int)(key - FirstKey));
}

/// <summary>Which of 65,536 positions: a bit each, up to the last that is set.</summary>
public sealed class PositionBits(byte[]? stored = null)
{
    public const int Most = 65_536;

    private byte[] bytes = stored ?? [];

    public int Count { get; private set; } = (stored ?? []).Sum(some => int.PopCount(some));

    /// <summary>False if it was there.</summary>
    public bool Add(int position)
    {
        var (at, bit) = (position >> 3, (byte)(1 << (position & 7)));
        if (at >= bytes.Length)
            Array.Resize(ref bytes, Math.Min(Most / 8, Math.Max(at + 1, bytes.Length * 2)));
        if ((bytes[at] & bit) != 0)
            return false;
        bytes[at] |= bit;
        Count++;
        return true;
    }

    public bool Contains(int position) =>
        (position >> 3) < bytes.Length && (bytes[position >> 3] & (1 << (position & 7))) != 0;

    public IEnumerable<int> All() => Enumerable.Range(0, bytes.Length * 8).Where(Contains);

    public byte[] ToBytes() => bytes[..(Array.FindLastIndex(bytes, some => some != 0) + 1)];
}
