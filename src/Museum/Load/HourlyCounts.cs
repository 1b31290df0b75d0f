using System.Runtime.InteropServices;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>
/// Presses by exhibition, UTC hour and type, gathered over one transaction. A key is packed into one number whose order is
/// (kind, exhibition, hour, type), so that two transactions always lock the rows they share in the same order.
/// </summary>
public sealed class HourlyCounts
{
    private const int ExhibitionBits = 20, HourBits = 27, TypeBits = 15;
    private const long MicrosecondsPerHour = 3_600_000_000;

    /// <summary>Hours from 0001-01-01 to 1970-01-01, so that no hour is negative.</summary>
    private const long EpochHours = 17_259_888;

    private readonly Dictionary<long, long> counts = [];

    public bool IsEmpty => counts.Count == 0;

    public void Add(in KioskEvent kioskEvent) =>
        Add(kioskEvent.Kind, kioskEvent.ExhibitionId, Math.DivRem(kioskEvent.At + (EpochHours * MicrosecondsPerHour), MicrosecondsPerHour).Quotient, kioskEvent.TypeId, 1);

    /// <summary>Adds presses, or takes them away, in the hour that holds this instant.</summary>
    public void Add(PressKind kind, int exhibitionId, DateTimeOffset hour, short typeId, long presses) =>
        Add(kind, exhibitionId, hour.UtcTicks / TimeSpan.TicksPerHour, typeId, presses);

    private void Add(PressKind kind, int exhibitionId, long hour, short typeId, long presses)
    {
        if ((uint)exhibitionId >= 1u << ExhibitionBits) throw new ArgumentOutOfRangeException(nameof(exhibitionId), exhibitionId, "exhibition ids are below 2^20");
        var key = ((((((long)kind << ExhibitionBits) | (uint)exhibitionId) << HourBits) | hour) << TypeBits) | (ushort)typeId;
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += presses;
    }

    /// <summary>The counts of one kind in the order of their primary key; zero sums are left out.</summary>
    public HourlyColumns Columns(PressKind kind)
    {
        var keys = new List<long>(counts.Count);
        foreach (var (key, presses) in counts)
        {
            if (presses != 0 && (PressKind)(key >> (ExhibitionBits + HourBits + TypeBits)) == kind) keys.Add(key);
        }

        keys.Sort();
        return Columns(keys.ToArray());
    }

    private HourlyColumns Columns(long[] keys) =>
        new(
            Array.ConvertAll(keys, key => (int)((key >> (HourBits + TypeBits)) & ((1 << ExhibitionBits) - 1))),
            Array.ConvertAll(keys, key => new DateTime(((key >> TypeBits) & ((1 << HourBits) - 1)) * TimeSpan.TicksPerHour, DateTimeKind.Utc)),
            Array.ConvertAll(keys, key => (short)(key & ((1 << TypeBits) - 1))),
            Array.ConvertAll(keys, key => counts[key]));
}

/// <summary>Parallel columns for an hourly table.</summary>
public sealed record HourlyColumns(int[] Exhibitions, DateTime[] Hours, short[] Types, long[] Presses)
{
    /// <summary>The rows among these keys, and the others.</summary>
    public (HourlyColumns Among, HourlyColumns Others) Split(HashSet<(int Exhibition, DateTime Hour, short Type)> keys)
    {
        var among = new bool[Presses.Length];
        for (var row = 0; row < among.Length; row++) among[row] = keys.Contains((Exhibitions[row], Hours[row], Types[row]));
        return (Where(row => among[row]), Where(row => !among[row]));
    }

    private HourlyColumns Where(Func<int, bool> wanted)
    {
        var rows = Enumerable.Range(0, Presses.Length).Where(wanted).ToArray();
        return new(
            Array.ConvertAll(rows, row => Exhibitions[row]), Array.ConvertAll(rows, row => Hours[row]), Array.ConvertAll(rows, row => Types[row]),
            Array.ConvertAll(rows, row => Presses[row]));
    }
}
