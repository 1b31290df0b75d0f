using System.Text;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Tests.Source.Kafka;

public sealed class EmbeddedBrokerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_topic_has_the_partitions_it_was_made_with_and_keeps_what_is_written_over_a_stop()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("lmnh", 8);
        var clients = new KafkaClients(broker.Settings("g", "lmnh"), null, Redactor.None);

        var view = await KafkaProbe.RunAsync(clients, ["lmnh", "lms"], Cancel);
        using (var producer = clients.Producer())
            await producer.ProduceAsync(
                new TopicPartition("lmnh", 7),
                new Message<byte[]?, byte[]?> { Value = "press"u8.ToArray() },
                Cancel
            );
        broker.Stop();
        await Assert.ThrowsAsync<TransientException>(() => KafkaProbe.RunAsync(clients, ["lmnh"], Cancel));
        broker.Start();

        using (var topics = new KafkaTopics(clients, TimeSpan.FromSeconds(5)))
            Assert.Equal(
                ((await topics.LookAsync(["lmnh"])).Id, (await topics.LookAsync(["lmnh"])).Topics["lmnh"].Id),
                (view.ClusterId, view.Topics.Single().Id)
            );
        Assert.Equal((1, 8, "lms"), (view.Brokers, view.Topics.Single().Partitions, view.Missing.Single()));
        using var consumer = clients.Consumer().Build();
        consumer.Assign(new TopicPartitionOffset("lmnh", 7, 0));
        Assert.Equal("press", Encoding.UTF8.GetString(consumer.Consume(Cancel).Message.Value!));
    }

    [Fact]
    public void A_topic_cannot_be_made_twice_and_nothing_can_be_made_once_it_is_gone()
    {
        var broker = new EmbeddedBroker();
        broker.CreateTopic("lmnh", 2);

        Assert.Contains(
            "lmnh",
            Assert.Throws<InvalidOperationException>(() => broker.CreateTopic("lmnh", 2)).Message,
            StringComparison.Ordinal
        );
        broker.Dispose();
        broker.Dispose();
        Assert.Throws<ObjectDisposedException>(() => broker.CreateTopic("lms", 2));
    }
}
