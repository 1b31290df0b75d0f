using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace MuseumPipeline.Tests.Servers;

/// <summary>Changes topics without the consumer's knowledge.</summary>
internal static class KafkaTopicsOfTests
{
    /// <summary>As retention does: deletes everything before an offset.</summary>
    public static async Task DeleteRecordsAsync(this KafkaBroker broker, string topic, int partition, long before)
    {
        using var admin = Admin(broker);
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(topic, partition, before)]);
    }

    public static async Task DeleteTopicAsync(this KafkaBroker broker, string topic)
    {
        using var admin = Admin(broker);
        await admin.DeleteTopicsAsync([topic]);
        var since = Stopwatch.GetTimestamp();
        while (admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Exists(t => t.Topic == topic))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20), $"the topic {topic} does not go");
            await Task.Delay(50);
        }
    }

    public static async Task CreateTopicAsync(this KafkaBroker broker, string topic, int partitions)
    {
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([
            new TopicSpecification
            {
                Name = topic,
                NumPartitions = partitions,
                ReplicationFactor = 1,
            },
        ]);
    }

    public static async Task GrowTopicAsync(this KafkaBroker broker, string topic, int partitions)
    {
        using var admin = Admin(broker);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }]);
    }

    private static IAdminClient Admin(KafkaBroker broker) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Plaintext }).Build();
}
