using MuseumPipeline.Numbers;

namespace MuseumPipeline.Tests.Numbers;

public sealed class OpenHoursTests
{
    private static readonly DateTimeOffset Later = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static OpenHours Of(
        string from,
        string to,
        string zone = "Europe/London",
        string opens = "08:45",
        string closes = "18:15",
        DateTimeOffset? now = null
    ) =>
        OpenHours.Of(
            new MuseumPipeline.Model.Museum(
                1,
                "LMNH",
                "",
                "",
                "",
                TimeOnly.Parse(opens, null),
                TimeOnly.Parse(closes, null),
                zone
            ),
            TimeZoneInfo.FindSystemTimeZoneById(zone),
            DateOnly.Parse(from, null),
            DateOnly.Parse(to, null),
            now ?? Later
        );

    [Fact]
    public void A_week_is_seven_days_of_nine_and_a_half_hours_and_the_edges_are_quarters()
    {
        var open = Of("2023-03-06", "2023-03-12");
        Assert.Equal(7 * 9.5, open.Total, 1e-9);
        Assert.Equal((7 * 0.25, 7, 7 * 0.25, 0), (open.InHour(8), open.InHour(9), open.InHour(18), open.InHour(19)));
        Assert.Equal((0.25, 1, 0.25), (open.In(1, 8), open.In(7, 12), open.In(6, 18)));
    }

    [Theory]
    [InlineData("2023-03-06T08:00:00Z", 0)]
    [InlineData("2023-03-06T09:30:00Z", 0.75)]
    [InlineData("2023-03-06T20:00:00Z", 9.5)]
    [InlineData("2023-03-07T09:45:00Z", 10.5)]
    public void A_day_that_is_still_going_on_ends_now(string now, double hours) =>
        Assert.Equal(
            hours,
            Of(
                "2023-03-06",
                "2023-03-09",
                now: DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)
            ).Total,
            1e-9
        );

    /// <summary>Clocks go forward at 01:00 on 26 March and back at 02:00 on 29 October; the museum's day does not
    /// notice.</summary>
    [Theory]
    [InlineData("2023-03-26")]
    [InlineData("2023-10-29")]
    public void Opening_hours_by_day_are_as_long_when_the_clocks_change_at_night(string day)
    {
        var open = Of(day, day);
        Assert.Equal(9.5, open.Total, 1e-9);
        Assert.Equal((0.25, 1, 0.25), (open.In(7, 8), open.In(7, 9), open.In(7, 18)));
    }

    [Fact]
    public void A_night_that_is_open_loses_the_hour_that_is_skipped_and_has_the_doubled_one_twice()
    {
        var spring = Of("2023-03-26", "2023-03-26", opens: "00:00", closes: "06:00");
        Assert.Equal((5, 1, 0, 1), (spring.Total, spring.InHour(0), spring.InHour(1), spring.InHour(2)));
        var autumn = Of("2023-10-29", "2023-10-29", opens: "00:00", closes: "06:00");
        Assert.Equal((7, 1, 2, 1), (autumn.Total, autumn.InHour(0), autumn.InHour(1), autumn.InHour(2)));
    }

    /// <summary>Lord Howe's clocks change by half an hour.</summary>
    [Fact]
    public void A_change_of_half_an_hour_is_half_an_hour()
    {
        var spring = Of("2023-10-01", "2023-10-01", "Australia/Lord_Howe", "01:00", "04:00");
        Assert.Equal((2.5, 1, 0.5, 1), (spring.Total, spring.InHour(1), spring.InHour(2), spring.InHour(3)));
        var autumn = Of("2023-04-02", "2023-04-02", "Australia/Lord_Howe", "00:00", "04:00");
        Assert.Equal((4.5, 1.5), (autumn.Total, autumn.InHour(1)));
    }

    [Fact]
    public void Hours_that_are_open_for_a_quarter_are_part_of_the_whole_one_beside_them()
    {
        var museum = new MuseumPipeline.Model.Museum(1, "LMNH", "", "", "", new(8, 45), new(18, 15), "Europe/London");
        var columns = HourColumn.Of(Of("2023-03-06", "2023-03-12"), museum);
        Assert.Equal(
            ["08:45–10", "10–11", "11–12", "12–13", "13–14", "14–15", "15–16", "16–17", "17–18:15"],
            columns.Select(column => column.Name)
        );
        Assert.Equal((9, 7 * 1.25), (columns[0].Hour, columns[0].OpenHours));
        Assert.Equal([17, 18], columns[^1].Hours);
        Assert.Equal(7 * 9.5, columns.Sum(column => column.OpenHours), 1e-9);
        var brief = museum with { Opens = new(10, 45), Closes = new(11, 15) };
        Assert.Equal(
            ["10:45–11", "11–11:15"],
            HourColumn.Of(Of("2023-03-06", "2023-03-06", opens: "10:45", closes: "11:15"), brief).Select(c => c.Name)
        );
    }
}
