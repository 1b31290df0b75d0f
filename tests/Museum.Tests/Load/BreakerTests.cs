using MuseumPipeline.Load;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load;

public sealed class BreakerTests
{
    private static void Check(Breaker breaker, int good, int bad)
    {
        var why = new ReasonTally();
        for (var n = 0; n < bad; n++)
            why.Count(Reason.InvalidVal);
        breaker.Check(new Counts(good + bad, good, 0, bad, 0, 0, 0), why, "here");
    }

    [Fact]
    public void It_opens_at_the_share_itself_and_not_one_record_before()
    {
        Check(new Breaker(new BreakerLimits(0.9, 500)), 51, 449);
        var refused = Assert.Throws<BreakerException>(() => Check(new Breaker(new BreakerLimits(0.9, 500)), 50, 450));
        Assert.Equal(ExitCode.DataRefused, refused.ExitCode);
    }

    [Fact]
    public void It_waits_until_there_is_something_to_judge_by()
    {
        var breaker = new Breaker(new BreakerLimits(0.9, 500));
        Check(breaker, 0, 499);
        Assert.Throws<BreakerException>(() => Check(breaker, 0, 1));
    }

    /// <summary>After each commit the past weighs no more than 500 records: of bad ones, half, three quarters, seven
    /// eighths, fifteen sixteenths are refused.</summary>
    [Fact]
    public void A_long_good_start_does_not_hide_a_bad_turn()
    {
        var breaker = new Breaker(new BreakerLimits(0.9, 500));
        Check(breaker, 100_000, 0);
        for (var commit = 0; commit < 3; commit++)
            Check(breaker, 0, 500);
        Assert.Throws<BreakerException>(() => Check(breaker, 0, 500));
    }
}
