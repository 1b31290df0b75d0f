using System.Text;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Kafka;

/// <summary>Against a real broker: every way to connect, and messages of ours and of a foreign client.</summary>
public sealed class KafkaConnectionTests(KafkaServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PLAINTEXT")]
    [InlineData("SASL_PLAINTEXT+PLAIN")]
    [InlineData("SASL_PLAINTEXT+SCRAM-SHA-256")]
    [InlineData("SASL_PLAINTEXT+SCRAM-SHA-512")]
    [InlineData("SASL_SSL+PLAIN")]
    [InlineData("SASL_SSL+SCRAM-SHA-512")]
    public async Task Every_listener_connects_and_reads_what_we_and_kcat_have_written(string listener)
    {
        var broker = await server.BrokerAsync();
        var topic = await broker.NewTopicAsync(1);
        var settings = KafkaListeners.Of(broker, listener);
        var clients = new KafkaClients(settings, null, Redactor.None);

        var view = await KafkaProbe.RunAsync(clients, [topic], Cancel);
        using (var producer = clients.Producer())
            await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Value = "ours"u8.ToArray() }, Cancel);
        // Debian's kcat repeats its SCRAM nonce, which Kafka 4 refuses.
        await Kcat.ProduceAsync(
            listener.Contains("SCRAM", StringComparison.Ordinal) ? KafkaListeners.Of(broker, "PLAINTEXT") : settings,
            topic,
            "kcat's",
            "and another"
        );

        Assert.Equal((1, 1, topic), (view.Brokers, view.Topics.Single().Partitions, view.Topics.Single().Name));
        Assert.NotEmpty(view.ClusterId);
        Assert.Equal(["ours", "kcat's", "and another"], Read(clients, topic));
    }

    [Fact]
    public async Task The_id_of_a_topic_changes_when_it_is_made_again_and_a_topic_that_is_not_there_is_named()
    {
        var broker = await server.BrokerAsync();
        string kept = await broker.NewTopicAsync(3),
            gone = $"gone-{Guid.NewGuid():N}";
        var clients = new KafkaClients(broker.Settings(), null, Redactor.None);

        var view = await KafkaProbe.RunAsync(clients, [kept, gone], Cancel);
        var again = await KafkaProbe.RunAsync(clients, [kept, gone], Cancel);

        Assert.Equal([gone], view.Missing);
        Assert.Equal([gone], again.Missing);
        Assert.Equal(
            (3, view.Topics[0].Id, view.ClusterId),
            (again.Topics[0].Partitions, again.Topics[0].Id, again.ClusterId)
        );
        Assert.NotEqual(
            view.Topics[0].Id,
            (await KafkaProbe.RunAsync(clients, [await broker.NewTopicAsync(3)], Cancel)).Topics[0].Id
        );
    }

    private static List<string> Read(KafkaClients clients, string topic)
    {
        using var consumer = clients.Consumer().Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        List<string> texts = [];
        while (consumer.Consume(Cancel) is { IsPartitionEOF: false } message)
            texts.Add(Encoding.UTF8.GetString(message.Message.Value!));
        consumer.Close();
        return texts;
    }
}
