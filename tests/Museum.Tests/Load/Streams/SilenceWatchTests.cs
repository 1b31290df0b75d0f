using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Load.Streams;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>A client that hears nothing, although there is something to hear.</summary>
public sealed class SilenceWatchTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly SilenceWatch watch;

    public SilenceWatchTests() => watch = new SilenceWatch(clock, TimeSpan.FromSeconds(20));

    private bool After(double seconds, bool waiting, long position)
    {
        clock.Advance(TimeSpan.FromSeconds(seconds));
        return watch.Look(waiting, position);
    }

    [Fact]
    public void What_has_waited_for_longer_than_the_patience_is_found()
    {
        Assert.False(After(0, waiting: true, 40));
        Assert.False(After(19, waiting: true, 40));
        Assert.True(After(1, waiting: true, 40));
    }

    [Fact]
    public void Progress_and_a_moment_in_which_nothing_waits_begin_again()
    {
        Assert.False(After(0, waiting: true, 40));
        Assert.False(After(19, waiting: true, 41));
        Assert.False(After(19, waiting: true, 41));
        Assert.False(After(1, waiting: false, 41));
        Assert.False(After(19, waiting: true, 41));
        Assert.False(After(19, waiting: true, 41));
        Assert.True(After(1, waiting: true, 41));
    }
}
