using Confluent.Kafka;

namespace MuseumPipeline;

/// <summary>How to reach the broker.</summary>
/// <param name="Topics">Empty: those of every museum.</param>
/// <param name="StaticMember">The group.instance.id, which survives restarts.</param>
/// <param name="Extra">librdkafka properties passed through.</param>
public sealed record KafkaSettings(
    string BootstrapServers, SecurityProtocol Protocol, SaslMechanism? Mechanism, string? Username, Secret? Password, IReadOnlyList<string> Topics, string Group,
    string? StaticMember, IReadOnlyDictionary<string, string> Extra);
