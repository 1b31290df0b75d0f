using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers;

/// <summary>The presses of one exhibition in one hour.</summary>
/// <param name="Hour">When it begins, UTC.</param>
/// <param name="Day">The museum's own day…</param>
/// <param name="LocalHour">…and hour, 0 to 23. In a zone that is not whole hours from UTC: the ones in which the UTC
/// hour begins.</param>
/// <param name="Ratings">How many of each value, from 0 on.</param>
/// <param name="Calls">How many of each kind of help, in the order of the kinds.</param>
internal readonly record struct HourCell(DateTime Hour, DateOnly Day, int LocalHour, int[] Ratings, int[] Calls)
{
    public int Votes => Sum(Ratings);

    public int Help => Sum(Calls);

    /// <summary>1 for Monday to 7 for Sunday.</summary>
    public int Weekday => Days.WeekdayOf(Day);

    /// <summary>A hash that changes when any of its counts changes.</summary>
    public int Print
    {
        get
        {
            var hash = new HashCode();
            hash.Add(Hour);
            foreach (var count in Ratings)
                hash.Add(count);
            foreach (var count in Calls)
                hash.Add(count);
            return hash.ToHashCode();
        }
    }

    /// <summary>Adds its ratings by value.</summary>
    public void AddTo(double[] votes)
    {
        for (var value = 0; value < Ratings.Length; value++)
            votes[value] += Ratings[value];
    }

    /// <summary>With this many presses of one button fewer.</summary>
    public HourCell Without(PressKind kind, int index, int presses)
    {
        var counts = ((int[])(kind is PressKind.Rating ? Ratings : Calls).Clone());
        if (index < 0 || index >= counts.Length)
            return this;
        counts[index] -= presses;
        return kind is PressKind.Rating ? this with { Ratings = counts } : this with { Calls = counts };
    }

    private static int Sum(int[] counts)
    {
        var sum = 0;
        foreach (var count in counts)
            sum += count;
        return sum;
    }
}

/// <summary>An exhibition and its hours in order, without hours that have no presses.</summary>
internal sealed class ExhibitionHours(ExhibitionCard card, HourCell[] cells)
{
    public ExhibitionCard Card => card;

    public ReadOnlySpan<HourCell> Cells => cells;

    /// <summary>The same without all other hours.</summary>
    public ExhibitionHours Within(HoursFilter some) =>
        new(card, Array.FindAll(cells, cell => some.Has(cell.Weekday, cell.LocalHour)));

    /// <summary>The hours of these days, both inclusive.</summary>
    public ReadOnlySpan<HourCell> Between(DateOnly from, DateOnly to)
    {
        var first = IndexOf(from);
        var end = to == DateOnly.MaxValue ? cells.Length : IndexOf(to.AddDays(1));
        return first < end ? cells.AsSpan(first, end - first) : [];
    }

    /// <summary>The number of hours before this day.</summary>
    private int IndexOf(DateOnly day)
    {
        int low = 0,
            high = cells.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (cells[middle].Day < day)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

/// <summary>Every hour of a museum: immutable, and valid at one instant. It has the same number of cells for half a
/// million events a year and for fifty million.</summary>
/// <param name="Buttons">The buttons it counts.</param>
/// <param name="Ledger">The ledger it agrees with.</param>
/// <param name="Exhibitions">All of them, in the order of their public ids, including those without presses.</param>
/// <param name="FirstPress">The instant of the oldest press.</param>
/// <param name="LastPress">The instant of the newest press.</param>
internal sealed record MuseumCube(
    Museum Museum,
    TimeZoneInfo Zone,
    KioskButtons Buttons,
    MuseumLedger Ledger,
    IReadOnlyList<ExhibitionHours> Exhibitions,
    DateTimeOffset? FirstPress,
    DateTimeOffset? LastPress
)
{
    /// <summary>The museum's own day at an instant.</summary>
    public DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>For each of these days, whether any button was pressed anywhere in the museum.</summary>
    public Func<DateOnly, bool> HeardOn(DateOnly from, DateOnly to)
    {
        var heard = new HashSet<DateOnly>();
        foreach (var exhibition in Exhibitions)
        {
            var last = DateOnly.MinValue;
            foreach (ref readonly var cell in exhibition.Between(from, to))
            {
                if (cell.Day != last)
                    heard.Add(last = cell.Day);
            }
        }

        return heard.Contains;
    }

    internal (long Ratings, long Support) Totals()
    {
        long ratings = 0,
            support = 0;
        foreach (var exhibition in Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Cells)
            {
                ratings += cell.Votes;
                support += cell.Help;
            }
        }

        return (ratings, support);
    }

    internal bool Agrees => Totals() == (Ledger.Ratings, Ledger.Support);

    internal DateTime? NewestHour =>
        Exhibitions.Where(e => !e.Cells.IsEmpty).Select(e => (DateTime?)e.Cells[^1].Hour).Max();
}
