using MuseumPipeline.Model;

namespace MuseumPipeline.Load.Known;

/// <summary>
/// How many presses of a source repeat an earlier press of the same source: the same button of the same place at the
/// same instant. A few are honest; most of a file are a merge that appended to itself. Counted in a sample that the
/// presses themselves decide on, which grows no larger than a few thousand, so that it costs next to nothing.
/// </summary>
internal sealed class OwnRepeats
{
    private const int Most = 4096;
    private readonly HashSet<ulong> seen = new(Most);
    private ulong mask;

    /// <summary>An estimate where the source is large.</summary>
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

    /// <summary>Forgets every other one, and from now on looks at half as many.</summary>
    private void Thin()
    {
        mask = (mask << 1) | 1;
        seen.RemoveWhere(hash => (hash & mask) != 0);
    }

    /// <summary>Of what a press says, and not of where it came from.</summary>
    internal static ulong HashOf(in KioskEvent press)
    {
        var button = ((ulong)(uint)press.ExhibitionId << 20) | ((ulong)(ushort)press.TypeId << 1) | (ulong)press.Kind;
        var hash = ((ulong)press.At * 0x9E3779B97F4A7C15) ^ (button * 0xC2B2AE3D27D4EB4F);
        hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
        return hash ^ (hash >> 32);
    }
}
