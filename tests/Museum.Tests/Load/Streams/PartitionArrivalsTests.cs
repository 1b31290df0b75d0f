using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Load.Streams;

public sealed class PartitionArrivalsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly Timestamp Kiosks = new(1000, TimestampType.CreateTime);
    private readonly FakeTimeProvider clock = new(Start);
    private readonly PartitionArrivals arrivals;

    public PartitionArrivalsTests() => arrivals = new(clock);

    private Arrival Of(int partition)
    {
        arrivals.Look();
        return arrivals.Of(partition, Kiosks);
    }

    /// <summary>Polling on, as a consumer does.</summary>
    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            arrivals.Look();
        }
    }

    private static long Micro(DateTimeOffset at) => StoredInstants.MicrosecondsOf(at);

    [Fact]
    public void The_brokers_own_time_is_the_arrival_even_in_a_backlog()
    {
        var stamp = new Timestamp(Start.AddHours(-3).UtcDateTime, TimestampType.LogAppendTime);

        Assert.Equal(new Arrival(Micro(Start.AddHours(-3)), Prompt: true), arrivals.Of(0, stamp));
    }

    [Fact]
    public void Our_receipt_tells_nothing_of_a_backlog_but_everything_once_the_partition_is_caught_up()
    {
        Assert.False(Of(0).Prompt);
        arrivals.Ended(0);
        // Nothing came in half an hour, and then this.
        Pass(1800);
        Assert.Equal(new Arrival(Micro(clock.GetUtcNow()), Prompt: true), Of(0));
        Pass(59);
        Assert.True(Of(0).Prompt);
        Pass(2);
        Assert.False(Of(0).Prompt);
        Assert.False(Of(1).Prompt);
    }

    [Fact]
    public void What_a_poll_waited_for_arrives_when_it_comes_and_not_when_the_poll_began()
    {
        arrivals.Look();
        arrivals.Ended(0);
        clock.Advance(TimeSpan.FromMilliseconds(95));
        Assert.Equal(new Arrival(Micro(clock.GetUtcNow()), Prompt: true), arrivals.Of(0, Kiosks));
    }

    [Fact]
    public void What_comes_after_a_broken_connection_or_a_sleep_may_have_waited()
    {
        arrivals.Ended(0);
        arrivals.Forget();
        Assert.False(Of(0).Prompt);

        arrivals.Ended(0);
        Assert.True(Of(0).Prompt);
        arrivals.Ended(0);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False(Of(0).Prompt);
    }
}
