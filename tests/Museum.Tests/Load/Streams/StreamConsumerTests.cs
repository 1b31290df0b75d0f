using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>Loading topics: where a consumer begins and ends, what it does with each message, and which consumer does
/// it.</summary>
public sealed class StreamConsumerTests(KafkaServer kafka)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<StreamTestBed> BedAsync(int partitions, TestStore? database = null)
    {
        var broker = await kafka.BrokerAsync();
        var topic = await broker.NewTopicAsync(partitions);
        return await StreamTestBed.CreateAsync(broker.Settings($"group-of-{topic}", topic), topic, database);
    }

    private static async Task<List<string>> TablesAsync(TestStore database) =>
        await database.QueryAsync(
            """
            select exhibition_name, rating_created_at, rating_description from rating_info
            union all select exhibition_name, instance_created_at, support_description from support_info
            union all select '', cast(possible_help as text) || reason, detail from quarantine
            order by 1, 2, 3
            """
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mornings_messages_give_the_same_tables_from_a_broker_and_from_an_archive(bool embedded)
    {
        using var inside = embedded ? new EmbeddedBroker() : null;
        inside?.CreateTopic("lmnh", 3);
        await using var bed = inside is not null
            ? await StreamTestBed.CreateAsync(inside.Settings("real", "lmnh"), "lmnh")
            : await BedAsync(3);
        await using var other = TestStore.Sqlite();
        await other.Store.Maintenance.MigrateAsync(Cancel);
        foreach (var store in new[] { bed.Database.Store, other.Store })
        {
            await new Loader(
                store,
                new FolderBucket(Samples.Day),
                new LoadOptions(CleaningRules.History, TimeProvider.System),
                NullLogger.Instance
            ).RunAsync(new LoadRequest(null, false), null, Cancel);
            await store.Maintenance.ResetInteractionsAsync(Cancel);
        }

        var messages = await File.ReadAllLinesAsync(Samples.Messages, Cancel);
        foreach (var partition in Enumerable.Range(0, 3))
            await bed.ProduceAsync(partition, messages.Where((_, number) => number % 3 == partition));
        var report = await bed.ToTheEndAsync();
        using var archive = await Archive.OpenAsync(Samples.Messages, Stream.Null, Path.GetTempPath(), Cancel);
        var same = await new ArchiveLoader(other.Store, StreamTestBed.Options, NullLogger.Instance).RunAsync(
            archive,
            (await other.Store.Museums.ListAsync(Cancel))[0],
            "",
            Cancel
        );

        Assert.Equal(
            (
                Samples.Number("messages"),
                Samples.Number("message-ratings"),
                Samples.Number("message-help"),
                Samples.Number("message-refused")
            ),
            (report.Counts.Read, report.Counts.Ratings, report.Counts.Support, report.Counts.Quarantined)
        );
        Assert.Equal(same.Counts, report.Counts);
        Assert.Equal(same.Reasons, report.Reasons);
        Assert.Equal(await TablesAsync(other), await TablesAsync(bed.Database));
        Assert.Equal(0, (await bed.ToTheEndAsync()).Counts.Read);
        await bed.UntilReadAsync(Samples.Number("messages"));
    }

    [Fact]
    public async Task From_the_latest_only_what_arrives_from_now_on_and_later_partitions_from_their_first()
    {
        await using var bed = await BedAsync(1);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        var consumer = bed.Start(StreamTestBed.Options with { Start = new StreamStart(Latest: true) });
        await StreamTestBed.UntilAsync("a claim", () => consumer.State?.Partitions == 1);

        await bed.Admin.CreatePartitionsAsync([new() { Topic = bed.Topic, IncreaseTo = 2 }]);
        await StreamTestBed.UntilAsync("the new partition can be written to", async () => await IsThereAsync(bed, 2));
        await bed.ProduceAsync(1, StreamTestBed.Ratings(4));
        await bed.ProduceAsync(0, StreamTestBed.Ratings(3));

        await bed.UntilReadAsync(7);
        Assert.Equal(
            [(0, 5L, 8L), (1, 0, 4)],
            (await bed.PartitionsAsync()).Select(row => (row.Partition, row.StartOffset, row.NextOffset))
        );
    }

    private static Task<bool> IsThereAsync(StreamTestBed bed, int partitions) =>
        Task.Run(() =>
            bed.Admin.GetMetadata(bed.Topic, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count == partitions
        );

    [Fact]
    public async Task From_an_instant_by_the_time_stamps_of_the_broker()
    {
        await using var bed = await BedAsync(3);
        var noon = new DateTime(2024, 10, 21, 12, 0, 0, DateTimeKind.Utc);
        for (var hour = -2; hour <= 2; hour++)
            await bed.ProduceAsync(bed.Topic, 0, noon.AddHours(hour), StreamTestBed.Rating(hour + 2));
        await bed.ProduceAsync(bed.Topic, 1, noon.AddHours(-1), StreamTestBed.Ratings(2));

        var report = await bed.ToTheEndAsync(
            StreamTestBed.Options with
            {
                Start = new StreamStart(At: new DateTimeOffset(noon)),
            }
        );

        Assert.Equal(3, report.Counts.Read);
        Assert.Equal(
            [(0, 2L, 5L), (1, 2, 2), (2, 0, 0)],
            (await bed.PartitionsAsync()).Select(row => (row.Partition, row.StartOffset, row.NextOffset))
        );
    }

    [Fact]
    public async Task So_many_messages_and_no_more_and_then_to_the_end()
    {
        await using var bed = await BedAsync(2);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(15));
        await bed.ProduceAsync(1, StreamTestBed.Ratings(15));

        var first = await bed.Start(StreamTestBed.Options with { MaxMessages = 7 }).Report;
        Assert.Equal((7L, false), (first.Counts.Read, first.Interrupted));
        Assert.Equal(23, (await bed.ToTheEndAsync()).Counts.Read);
        await bed.UntilReadAsync(30);
        Assert.Equal([15L, 15], (await bed.PartitionsAsync()).Select(row => row.NextOffset));
    }

    [Fact]
    public async Task What_is_committed_is_reported_to_the_group()
    {
        await using var bed = await BedAsync(1);
        await bed.ProduceAsync(0, StreamTestBed.Ratings(5));
        var consumer = bed.Start();
        await bed.UntilReadAsync(5);
        await StreamTestBed.UntilAsync("the broker knows", async () => await ToldAsync(bed) == 5);

        await bed.ProduceAsync(0, StreamTestBed.Ratings(2));
        await bed.UntilReadAsync(7);
        var report = await consumer.StopAsync();

        Assert.Equal((7L, true), (report.Counts.Read, report.Interrupted));
        Assert.Equal(7, await ToldAsync(bed));
    }

    private static async Task<long> ToldAsync(StreamTestBed bed)
    {
        var groups = await bed.Admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(bed.Group, null)]);
        return groups.Single().Partitions.SingleOrDefault()?.Offset.Value ?? -1;
    }

    [Fact]
    public async Task Two_consumers_share_the_partitions_and_one_takes_over_from_the_other()
    {
        await using var bed = await BedAsync(4);
        await using var another = bed.Database.Another();
        RunningConsumer[] consumers = [bed.Start(), bed.Start(store: another)];
        await StreamTestBed.UntilAsync("two partitions each", () => consumers.All(c => c.State?.Partitions == 2));
        foreach (var partition in Enumerable.Range(0, 4))
            await bed.ProduceAsync(partition, StreamTestBed.Ratings(100));
        await bed.UntilReadAsync(400);

        var report = await consumers[1].StopAsync();
        await StreamTestBed.UntilAsync("all partitions", () => consumers[0].State?.Partitions == 4);
        foreach (var partition in Enumerable.Range(0, 4))
            await bed.ProduceAsync(partition, StreamTestBed.Ratings(50));
        await bed.UntilReadAsync(600);

        Assert.Equal(200, report.Counts.Read);
        Assert.Equal(400, (await consumers[0].StopAsync()).Counts.Read);
        Assert.Equal([150L, 150, 150, 150], (await bed.PartitionsAsync()).Select(row => row.NextOffset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_museums_side_by_side_keep_their_own_hours_and_their_own_exhibitions(bool oneProcess)
    {
        await using var bed = await BedAsync(1);
        var topic = await (await kafka.BrokerAsync()).NewTopicAsync(1, "lms");
        var science = await bed.Database.Store.Museums.AddAsync(
            new MuseumFacts(
                "LMS",
                "Liverpool Museum of Science",
                topic,
                "lms",
                new(10, 45),
                new(16, 15),
                "Europe/London"
            ),
            Cancel
        );
        await bed.AddExhibitionsAsync(science);
        await using var another = bed.Database.Another();
        if (oneProcess)
        {
            bed.Start(museums: [bed.Museum, science]);
        }
        else
        {
            bed.Start();
            bed.Start(store: another, museums: [science]);
        }

        // At nine the one is open and the other is not.
        await bed.ProduceAsync(0, StreamTestBed.Ratings(20));
        await bed.ProduceAsync(
            topic,
            0,
            null,
            [
                .. StreamTestBed.Ratings(20),
                .. StreamTestBed.Ratings(10).Select(text => text.Replace("T09:", "T11:", StringComparison.Ordinal)),
            ]
        );

        await bed.UntilReadAsync(50);
        Assert.Equal(
            ["LMNH|LMNH 1|20", "LMS|LMS 1|10"],
            await bed.Database.QueryAsync(
                "select museum, exhibition_name, count(*) from rating_info group by 1, 2 order by 1"
            )
        );
        Assert.Equal(
            [$"{science.Id}|out_of_hours|20"],
            await bed.Database.QueryAsync("select museum_id, reason, count(*) from quarantine group by 1, 2")
        );
    }

    [Fact]
    public async Task One_bad_message_in_ten_stops_nothing_and_nothing_but_bad_ones_opens_the_breaker()
    {
        await using var bed = await BedAsync(1);
        var consumer = bed.Start(StreamTestBed.Options with { Breaker = new(Least: 50) });
        await bed.ProduceAsync(
            0,
            Enumerable.Range(0, 300).Select(number => number % 10 == 0 ? "{" : StreamTestBed.Rating(number))
        );
        await bed.UntilReadAsync(300);
        Assert.Equal((270L, 30L), (consumer.State!.Counts.Ratings, consumer.State.Counts.Quarantined));

        await bed.ProduceAsync(0, Enumerable.Range(0, 4000).Select(number => StreamTestBed.Rating(number, "77")));
        var error = await Assert.ThrowsAsync<BreakerException>(() => consumer.Report);

        Assert.Contains("unknown_site", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Stopped, (await bed.Database.Store.Runs.ListAsync(1, Cancel)).Single().State);
        var status = await bed.Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced);
        Assert.Equal((270L, status.LedgerRead), (status.Ratings, (await bed.PartitionsAsync()).Single().NextOffset));
    }
}
