using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>What a consumer cannot decide by itself, and what it does once an operator has; and partitions that it
/// loses while it works.</summary>
public sealed class StreamOperatorTests(KafkaServer kafka, PostgresServer postgres)
{
    private static readonly OperatorMove Move = new("ann", "kafka", "");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<StreamTestBed> BedAsync(int partitions, TestStore? database = null)
    {
        var broker = await kafka.BrokerAsync();
        var topic = await broker.NewTopicAsync(partitions);
        return await StreamTestBed.CreateAsync(broker.Settings($"group-of-{topic}", topic), topic, database);
    }

    private static StreamIdentity IdentityOf(StreamTestBed bed, PartitionRow row) =>
        new(bed.Museum.Id, row.Cluster, row.Topic, row.TopicId);

    [Fact]
    public async Task What_was_deleted_before_it_was_read_stops_its_partition_alone_until_it_is_accepted()
    {
        await using var bed = await BedAsync(2);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(3));
        await bed.ProduceAsync(1, StreamTestBed.Ratings(3));
        await bed.ToTheEndAsync();
        await bed.ProduceAsync(0, StreamTestBed.Ratings(7));
        await bed.Admin.DeleteRecordsAsync([new TopicPartitionOffset(bed.Topic, 0, 6)]);

        var consumer = bed.Start();
        await StreamTestBed.UntilAsync(
            "the partition is stopped",
            async () =>
                (await bed.PartitionsAsync())[0].Problem is not null
                || (await bed.PartitionsAsync())[1].Problem is not null
        );
        await bed.ProduceAsync(1, StreamTestBed.Ratings(4));
        await bed.UntilReadAsync(10);
        var row = (await bed.PartitionsAsync()).Single(r => r.Partition == 0);
        Assert.Contains(
            "offsets 3 to 5 were deleted before they were read (3 of them are lost); the partition now begins at 6",
            row.Problem,
            StringComparison.Ordinal
        );
        Assert.Equal((3L, "stopped", false), (row.NextOffset, consumer.State!.State, consumer.State.Healthy));
        Assert.Equal([0], consumer.State.StoppedPartitions);

