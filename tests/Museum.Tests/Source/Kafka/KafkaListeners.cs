using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Kafka;

/// <summary>Settings for each listener of the test broker.</summary>
internal static class KafkaListeners
{
    public static KafkaSettings At(
        string address,
        SecurityProtocol protocol,
        SaslMechanism? mechanism = null,
        string? user = null,
        string? secret = null,
        string? authority = null,
        params IReadOnlyList<string> topics
    ) =>
        new(
            address,
            protocol,
            mechanism,
            user,
            secret is null ? null : new Secret(secret),
            topics,
            "museum-test",
            authority is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { ["ssl.ca.location"] = authority }
        );

    /// <param name="name">As a person writes it: PLAINTEXT, SASL_PLAINTEXT+PLAIN, …</param>
    public static KafkaSettings Of(KafkaBroker broker, string name)
    {
        var parts = name.Split('+');
        var protocol = KafkaSettings.Protocols[parts[0]];
        return protocol switch
        {
            SecurityProtocol.Plaintext => At(broker.Plaintext, protocol),
            SecurityProtocol.SaslPlaintext => At(
                broker.SaslPlaintext,
                protocol,
                KafkaSettings.Mechanisms[parts[1]],
                KafkaBroker.User,
                KafkaBroker.Secret
            ),
            _ => At(
                broker.SaslSsl,
                protocol,
                KafkaSettings.Mechanisms[parts[1]],
                KafkaBroker.User,
                KafkaBroker.Secret,
                broker.Authority
            ),
        };
    }
}
