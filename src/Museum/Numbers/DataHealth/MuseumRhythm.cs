using System.Globalization;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>Whether it is usual for the museum that no kiosk was heard from for so long, at these hours of its day: the
/// same calculation as for one kiosk, over all of them.</summary>
/// <param name="Expected">Presses usual in the opening time since the last arrival.</param>
internal sealed record MuseumRhythm(double Expected)
{
    /// <summary>With fewer days of presses than this, nothing can be called usual.</summary>
    private const int LeastDays = 7;

    public bool IsSilent => Expected >= KioskRhythm.SilentAt;

    public string Usual => Expected.ToString("#,0", CultureInfo.InvariantCulture);

    public static bool IsOpen(MuseumCube cube, DateTimeOffset now)
    {
        var time = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, cube.Zone).DateTime);
        return time >= cube.Museum.Opens && time < cube.Museum.Closes;
    }

    /// <summary>Null if nothing can be said: the museum is closed, nothing ever arrived, or it has too few days of
    /// presses.</summary>
    public static MuseumRhythm? Of(MuseumCube cube, DateTimeOffset? lastArrival, DateTimeOffset now)
    {
        if (lastArrival is not { } last || !IsOpen(cube, now))
            return null;
        var lastDay = cube.DayOf(last);
        var cells = new List<HourCell>();
        foreach (var exhibition in cube.Exhibitions)
            cells.AddRange(exhibition.Between(lastDay.AddDays(1 - KioskRhythm.RhythmDays), lastDay));
        if (cells.Select(cell => cell.Day).Distinct().Count(day => day < lastDay) < LeastDays)
            return null;
        cells.Sort((a, b) => a.Hour.CompareTo(b.Hour));
        var whole = new ExhibitionHours(Whole, [.. cells]);
        return new(KioskRhythm.Of(cube, whole, last, now).Expected);
    }

    /// <summary>All kiosks as if they were one.</summary>
    private static readonly ExhibitionCard Whole = new(0, 0, "", "", "", "", "", DateOnly.MinValue);
}
