using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Consumers with a name (MUSEUM_STATIC_MEMBER), which the group remembers after they have closed.</summary>
public sealed class NamedConsumerTests(KafkaServer kafka)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<StreamTestBed> BedAsync(int remembered)
    {
        var broker = await kafka.BrokerAsync();
        var topic = await broker.NewTopicAsync(2);
        return await StreamTestBed.CreateAsync(
            broker.Settings($"group-of-{topic}", topic) with
            {
                StaticMember = "till-1",
                Extra = new Dictionary<string, string> { ["session.timeout.ms"] = $"{remembered}" },
            },
            topic
        );
    }

    [Fact]
    public async Task One_that_an_operator_rewinds_does_not_take_what_the_group_remembers_of_it_for_another()
    {
        await using var bed = await BedAsync(remembered: 300_000);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(7));
        var consumer = bed.Start();
        await bed.UntilReadAsync(7);

        var claimed = Assert.Single(await bed.PartitionsAsync(), row => row.Partition == 0);
        await bed.Database.Store.Partitions.MoveAsync(
            new StreamIdentity(bed.Museum.Id, claimed.Cluster, bed.Topic, claimed.TopicId),
            0,
            2,
            new OperatorMove("ann", "kafka rewind", ""),
            Cancel
        );
        // While messages arrive it is a commit that finds out.
        await bed.ProduceAsync(0, StreamTestBed.Ratings(3));
        await StreamTestBed.UntilAsync("all are read", () => consumer.State?.Counts.Read == 15);

        Assert.Equal((true, null), (consumer.State?.Healthy, consumer.State?.Problem));
        Assert.Equal(15, (await consumer.StopAsync()).Counts.Read);
    }

    [Fact]
    public async Task Of_two_with_one_name_one_says_so_and_stays_out_until_the_other_has_left()
    {
        await using var bed = await BedAsync(remembered: 6000);
        await using var another = bed.Database.Another();
        using var enough = new CancellationTokenSource();
        var sent = 0;
        RunningConsumer[] consumers = [bed.Start(), bed.Start(store: another)];
        // While messages keep coming they take partitions from each other in the database as well.
        var traffic = Task.Run(
            async () =>
            {
                for (; !enough.IsCancellationRequested; sent++)
                    await bed.ProduceAsync(sent % 2, StreamTestBed.Rating(sent));
            },
            Cancel
        );

        await StreamTestBed.UntilAsync("one of them names the other", () => consumers.Any(IsOut));
        var isOut = Array.FindIndex(consumers, IsOut);
        await StreamTestBed.UntilAsync(
            "the other works",
            () => consumers[1 - isOut].State is { Partitions: 2, Counts.Read: > 0 }
        );
        var early = await consumers[1 - isOut].StopAsync();
        await StreamTestBed.UntilAsync(
            "the one that stayed out has everything",
            () => consumers[isOut].State is { Partitions: 2, Problem: null }
        );
        await enough.CancelAsync();
        await traffic;
        await bed.UntilReadAsync(sent);

        var late = await consumers[isOut].StopAsync();
        Assert.Equal(sent, early.Counts.Read + late.Counts.Read);
    }

    private static bool IsOut(RunningConsumer consumer) =>
        consumer.State?.Problem?.Contains("under the same name till-1", StringComparison.Ordinal) == true;
}
