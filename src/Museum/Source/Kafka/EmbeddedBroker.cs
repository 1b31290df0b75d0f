using System.Runtime.InteropServices;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Kafka;

/// <summary>A small Kafka cluster inside this process, for the demo and for tests: librdkafka's own, which speaks the
/// real protocol over TCP on this machine, so that other processes can use it too. It keeps everything in memory, and
/// of each partition only the last 5 MiB or 100,000 messages. It has no login, no encryption and no <c>CreateTopics</c>
/// (a topic that was not made with <see cref="CreateTopic"/> appears with four partitions when it is first written
/// to).</summary>
internal sealed class EmbeddedBroker : IDisposable
{
    private const int AllBrokers = -1;

    private readonly Lock _one = new();
    private readonly nint _client;
    private readonly nint _cluster;
    private bool _disposed;

    public EmbeddedBroker(int brokers = 1)
    {
        _client = Librdkafka.NewSilentClient();
        _cluster = Librdkafka.rd_kafka_mock_cluster_new(_client, brokers);
        if (_cluster == 0)
        {
            Librdkafka.rd_kafka_destroy(_client);
            throw new InvalidOperationException("librdkafka starts no embedded broker: is a port free on 127.0.0.1?");
        }
        // Without a controller nothing answers which cluster this is, or which topics exist.
        _ = Librdkafka.rd_kafka_mock_set_controller_id(_cluster, 1);
        BootstrapServers = Marshal.PtrToStringUTF8(Librdkafka.rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary>The address for clients on this machine.</summary>
    public string BootstrapServers { get; }

    public KafkaSettings Settings(string group = KafkaSettings.DefaultGroup, params IReadOnlyList<string> topics) =>
        KafkaSettings.Plain(BootstrapServers, group, topics);

    public void CreateTopic(string name, int partitions) =>
        Call(
            () => Librdkafka.rd_kafka_mock_topic_create(_cluster, name, partitions, 1),
            $"the topic '{name}' with {partitions} partitions cannot be made: is it there already?"
        );

    /// <summary>Closes every connection and accepts no new one; the messages stay.</summary>
    public void Stop() =>
        Call(() => Librdkafka.rd_kafka_mock_broker_set_down(_cluster, AllBrokers), "the brokers do not stop");

    public void Start() =>
        Call(() => Librdkafka.rd_kafka_mock_broker_set_up(_cluster, AllBrokers), "the brokers do not start");

    public void Dispose()
    {
        lock (_one)
        {
            if (_disposed)
                return;
            _disposed = true;
            Librdkafka.rd_kafka_mock_cluster_destroy(_cluster);
            Librdkafka.rd_kafka_destroy(_client);
        }
    }

    private void Call(Func<int> function, string fault)
    {
        lock (_one)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var error = function();
            if (error != 0)
                throw new InvalidOperationException($"{fault} (librdkafka: {(Confluent.Kafka.ErrorCode)error})");
        }
    }
}
