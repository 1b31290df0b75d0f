using MuseumPipeline.Model;

namespace MuseumPipeline.Load.Known;

/// <summary>Estimates how many presses of a source repeat an earlier press of the same source: the same button of the
/// same place at the same instant. A few are genuine; most of a file means a merge appended to itself. They are counted
/// in a sample chosen by the hash of the presses, which holds at most a few thousand, so that it costs next to
/// nothing.</summary>
internal sealed class OwnRepeats
{
    private const int Most = 4096;
    private readonly HashSet<ulong> seen = new(Most);
    private ulong mask;

    /// <summary>An estimate if the source is large.</summary>
    public long Count { get; private set; }

    public void Add(in KioskEvent press)
    {
        var hash = HashOf(press);
        if ((hash & mask) != 0)
            return;
        if (!seen.Add(hash))
            Count += (long)mask + 1;
        else if (seen.Count >= Most)
            Thin();
    }

    /// <summary>Drops every other one, and from now on samples half as many.</summary>
    private void Thin()
    {
        mask = (mask << 1) | 1;
        seen.RemoveWhere(hash => (hash & mask) != 0);
    }

    /// <summary>The content of a press, not where it came from.</summary>
    internal static ulong HashOf(in KioskEvent press)
    {
        var button = ((ulong)(uint)press.ExhibitionId << 20) | ((ulong)(ushort)press.TypeId << 1) | (ulong)press.Kind;
        var hash = ((ulong)press.At * 0x9E3779B97F4A7C15) ^ (button * 0xC2B2AE3D27D4EB4F);
        hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
        return hash ^ (hash >> 32);
    }
}
