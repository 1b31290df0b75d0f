using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Numbers.DataHealth;

public sealed class KioskRhythmTests
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    private static readonly MuseumPipeline.Model.Museum Museum = new(
        1,
        "LMNH",
        "Liverpool",
        "lmnh",
        "lmnh",
        new(8, 45),
        new(18, 15),
        "Europe/London"
    );

    /// <summary>Fourteen days to Sunday, 9 July 2023, in summer time, with this many presses in each full hour from 9
    /// to 18.</summary>
    private static (MuseumCube Cube, ExhibitionHours Exhibition) Kiosk(int presses)
    {
        var cells = Enumerable
            .Range(0, 14)
            .SelectMany(
                day => Enumerable.Range(9, 9),
                (day, hour) =>
                {
                    var local = new DateTime(2023, 6, 26, hour, 0, 0, DateTimeKind.Unspecified).AddDays(day);
                    return new HourCell(
                        DateTime.SpecifyKind(local - London.GetUtcOffset(local), DateTimeKind.Utc),
                        DateOnly.FromDateTime(local),
                        hour,
                        [0, 0, presses, 0, 0],
                        [0, 0]
                    );
                }
            );
        var exhibition = new ExhibitionHours(
            new ExhibitionCard(1, 1, "EXH_00", "0", "Measureless", "1", "Geology", new(2021, 8, 23)),
            [.. cells]
        );
        return (
            new MuseumCube(Museum, London, KioskButtons.Original, MuseumLedger.Empty(1), [exhibition], null, null),
            exhibition
        );
    }

    private static readonly DateTimeOffset Last = new(2023, 7, 9, 13, 0, 0, TimeSpan.FromHours(1));

    private static KioskRhythm Judge(int presses, TimeSpan later, DateTimeOffset? last = null)
    {
        var (cube, exhibition) = Kiosk(presses);
        return KioskRhythm.Of(cube, exhibition, last ?? Last, (last ?? Last) + later);
    }

    [Theory]
    [InlineData(60, 1, nameof(KioskState.Ok))]
    [InlineData(60, 5, nameof(KioskState.Ok))]
    [InlineData(60, 6, nameof(KioskState.Quiet))]
    [InlineData(60, 11, nameof(KioskState.Quiet))]
    [InlineData(60, 12, nameof(KioskState.Silent))]
    [InlineData(6, 12, nameof(KioskState.Ok))]
    [InlineData(6, 60, nameof(KioskState.Quiet))]
    [InlineData(6, 120, nameof(KioskState.Silent))]
    [InlineData(1, 240, nameof(KioskState.Ok))]
    public void The_same_silence_is_judged_by_each_kiosks_own_rhythm(int perHour, int minutes, string state)
    {
        var rhythm = Judge(perHour, TimeSpan.FromMinutes(minutes));
        Assert.Equal((state, minutes * 60.0), (rhythm.State.ToString(), rhythm.SilentSeconds!.Value));
        Assert.Equal(perHour * minutes / 60.0, rhythm.Expected, 0.1 * perHour * minutes / 60.0);
    }

    [Fact]
    public void A_night_is_no_silence()
    {
        var evening = new DateTimeOffset(2023, 7, 9, 18, 10, 0, TimeSpan.FromHours(1));
        var night = Judge(60, TimeSpan.FromHours(6), evening);
        var morning = Judge(60, new DateTimeOffset(2023, 7, 10, 8, 46, 0, TimeSpan.FromHours(1)) - evening, evening);
        var later = Judge(60, new DateTimeOffset(2023, 7, 10, 9, 30, 0, TimeSpan.FromHours(1)) - evening, evening);

        Assert.Equal((KioskState.Closed, 300.0), (night.State, night.SilentSeconds!.Value));
        Assert.Equal("the museum is closed until 08:45", night.Explanation);
        Assert.Equal((KioskState.Ok, 360.0), (morning.State, morning.SilentSeconds!.Value));
        Assert.Equal(KioskState.Silent, later.State);
        Assert.StartsWith("no press in 50 min of opening time, in which", later.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_the_clocks_does_not_make_an_hour_of_silence()
    {
        // Clocks go back on 29 October 2023 at 2 in the morning.
        var before = new DateTimeOffset(2023, 10, 28, 18, 0, 0, TimeSpan.FromHours(1));
        var rhythm = Judge(60, new DateTimeOffset(2023, 10, 29, 9, 0, 0, TimeSpan.Zero) - before, before);
        Assert.Equal(30 * 60, rhythm.SilentSeconds);
    }

    [Fact]
    public void What_was_never_heard_is_distinguished_and_years_of_silence_are_counted()
    {
        var (cube, exhibition) = Kiosk(60);
        var never = KioskRhythm.Of(cube, new ExhibitionHours(exhibition.Card, []), null, Last);
        var years = Judge(60, TimeSpan.FromDays(1000));

        Assert.Equal((KioskState.NeverHeard, null, null), (never.State, never.SilentSeconds, never.UsualGapSeconds));
        Assert.Equal(KioskState.Silent, years.State);
        Assert.InRange(years.SilentSeconds!.Value, 999 * 9.5 * 3600, 1001 * 9.5 * 3600);
    }

    [Fact]
    public void A_press_of_a_clock_ahead_is_no_negative_silence()
    {
        var rhythm = Judge(60, TimeSpan.FromMinutes(-3));
        Assert.Equal((KioskState.Ok, 0.0), (rhythm.State, rhythm.SilentSeconds!.Value));
    }
}
