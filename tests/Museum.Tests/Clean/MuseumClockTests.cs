using MuseumPipeline.Clean;

namespace MuseumPipeline.Tests.Clean;

/// <summary>On Lord Howe Island the clocks change by half an hour: in the middle of an hour of UTC, and so that half an
/// hour of local time is skipped.</summary>
public sealed class MuseumClockTests
{
    private static readonly MuseumClock LordHowe = new(TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe"));

    [Fact]
    public void An_hour_in_which_the_offset_changes_is_not_remembered_by_its_beginning()
    {
        Assert.Equal(new TimeSpan(1, 40, 0), OfDay(new DateTime(2024, 10, 5, 15, 10, 0)));
        Assert.Equal(new TimeSpan(2, 50, 0), OfDay(new DateTime(2024, 10, 5, 15, 50, 0)));
        Assert.Equal(new TimeSpan(1, 40, 0), OfDay(new DateTime(2024, 10, 5, 15, 10, 0)));
    }

    [Fact]
    public void Half_an_hour_that_was_skipped_does_not_exist_though_the_other_half_does()
    {
        Assert.Equal(new DateTime(2024, 10, 5, 15, 40, 0), ToUtc(new DateTime(2024, 10, 6, 2, 40, 0)));
        Assert.Null(ToUtc(new DateTime(2024, 10, 6, 2, 10, 0)));
        Assert.Equal(new DateTime(2024, 10, 5, 15, 40, 0), ToUtc(new DateTime(2024, 10, 6, 2, 40, 0)));
    }

    private static TimeSpan OfDay(DateTime utc) => new(LordHowe.TimeOfDay(utc.Ticks));

    private static DateTime? ToUtc(DateTime local) =>
        LordHowe.TryToUtc(local.Ticks, out var utc) ? new DateTime(utc) : null;
}
