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
        TypeBits = 15,
        KindShift = HourBits + ExhibitionBits + TypeBits,
        HourShift = ExhibitionBits + TypeBits;
    private const long MicrosecondsPerHour = 3_600_000_000;

    /// <summary>Counts of one hour that lie beside each other: those of a usual museum lie in two such places. Where
    /// presses come in no order of time, finding their count would otherwise cost more than reading them.</summary>
    private const int Together = 32;

    /// <summary>Exhibitions are numbered from 0 to one less than this.</summary>
    public const int MostExhibitions = 1 << ExhibitionBits;

    /// <summary>Hours from 0001-01-01 to 1970-01-01, so that no hour is negative.</summary>
    private const long EpochHours = 17_259_888;

    /// <summary>What is counted in an hour, as keys of the hour 0, by the number it was given at its first
    /// press.</summary>
    private readonly Dictionary<long, int> numbers = [];
    private readonly List<long> counted = [];

    /// <summary>The hour, and the number divided by <see cref="Together"/>, to where their counts begin.</summary>
    private readonly Dictionary<long, int> places = [];

    // As small as they can be, so that more of them are in the processor's cache: 596,000 presses of one kind a second,
    // for an hour, would be too many.
    private int[] counts = new int[Together * 32];
    private int used;

    /// <summary>How many rows of the hourly tables they will touch, at the most.</summary>
    public int Rows { get; private set; }

    public void Add(in KioskEvent kioskEvent) =>
        AddAt(kioskEvent.Kind, kioskEvent.ExhibitionId, kioskEvent.At, kioskEvent.TypeId, 1);

    /// <summary>Adds presses to the hour of an instant in microseconds since 1970, or subtracts them.</summary>
    public void AddAt(PressKind kind, int exhibitionId, long at, short typeId, long presses) =>
        Add(kind, exhibitionId, HourOf(at), typeId, presses);

    /// <summary>Adds presses to the hour of this instant, or subtracts them.</summary>
    public void Add(PressKind kind, int exhibitionId, DateTimeOffset hour, short typeId, long presses) =>
        Add(kind, exhibitionId, hour.UtcTicks / TimeSpan.TicksPerHour, typeId, presses);

    private void Add(PressKind kind, int exhibitionId, long hour, short typeId, long presses)
    {
        if ((uint)exhibitionId >= MostExhibitions)
            throw TooMany(exhibitionId);
        var number = NumberOf(KeyOf(kind, exhibitionId, typeId));
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, PlaceOf(hour, number), out var isThere);
        if (!isThere)
            place = Take();
        ref var count = ref counts[place + (number % Together)];
        if (count == 0)
            Rows++;
        count = checked((int)(count + presses));
    }

    /// <summary>Whether the hour of this event has a count.</summary>
    public bool Has(in KioskEvent kioskEvent) =>
        numbers.TryGetValue(KeyOf(kioskEvent.Kind, kioskEvent.ExhibitionId, kioskEvent.TypeId), out var number)
        && places.TryGetValue(PlaceOf(HourOf(kioskEvent.At), number), out var place)
        && counts[place + (number % Together)] != 0;

    private int NumberOf(long key)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out var isThere);
        if (!isThere)
        {
            number = counted.Count;
            counted.Add(key);
        }

        return number;
    }

    private int Take()
    {
        if (used == counts.Length)
            Array.Resize(ref counts, counts.Length * 2);
        used += Together;
        return used - Together;
    }

    private static long HourOf(long at) => (at + (EpochHours * MicrosecondsPerHour)) / MicrosecondsPerHour;

    private static long KeyOf(PressKind kind, int exhibitionId, short typeId) =>
        ((long)kind << KindShift) | ((long)exhibitionId << TypeBits) | (ushort)typeId;

    private static long PlaceOf(long hour, int number) => (hour << 32) | (uint)(number / Together);

    private static MuseumException TooMany(int exhibitionId) =>
        new(
            ExitCode.Configuration,
            $"exhibition_id: found {exhibitionId}, expected 0 to {MostExhibitions - 1}. Give that row of exhibition a "
                + $"lower number, and see the limits in docs/database.md"
        );

    /// <summary>The counts of one kind in the order of their primary key, without zero sums.</summary>
    public HourlyColumns Columns(PressKind kind)
    {
        var keys = new long[Rows];
        var presses = new long[Rows];
        var rows = 0;
        foreach (var (key, place) in places)
        {
            var first = (int)key * Together;
            for (var number = first; number < Math.Min(first + Together, counted.Count); number++)
            {
                var count = counts[place + number - first];
                if (count == 0 || (PressKind)(counted[number] >> KindShift) != kind)
                    continue;
                keys[rows] = counted[number] | ((key >> 32) << HourShift);
                presses[rows++] = count;
            }
        }

        Array.Resize(ref keys, rows);
        Array.Resize(ref presses, rows);
        Array.Sort(keys, presses);
        return new(
            Array.ConvertAll(keys, key => (int)((key >> TypeBits) & ((1 << ExhibitionBits) - 1))),
            Array.ConvertAll(
                keys,
                key => new DateTime(
                    ((key >> HourShift) & ((1 << HourBits) - 1)) * TimeSpan.TicksPerHour,
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
