using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings.Aws;

namespace MuseumPipeline.Settings;

/// <summary>How to reach the brokers, and what to read from them.</summary>
/// <param name="BootstrapServers">host:port, comma separated.</param>
/// <param name="SaslMechanism">Set with the SASL protocols, null without.</param>
/// <param name="Topics">Empty: the topic of every museum.</param>
/// <param name="Extra">Further properties of librdkafka by its own names; some hold secrets. None that exactly-once
/// delivery depends on.</param>
/// <param name="StaticMember">The group.instance.id, or null.</param>
public sealed record KafkaSettings(
    string BootstrapServers,
    SecurityProtocol SecurityProtocol,
    SaslMechanism? SaslMechanism,
    string? Username,
    Secret? Password,
    IReadOnlyList<string> Topics,
    string Group,
    IReadOnlyDictionary<string, string> Extra,
    string? StaticMember = null
)
{
    public const string DefaultGroup = "museum-pipeline";

    public static IReadOnlyDictionary<string, SecurityProtocol> Protocols { get; } =
        new Dictionary<string, SecurityProtocol>(StringComparer.OrdinalIgnoreCase)
        {
            ["PLAINTEXT"] = SecurityProtocol.Plaintext,
            ["SSL"] = SecurityProtocol.Ssl,
            ["SASL_PLAINTEXT"] = SecurityProtocol.SaslPlaintext,
            ["SASL_SSL"] = SecurityProtocol.SaslSsl,
        };

    public static IReadOnlyDictionary<string, SaslMechanism> Mechanisms { get; } =
        new Dictionary<string, SaslMechanism>(StringComparer.OrdinalIgnoreCase)
        {
            ["PLAIN"] = Confluent.Kafka.SaslMechanism.Plain,
            ["SCRAM-SHA-256"] = Confluent.Kafka.SaslMechanism.ScramSha256,
            ["SCRAM-SHA-512"] = Confluent.Kafka.SaslMechanism.ScramSha512,
            ["OAUTHBEARER"] = Confluent.Kafka.SaslMechanism.OAuthBearer,
            [MskIam] = Confluent.Kafka.SaslMechanism.OAuthBearer,
        };

    /// <summary>Amazon's name for its own use of OAUTHBEARER.</summary>
    public const string MskIam = "AWS_MSK_IAM";

    /// <summary>Signs what logs in to Amazon MSK; null with every other mechanism.</summary>
    internal AwsTokens? Tokens { get; init; }

    /// <summary>For a broker with neither login nor encryption, such as the embedded one.</summary>
    public static KafkaSettings Plain(
        string bootstrapServers,
        string group = DefaultGroup,
        params IReadOnlyList<string> topics
    ) =>
        new(
            bootstrapServers,
            SecurityProtocol.Plaintext,
            null,
            null,
            null,
            topics,
            group,
            new Dictionary<string, string>()
        );

    public string ProtocolName => Protocols.First(p => p.Value == SecurityProtocol).Key;

    public string? MechanismName =>
        Tokens is not null ? MskIam
        : SaslMechanism is { } mechanism ? Mechanisms.First(m => m.Value == mechanism).Key
        : null;

    public bool Encrypted => SecurityProtocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    public bool LogsIn => SecurityProtocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl;

    /// <summary>Its address and protocol, for people; never a secret.</summary>
    public string Describe =>
        LogsIn
            ? $"{BootstrapServers} ({ProtocolName}, {MechanismName}, user {Username ?? "by token"})"
            : $"{BootstrapServers} ({ProtocolName})";

    /// <summary>Secrets that no text may show.</summary>
    public IEnumerable<Secret> Secrets =>
        Extra.Where(p => IsSecret(p.Key)).Select(p => new Secret(p.Value)).Concat(Password is null ? [] : [Password]);

    /// <summary>A setting with this start is a property of librdkafka.</summary>
    public const string Prefix = "KAFKA_";

    public static string KeyOf(string property) => Prefix + property.ToUpperInvariant().Replace('.', '_');

    public static string PropertyOf(string key) => key[Prefix.Length..].ToLowerInvariant().Replace('_', '.');

    /// <summary>Whether a property of librdkafka holds a secret; the path of a file is not one.</summary>
    public static bool IsSecret(string property) =>
        !property.EndsWith(".location", StringComparison.Ordinal)
        && !property.EndsWith(".file", StringComparison.Ordinal)
        && SecretWords.Any(word => property.Contains(word, StringComparison.Ordinal));

    /// <summary>Whether a property of librdkafka names native code or a command that the library would run.</summary>
    public static bool RunsCode(string property) =>
        CodeWords.Any(word => property.Contains(word, StringComparison.Ordinal));

    private static readonly string[] CodeWords = ["plugin", "library", "engine", "provider", ".cmd"];

    private static readonly string[] SecretWords =
    [
        "password",
        "secret",
        "key",
        "token",
        "assertion",
        "oauthbearer.config",
    ];
}