        await bed.Database.Store.Partitions.MoveAsync(IdentityOf(bed, row), 0, 6, Move, Cancel);
        await bed.UntilReadAsync(14);
        await StreamTestBed.UntilAsync("it is well again", () => consumer.State is { Healthy: true, Partitions: 2 });
    }

    [Theory]
    [InlineData("next_offset = 9, high_offset = 9", "the position 9 is past the end of the partition, 5")]
    [InlineData("last_record = 'of another log'", "the record at offset 4 is not the one that was read there")]
    [InlineData("leader_epoch = 77", "and was read under 77")]
    public async Task A_log_that_is_another_one_stops_its_partition_and_a_run_to_the_end_fails(
        string change,
        string says
    )
    {
        await using var bed = await BedAsync(1);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        await bed.ToTheEndAsync();
        await bed.Database.QueryAsync($"update kafka_offset set {change}");

        var error = await Assert.ThrowsAsync<MuseumException>(() => bed.ToTheEndAsync());

        Assert.Equal(ExitCode.Service, error.ExitCode);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("restored from a copy", error.Message, StringComparison.Ordinal);
        Assert.Contains($"museum kafka accept-loss {bed.Topic}:0", error.Message, StringComparison.Ordinal);
        var row = Assert.Single(await bed.PartitionsAsync());
        Assert.True(row.OtherLog);

        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        await Assert.ThrowsAsync<MuseumException>(() => bed.ToTheEndAsync());
        Assert.Equal(5, (await bed.Database.Store.Maintenance.StatusAsync(Cancel)).LedgerRead);
    }

    [Fact]
    public async Task A_topic_created_again_is_not_consumed_until_it_is_accepted()
    {
        await using var bed = await BedAsync(1);
        var consumer = bed.Start();
        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        await bed.UntilReadAsync(5);

        await bed.Admin.DeleteTopicsAsync([bed.Topic]);
        await StreamTestBed.UntilAsync(
            "the topic is gone",
            () => consumer.State?.Problem?.Contains("the topic", StringComparison.Ordinal) == true
        );
        await StreamTestBed.UntilAsync(
            "it can be created again",
            async () =>
            {
                try
                {
                    await bed.Admin.CreateTopicsAsync([
                        new TopicSpecification
                        {
                            Name = bed.Topic,
                            NumPartitions = 1,
                            ReplicationFactor = 1,
                        },
                    ]);
                    return true;
                }
                catch (CreateTopicsException)
                {
                    return false;
                }
            }
        );
        await bed.ProduceAsync(0, StreamTestBed.Ratings(2));
        await StreamTestBed.UntilAsync(
            "the partition is stopped",
            async () => (await bed.PartitionsAsync()).Single().Problem is not null
        );
        var old = (await bed.PartitionsAsync()).Single();
        Assert.Contains("was deleted and created again", old.Problem, StringComparison.Ordinal);
        await StreamTestBed.UntilAsync("it says so", () => consumer.State?.State == "stopped");
        await bed.UntilReadAsync(5);

        var anew = TopicId.Text(
            (await bed.Admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([bed.Topic])))
                .TopicDescriptions.Single()
                .TopicId
        );
        await bed.Database.Store.Partitions.MoveAsync(IdentityOf(bed, old) with { TopicId = anew }, 0, 0, Move, Cancel);
        await bed.UntilReadAsync(7);
        Assert.Equal(
            [(false, 2L), (true, 5L)],
            (await bed.PartitionsAsync()).OrderBy(row => row.Retired).Select(row => (row.Retired, row.NextOffset))
        );
    }

    [Fact]
    public async Task A_rewind_is_honoured_also_where_no_message_arrives()
    {
        await using var bed = await BedAsync(1);
        var consumer = bed.Start();
        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        await bed.UntilReadAsync(5);

        await bed.Database.Store.Partitions.MoveAsync(
            IdentityOf(bed, (await bed.PartitionsAsync()).Single()),
            0,
            2,
            Move,
            Cancel
        );

        await StreamTestBed.UntilAsync("they are read again", () => consumer.State?.Counts.Already == 3);
        await bed.UntilReadAsync(5);
        Assert.Equal(5, (await bed.PartitionsAsync()).Single().NextOffset);
    }

    /// <summary>The partition goes to another consumer while one batch waits for the database and the next has been
    /// handed over.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_consumer_that_lost_a_partition_while_it_waited_continues_with_the_others(int busy)
    {
        await using var bed = await BedAsync(2, await TestStore.PostgresAsync(postgres));
        await using var another = bed.Database.Another();
        using var release = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        var slow = new FailingCommits(int.MaxValue)
        {
            BeforeCommit = number =>
            {
                if (number > 0)
                    return;
                held.Set();
                release.Wait(Cancel);
            },
        }.Over(bed.Database.Store);
        var first = bed.Start(store: slow);
        await StreamTestBed.UntilAsync("both partitions", () => first.State?.Partitions == 2);
        await bed.ProduceAsync(busy, StreamTestBed.Rating(0));
        await StreamTestBed.UntilAsync("a commit that waits", () => held.IsSet);
        await bed.ProduceAsync(busy, StreamTestBed.Rating(1));

        var second = bed.Start(store: another);
        await StreamTestBed.UntilAsync("one partition was given away", () => first.State?.Partitions == 1);
        release.Set();
        await StreamTestBed.UntilAsync(
            "one partition each",
            () => first.State?.Partitions == 1 && second.State?.Partitions == 1
        );
        await bed.ProduceAsync(0, StreamTestBed.Rating(2));
        await bed.ProduceAsync(1, StreamTestBed.Rating(3));

        await bed.UntilReadAsync(4);
    }
}
