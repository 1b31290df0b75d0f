namespace MuseumPipeline.Numbers;

/// <param name="Weekday">1 for Monday to 7 for Sunday.</param>
/// <param name="Hour">By the museum's clock.</param>
/// <param name="PerOpenHour">Null if the museum was not open in that hour.</param>
internal sealed record BusyCell(int Weekday, int Hour, long Votes, double OpenHours, double? PerOpenHour);

internal sealed record BusiestView(Period Period, IReadOnlyList<BusyCell> Cells);

/// <summary>When visitors vote.</summary>
internal static class Busiest
{
    public static BusiestView Of(Selection selection)
    {
        var open = selection.OpenHours();
        var votes = new long[8, 24];
        foreach (var exhibition in selection.Exhibitions)
        {
            foreach (ref readonly var cell in exhibition.Between(selection.From, selection.To))
                votes[cell.Weekday, cell.LocalHour] += cell.Votes;
        }

        var cells = new List<BusyCell>();
        for (var weekday = 1; weekday <= 7; weekday++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var hours = open.In(weekday, hour);
                if (hours > 0 || votes[weekday, hour] > 0)
                    cells.Add(
                        new(weekday, hour, votes[weekday, hour], hours, hours > 0 ? votes[weekday, hour] / hours : null)
                    );
            }
        }

        return new(Period.Of(selection, open), cells);
    }
}
