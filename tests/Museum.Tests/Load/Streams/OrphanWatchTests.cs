using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

public sealed class OrphanWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Start);
    private readonly OrphanWatch watch;

    public OrphanWatchTests() => watch = new OrphanWatch(clock, TimeSpan.FromSeconds(15));

    private static PartitionRow Row(int partition, int seen, string? problem = null) =>
        new(
            "cluster",
            "lmnh",
            "id",
            partition,
            1,
            1,
            0,
            90,
            90,
            95,
            null,
            3,
            "kiosk-host/12",
            problem,
            false,
            Start,
            Start.AddSeconds(seen)
        );

    /// <summary>Once a second for so many seconds; the partition that was found, if one was.</summary>
    private int? Look(int seconds, Func<int, PartitionRow[]> rows)
    {
        int? found = null;
        for (var second = 0; second < seconds && found is null; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            found = watch.Look(rows(second));
        }

        return found;
    }

    [Fact]
    public void A_partition_without_a_sign_of_life_is_found_while_the_others_give_theirs() =>
        Assert.Equal(1, Look(20, second => [Row(0, second / 5), Row(1, -100)]));

    [Fact]
    public void Owners_that_give_their_signs_are_left_alone_whatever_their_clocks_say() =>
        Assert.Null(Look(120, second => [Row(0, second / 5), Row(1, -10_000 + (second / 5))]));

    [Fact]
    public void A_partition_that_is_stopped_waits_for_its_operator() =>
        Assert.Null(Look(120, _ => [Row(0, 0, "the log is another one")]));

    [Fact]
    public void What_happened_while_nobody_could_look_is_not_held_against_anyone()
    {
        Assert.Null(Look(10, _ => [Row(0, 0)]));
        clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Null(Look(10, _ => [Row(0, 0)]));
        Assert.Equal(0, Look(10, _ => [Row(0, 0)]));
    }
}
