using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Confluent.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Simulate;

/// <summary>The producer's book against what the broker holds.</summary>
public sealed class KafkaSinkTests : IDisposable
{
    private readonly MuseumProcess _museum = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task What_the_ledger_says_was_delivered_is_what_the_topic_holds_and_kiosks_keep_their_partition()
    {
        await using var broker = await Broker.FindAsync();
        var topic = $"sim-{Guid.NewGuid():N}";
        await broker.CreateTopicAsync(topic, 3);
        _museum.Environment["BOOTSTRAP_SERVERS"] = broker.Address;

        var run = await _museum.RunAsync("simulate", "stream", "--to", "kafka", "--topic", topic, "--messages", "5000", "--every-fault", "--ledger", "l", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal((5000, 5000), (run.Json.GetProperty("sent").GetInt64(), run.Json.GetProperty("delivered").GetInt64()));
        var held = Read(broker.Address, topic, 5000);
        Assert.Equal(
            held.Select(m => $"{m.Partition.Value} {m.Offset.Value} {Convert.ToHexStringLower(SHA256.HashData(m.Message.Value))}").Order(),
            File.ReadLines(Path.Combine(_museum.Directory, "l")).Order());
        Assert.Equal(3, held.Select(m => m.Partition).Distinct().Count());
        Assert.All(held.GroupBy(m => Convert.ToHexString(m.Message.Key)), kiosk => Assert.Single(kiosk.Select(m => m.Partition).Distinct()));
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_is_told_with_what_to_check()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        _museum.Environment["BOOTSTRAP_SERVERS"] = $"127.0.0.1:{port}";

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
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = address, GroupId = topic, EnableAutoCommit = false }).Build();
        consumer.Assign(Enumerable.Range(0, 3).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var read = new List<ConsumeResult<byte[], byte[]>>();
        while (read.Count < count)
            read.Add(consumer.Consume(Cancel));
        return read;
    }

    /// <summary>A real broker: of MUSEUM_TEST_KAFKA, or one started for this test where its programs are at hand.</summary>
    private sealed class Broker(string address, Func<Task> stop) : IAsyncDisposable
    {
        public string Address => address;

        public static async Task<Broker> FindAsync()
        {
            if (Environment.GetEnvironmentVariable("MUSEUM_TEST_KAFKA") is { Length: > 0 } given)
                return new Broker(given, () => Task.CompletedTask);
            var program = RealData.Shared("services", "kafka", "kafka");
            Assert.SkipWhen(program is null, "needs Kafka: name brokers in MUSEUM_TEST_KAFKA");
            var directory = Directory.CreateTempSubdirectory("museum-kafka-").FullName;
            var port = FreePorts();
            await Tool.RunAsync("env", $"KAFKA_PORT={port}", program!, "up", directory);
            return new Broker($"127.0.0.1:{port}", () => Tool.RunAsync("env", $"KAFKA_PORT={port}", program!, "down", directory));
        }

        public async Task CreateTopicAsync(string topic, int partitions)
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = address }).Build();
            await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 }]);
        }

        public async ValueTask DisposeAsync() => await stop();

        /// <summary>The first of four in a row.</summary>
        private static int FreePorts()
        {
            while (true)
            {
                var listeners = new List<TcpListener>();
                try
                {
                    var first = 0;
                    for (var n = 0; n < 4; n++)
                    {
                        var listener = new TcpListener(IPAddress.Loopback, n == 0 ? 0 : first + n);
                        listener.Start();
                        listeners.Add(listener);
                        first = n == 0 ? ((IPEndPoint)listener.LocalEndpoint).Port : first;
                    }

                    return first;
                }
                catch (SocketException)
                {
                    // One of them is taken: others, then.
                }
                finally
                {
                    listeners.ForEach(l => l.Stop());
                }
            }
        }
    }
}
