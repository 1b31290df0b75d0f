using MuseumPipeline.Model;

namespace MuseumPipeline.Numbers.Presses;

/// <summary>The presses of a selection that are behind one number of a page.</summary>
/// <param name="Values">Of these buttons; null: all of the kind.</param>
internal sealed record PressQuery(PressKind Kind, IReadOnlyList<int>? Values)
{
    /// <summary>The hours that hold such presses and how many, oldest first. Counted as the pages count them, so that a
    /// number and the presses behind it agree.</summary>
    public SortedDictionary<DateTime, long> HoursOf(Selection selection)
    {
        var hours = new SortedDictionary<DateTime, long>();
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
            {
                if (PressesOf(cell, selection.Cube.Buttons) is > 0 and var presses)
                    hours[cell.Hour] = hours.GetValueOrDefault(cell.Hour) + presses;
            }
        }

        return hours;
    }

    private long PressesOf(in HourCell cell, KioskButtons buttons)
    {
        var counts = Kind is PressKind.Rating ? cell.Ratings : cell.Calls;
        if (Values is null)
            return counts.Sum(count => (long)count);
        var sum = 0L;
        foreach (var value in Values)
        {
            var index = Kind is PressKind.Rating ? value : buttons.IndexOf(value);
            if (index >= 0 && index < counts.Length)
                sum += counts[index];
        }

        return sum;
    }
}
