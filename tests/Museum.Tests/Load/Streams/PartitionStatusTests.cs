using MuseumPipeline.Load.Streams;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Load.Streams;

public sealed class PartitionStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    private static readonly PartitionRow Row = new(
        "cluster",
        "lmnh",
        "id",
        0,
        1,
        1,
        0,
        90,
        90,
        95,
        null,
        3,
        "kiosk-host/12",
        null,
        false,
        Now,
        Now.AddSeconds(-5)
    );

    private static ClusterView View(string id, string topic, int partition) =>
        new(
            "cluster",
            new Dictionary<string, TopicView>
            {
                [topic] = new(id, new Dictionary<int, OffsetRange> { [partition] = new(10, 100) }),
            }
        );

    [Fact]
    public void The_brokers_own_end_counts_before_the_one_that_was_last_seen()
    {
        var asked = PartitionStatus.Of(Row, View("id", "lmnh", 0), Now);
        var unasked = PartitionStatus.Of(Row, null, Now);
        var elsewhere = PartitionStatus.Of(Row with { Cluster = "another" }, View("id", "lmnh", 0), Now);

        Assert.Equal((100L, true, 10L), (asked.End!.Value, asked.EndIsNow, asked.Lag!.Value));
        Assert.All(
            [unasked, elsewhere],
            status => Assert.Equal((95L, false, 5L), (status.End!.Value, status.EndIsNow, status.Lag!.Value))
        );
    }

    /// <summary>Heartbeats report the end, commits move the position: what is stored is past the last heartbeat's
    /// end.</summary>
    [Fact]
    public void The_end_that_was_last_seen_is_never_before_the_position()
    {
        var status = PartitionStatus.Of(Row with { NextOffset = 99 }, null, Now);

        Assert.Equal((99L, 0L), (status.End!.Value, status.Lag!.Value));
    }

    [Theory]
    [InlineData(30, 95, "consuming", true)]
    [InlineData(31, 95, "waiting", false)]
    [InlineData(31, 90, "waiting", true)]
    [InlineData(31, null, "waiting", false)]
    [InlineData(-60, 95, "consuming", true)]
    public void Behind_without_an_owner_that_lives_is_not_healthy(
        int silentSeconds,
        int? end,
        string state,
        bool healthy
    )
    {
        var status = PartitionStatus.Of(
            Row with
            {
                SeenAt = Now.AddSeconds(-silentSeconds),
                EndOffset = end,
            },
            null,
            Now
        );
        Assert.Equal((state, healthy), (status.State, status.Healthy));
    }

    [Fact]
    public void A_stopped_partition_is_not_healthy_whoever_lives()
    {
        var status = PartitionStatus.Of(Row with { Problem = "gone", EndOffset = 90 }, null, Now);
        Assert.Equal(("stopped", false), (status.State, status.Healthy));
    }

    [Theory]
    [InlineData("id", "another", 0, "the topic does not exist now")]
    [InlineData("new", "lmnh", 0, "the topic was created again: its id is new now")]
    [InlineData("id", "lmnh", 1, "the topic has no such partition now")]
    public void A_topic_that_is_not_the_one_that_was_consumed_is_remarked_and_its_end_is_not_taken_over(
        string id,
        string topic,
        int partition,
        string remark
    )
    {
        var status = PartitionStatus.Of(Row, View(id, topic, partition), Now);
        Assert.Equal((remark, 95L, false, false), (status.Remark, status.End!.Value, status.EndIsNow, status.Healthy));
    }
}
