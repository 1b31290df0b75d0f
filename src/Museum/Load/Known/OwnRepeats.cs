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

    /// <param name="hash">Of a press, by its content.</param>
    public void Add(ulong hash)
    {
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
}
