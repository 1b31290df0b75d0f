using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Load.Streams;

/// <summary>What only a real broker writes into a log: markers of transactions, and its own time.</summary>
public sealed class StreamBrokerTests(KafkaServer kafka)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<StreamTestBed> BedAsync(int partitions)
    {
        var broker = await kafka.BrokerAsync();
        var topic = await broker.NewTopicAsync(partitions);
        return await StreamTestBed.CreateAsync(broker.Settings($"group-of-{topic}", topic), topic);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Markers_of_transactions_at_the_end_of_partitions_make_nobody_wait(bool committed)
    {
        await using var bed = await BedAsync(4);
        await using var another = bed.Database.Another();
        using (var producer = Transactional(bed))
        {
            producer.InitTransactions(Patience);
            producer.BeginTransaction();
            for (var partition = 0; partition < 4; partition++)
                producer.Produce(new TopicPartition(bed.Topic, partition), Message(StreamTestBed.Rating(partition)));
            if (committed)
                producer.CommitTransaction(Patience);
            else
                producer.AbortTransaction(Patience);
        }

        var untilEnd = StreamTestBed.Options with { UntilEnd = true };
        var (one, other) = (bed.Start(untilEnd), bed.Start(untilEnd, another));
        var reports = await Task.WhenAll(one.Report, other.Report).WaitAsync(Patience, Cancel);

        Assert.Equal(committed ? 4 : 0, reports.Sum(report => report.Counts.Read));
        // Behind the message stands its marker.
        if (committed)
            Assert.Equal([2L, 2, 2, 2], (await bed.PartitionsAsync()).Select(row => row.NextOffset));
    }

    private static IProducer<byte[]?, byte[]?> Transactional(StreamTestBed bed) =>
        new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig(bed.Clients.ProducerConfig()) { TransactionalId = $"transaction-of-{bed.Topic}" }
        ).Build();

    private static Message<byte[]?, byte[]?> Message(string text) =>
        new() { Value = System.Text.Encoding.UTF8.GetBytes(text) };

    /// <summary>The same call out of a backlog: who writes the time decides what can be known of it.</summary>
    [Theory]
    [InlineData("LogAppendTime", 1)]
    [InlineData("CreateTime", 0)]
    public async Task The_brokers_own_time_tells_a_wrong_clock_in_a_backlog_too(string type, long clockWrong)
    {
        await using var bed = await BedAsync(1);
        await bed.Admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new() { Name = bed.Topic, Type = ResourceType.Topic }] =
                [
                    new()
                    {
                        Name = "message.timestamp.type",
                        Value = type,
                        IncrementalOperation = AlterConfigOpType.Set,
                    },
                ],
            }
        );
        const string Call = """{"at": "2024-10-21T09:30:00+01:00", "site": "1", "val": -1, "type": 1}""";
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await bed.ProduceAsync(0, Call);

        await bed.ToTheEndAsync();

        Assert.Equal(
            clockWrong,
            await bed.Database.NumberAsync("select cast(clock_wrong as integer) from support_instance")
        );
        var arrived = (await bed.Database.QueryAsync("select arrived_at from support_instance")).Single();
        Assert.InRange(
            DateTimeOffset.Parse(arrived, System.Globalization.CultureInfo.InvariantCulture),
            before,
            DateTimeOffset.UtcNow.AddSeconds(1)
        );
    }
}
