using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Run;

namespace MuseumPipeline.Source;

/// <summary>Settings become Kafka clients here and nowhere else.</summary>
public sealed class KafkaClients(KafkaSettings settings, ILogger log)
{
    public string BootstrapServers => settings.BootstrapServers;

    public IAdminClient Admin() => new AdminClientBuilder(Common(new AdminClientConfig())).SetLogHandler(Log).SetErrorHandler((_, _) => { }).Build();

    /// <summary>A consumer as the road needs it: positions come from the database, nothing is skipped or committed on its own.</summary>
    public IConsumer<Ignore, byte[]> Consumer(
        Func<IConsumer<Ignore, byte[]>, List<TopicPartition>, IEnumerable<TopicPartitionOffset>> assigned,
        Action<IConsumer<Ignore, byte[]>, List<TopicPartitionOffset>> revoked,
        Action<IConsumer<Ignore, byte[]>, List<TopicPartitionOffset>> lost,
        Action<Error> error)
    {
        var config = new ConsumerConfig
        {
            GroupId = settings.Group,
            GroupInstanceId = settings.StaticMember,
            // Only what was stored after a commit of the database, and only as a courtesy to lag tools.
            EnableAutoCommit = true,
            AutoCommitIntervalMs = 1000,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Error,
            CheckCrcs = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            EnablePartitionEof = true,
            TopicMetadataRefreshIntervalMs = 10_000,
            QueuedMinMessages = 50_000,
            QueuedMaxMessagesKbytes = 16_384,
            FetchWaitMaxMs = 100,
        };
        return new ConsumerBuilder<Ignore, byte[]>(Common(config))
            .SetLogHandler(Log)
            .SetErrorHandler((_, e) => error(e))
            .SetPartitionsAssignedHandler(assigned)
            .SetPartitionsRevokedHandler((consumer, gone) => revoked(consumer, gone))
            .SetPartitionsLostHandler((consumer, gone) => lost(consumer, gone))
            .Build();
    }

    private T Common<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = settings.BootstrapServers;
        config.SecurityProtocol = settings.Protocol;
        config.SaslMechanism = settings.Mechanism;
        config.SaslUsername = settings.Username;
        config.SaslPassword = settings.Password?.Reveal();
        config.SocketKeepaliveEnable = true;
        foreach (var (key, value) in settings.Extra) config.Set(key, value);
        return config;
    }

    private void Log(IClient client, LogMessage message)
    {
#pragma warning disable CA1873 // Rare.
        log.LogDebug("kafka: {Facility}: {Message}", message.Facility, message.Message);
#pragma warning restore CA1873
    }

    /// <summary>The broker knows who we are and does not let us.</summary>
    public MuseumException Refused(Error error, string topic) => new(
        ExitCode.Service, $"Kafka at {settings.BootstrapServers} refuses {settings.Username ?? "this client"}: {error.Reason}; expected the right to read topic {topic} and group {settings.Group}");
}
