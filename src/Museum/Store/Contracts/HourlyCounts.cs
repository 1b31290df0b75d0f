using System.Runtime.InteropServices;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>Presses by exhibition, UTC hour and type, collected over one transaction. A key is packed into one number
/// whose order is (kind, hour, exhibition, type), so that two transactions always lock the rows they share in the same
/// order.</summary>
public sealed class HourlyCounts
{
    private const int ExhibitionBits = 20,
        HourBits = 27,
        TypeBits = 15;
    private const long MicrosecondsPerHour = 3_600_000_000;

    /// <summary>Exhibitions are numbered from 0 to one less than this.</summary>
    public const int MostExhibitions = 1 << ExhibitionBits;

    /// <summary>Hours from 0001-01-01 to 1970-01-01, so that no hour is negative.</summary>
    private const long EpochHours = 17_259_888;

    private readonly Dictionary<long, long> counts = [];

    /// <summary>How many rows of the hourly tables they will touch.</summary>
    public int Rows => counts.Count;

    public void Add(in KioskEvent kioskEvent) =>
        AddAt(kioskEvent.Kind, kioskEvent.ExhibitionId, kioskEvent.At, kioskEvent.TypeId, 1);

    /// <summary>Adds presses to the hour of an instant in microseconds since 1970, or subtracts them.</summary>
    public void AddAt(PressKind kind, int exhibitionId, long at, short typeId, long presses) =>
        Add(kind, exhibitionId, (at + (EpochHours * MicrosecondsPerHour)) / MicrosecondsPerHour, typeId, presses);

    /// <summary>Adds presses to the hour of this instant, or subtracts them.</summary>
    public void Add(PressKind kind, int exhibitionId, DateTimeOffset hour, short typeId, long presses) =>
        Add(kind, exhibitionId, hour.UtcTicks / TimeSpan.TicksPerHour, typeId, presses);

    private void Add(PressKind kind, int exhibitionId, long hour, short typeId, long presses)
    {
        if ((uint)exhibitionId >= MostExhibitions)
            throw TooMany(exhibitionId);
        var key =
            ((((((long)kind << HourBits) | hour) << ExhibitionBits) | (uint)exhibitionId) << TypeBits) | (ushort)typeId;
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += presses;
    }

    private static MuseumException TooMany(int exhibitionId) =>
        new(
            ExitCode.Configuration,
            $"exhibition_id: found {exhibitionId}, expected 0 to {MostExhibitions - 1}. Give that row of exhibition a "
                + $"lower number, and see the limits in docs/database.md"
        );

    /// <summary>The counts of one kind in the order of their primary key, without zero sums.</summary>
    public HourlyColumns Columns(PressKind kind)
    {
        var keys = new long[counts.Count];
        var presses = new long[counts.Count];
        var rows = 0;
        foreach (var (key, sum) in counts)
        {
            if (sum == 0 || (PressKind)(key >> (ExhibitionBits + HourBits + TypeBits)) != kind)
                continue;
            keys[rows] = key;
            presses[rows++] = sum;
        }

        Array.Resize(ref keys, rows);
        Array.Resize(ref presses, rows);
        Array.Sort(keys, presses);
        return new(
            Array.ConvertAll(keys, key => (int)((key >> TypeBits) & ((1 << ExhibitionBits) - 1))),
            Array.ConvertAll(
                keys,
                key => new DateTime(
                    ((key >> (ExhibitionBits + TypeBits)) & ((1 << HourBits) - 1)) * TimeSpan.TicksPerHour,
                    DateTimeKind.Utc
                )
            ),
            Array.ConvertAll(keys, key => (short)(key & ((1 << TypeBits) - 1))),
            presses
        );
    }
}

/// <summary>Parallel columns for an hourly table.</summary>
public sealed record HourlyColumns(int[] Exhibitions, DateTime[] Hours, short[] Types, long[] Presses)
{
    /// <summary>The rows with these numbers.</summary>
    public HourlyColumns Pick(List<int> rows) =>
        new(
            [.. rows.Select(row => Exhibitions[row])],
            [.. rows.Select(row => Hours[row])],
            [.. rows.Select(row => Types[row])],
            [.. rows.Select(row => Presses[row])]
        );
}
