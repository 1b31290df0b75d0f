using MuseumPipeline.Model;

namespace MuseumPipeline.Numbers.Presses;

/// <summary>The presses of a selection that are behind one number of a page.</summary>
/// <param name="Values">Of these buttons; null: all of the kind.</param>
/// <param name="Weekday">1 for Monday to 7 for Sunday; null: every day.</param>
/// <param name="Hours">By the museum's clock, 0 to 23; null: the whole day.</param>
internal sealed record PressQuery(PressKind Kind, IReadOnlyList<int>? Values, int? Weekday, int[]? Hours)
{
    /// <summary>Hours of the day or of the week: other hours lie between them.</summary>
    public bool IsOfSomeHours => Weekday is not null || Hours is not null;

    /// <summary>The hours that hold such presses and how many, oldest first. Counted as the pages count them, so that a
    /// number and the presses behind it agree.</summary>
    public IReadOnlyList<(DateTime Hour, long Presses)> HoursOf(Selection selection)
    {
        var hours = new SortedDictionary<DateTime, long>();
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
            {
                if (IsIn(cell) && PressesOf(cell, selection.Cube.Buttons) is > 0 and var presses)
                    hours[cell.Hour] = hours.GetValueOrDefault(cell.Hour) + presses;
            }
        }

        return [.. hours.Select(pair => (pair.Key, pair.Value))];
    }

    private bool IsIn(in HourCell cell) =>
        (Weekday is null || cell.Weekday == Weekday) && (Hours is null || Hours.Contains(cell.LocalHour));

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
