using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Numbers.Safety;

public sealed class ResponseTimesTests
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    private static HelpResponse Call(string at, int? seconds) =>
        At(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), seconds);

    private static HelpResponse At(DateTimeOffset at, int? seconds) =>
        new(1, 1, at, seconds is { } s ? at.AddSeconds(s) : null);

    [Fact]
    public void Median_and_ninth_tenth_are_of_those_that_were_answered()
    {
        var times = ResponseTimes.Of(
            [
                .. Enumerable.Range(1, 10).Select(n => Call("2023-03-06T10:00Z", n * 10)),
                Call("2023-03-06T11:00Z", null),
            ],
            London
        );

        Assert.Equal(
            (10, 1, 55.0, 91.0),
            (times.Answered, times.Unanswered, times.MedianSeconds!.Value, times.P90Seconds!.Value)
        );
    }

    [Fact]
    public void Weeks_are_the_museums_own_ISO_weeks()
    {
        // Sunday 23:30 in UTC is Monday in London's summer; the last days of a year may belong to the first week of the
        // next.
        var times = ResponseTimes.Of(
            [
                Call("2023-07-02T22:30Z", 10),
                Call("2023-07-02T23:30Z", 20),
                Call("2023-07-05T10:00Z", null),
                Call("2024-12-30T10:00Z", null),
                Call("2021-01-03T10:00Z", 7),
            ],
            London
        );

        Assert.Equal(
            [
                new("2020-W53", 1, 0, 7, 0, null),
                new("2023-W26", 1, 0, 10, 0, null),
                new("2023-W27", 1, 1, 20, 0, null),
                new("2025-W01", 0, 1, null, 0, null),
            ],
            times.Weeks
        );
    }

    [Fact]
    public void What_is_resolved_has_a_time_of_its_own_and_what_it_was_is_counted()
    {
        var at = DateTimeOffset.Parse("2023-07-05T10:00Z", System.Globalization.CultureInfo.InvariantCulture);
        HelpResponse Call(int went, int? over, string? outcome = null) =>
            new(1, 1, at, at.AddSeconds(went), over is { } s ? at.AddSeconds(s) : null, outcome);
        var times = ResponseTimes.Of(
            [Call(10, 100, "First aid"), Call(20, 300, "First aid"), Call(30, null), Call(0, 200)],
            London
        );

        Assert.Equal(
            (4, 3, 15.0, 200.0),
            (times.Answered, times.Resolved, times.MedianSeconds, times.MedianResolutionSeconds)
        );
        Assert.Equal([new("First aid", 2), new(null, 1)], times.Outcomes);
        Assert.Equal((3, 200.0), (times.Weeks[0].Resolved, times.Weeks[0].MedianResolutionSeconds));
    }

    [Fact]
    public void Without_an_answer_there_is_no_time() =>
        Assert.Equal(
            (0, 0, null, null),
            (
                ResponseTimes.Of([], London).Answered,
                ResponseTimes.Of([], London).Unanswered,
                ResponseTimes.Of([], London).MedianSeconds,
                ResponseTimes.Of([], London).P90Seconds
            )
        );
}
