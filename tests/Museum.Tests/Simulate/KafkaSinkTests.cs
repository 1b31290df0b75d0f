using System.Security.Cryptography;
using Confluent.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Simulate;

/// <summary>Compares the producer's ledger with the broker's content.</summary>
public sealed class KafkaSinkTests(KafkaServer server) : IDisposable
{
    private readonly MuseumProcess _museum = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task What_the_ledger_says_was_delivered_is_what_the_topic_holds_and_kiosks_keep_their_partition()
    {
        var broker = await server.BrokerAsync();
        var topic = await broker.NewTopicAsync(3, "sim");
        _museum.Environment["BOOTSTRAP_SERVERS"] = broker.Plaintext;

        var run = await _museum.RunAsync(
            "simulate",
            "stream",
            "--to",
            "kafka",
            "--topic",
            topic,
            "--messages",
            "5000",
            "--every-fault",
            "--ledger",
            "l",
            "--json"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            (5000, 5000),
            (run.Json.GetProperty("sent").GetInt64(), run.Json.GetProperty("delivered").GetInt64())
        );
        var held = Read(broker.Plaintext, topic, 5000);
        Assert.Equal(
            held.Select(m =>
                    $"{m.Partition.Value} {m.Offset.Value} {Convert.ToHexStringLower(SHA256.HashData(m.Message.Value))}"
                )
                .Order(),
            File.ReadLines(Path.Combine(_museum.Directory, "l")).Order()
        );
        Assert.Equal(3, held.Select(m => m.Partition).Distinct().Count());
        Assert.All(
            held.GroupBy(m => Convert.ToHexString(m.Message.Key)),
            kiosk => Assert.Single(kiosk.Select(m => m.Partition).Distinct())
        );
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_is_reported_with_what_to_check()
    {
        _museum.Environment["BOOTSTRAP_SERVERS"] = $"127.0.0.1:{FreePorts.One()}";

        var run = await _museum.RunAsync("simulate", "stream", "--to", "kafka");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("Check BOOTSTRAP_SERVERS", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_brokers_configured_it_says_what_to_set()
    {
        var run = await _museum.RunAsync("simulate", "stream", "--to", "kafka");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("BOOTSTRAP_SERVERS is not set", run.Error, StringComparison.Ordinal);
    }

    private static List<ConsumeResult<byte[], byte[]>> Read(string address, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = address,
                GroupId = topic,
                EnableAutoCommit = false,
            }
        ).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var read = new List<ConsumeResult<byte[], byte[]>>();
        while (read.Count < count)
            read.Add(consumer.Consume(Cancel));
        return read;
    }
}
