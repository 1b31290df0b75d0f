using System.Text.RegularExpressions;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings.Aws;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads how the brokers are reached, and refuses what would lose or double messages.</summary>
internal sealed partial class KafkaReader(SettingValues values, AwsReader aws)
{
    private const string UserProperty = "sasl.username";
    private const string PasswordProperty = "sasl.password";
    private const string PositionsLieWithTheRows =
        "positions are kept in the database, in one transaction with the rows; anything else would lose or double "
        + "messages";

    // Properties that delivery depends on, and those that have a setting of their own.
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = "set BOOTSTRAP_SERVERS",
        ["metadata.broker.list"] = "set BOOTSTRAP_SERVERS",
        ["security.protocol"] = "set SECURITY_PROTOCOL",
        ["sasl.mechanism"] = "set SASL_MECHANISM",
        ["sasl.mechanisms"] = "set SASL_MECHANISM",
        ["group.id"] = "set GROUP",
        ["group.instance.id"] = "set MUSEUM_STATIC_MEMBER",
        ["enable.auto.commit"] = PositionsLieWithTheRows,
        ["auto.commit.interval.ms"] = PositionsLieWithTheRows,
        ["enable.auto.offset.store"] = PositionsLieWithTheRows,
        ["auto.offset.reset"] =
            "where a partition starts is chosen with --start; positions that are gone are an operator's decision, "
            + "never a silent jump",
        ["isolation.level"] = "messages of aborted transactions must not be read",
        ["check.crcs"] = "a damaged message must be noticed",
        ["partition.assignment.strategy"] = "all members of the group must share the one that is built in",
        ["group.protocol"] = "all members of the group must share the one that is built in",
        ["group.remote.assignor"] = "all members of the group must share the one that is built in",
        ["enable.partition.eof"] = "the end of a partition shows that the backlog is consumed",
        ["allow.auto.create.topics"] = "a misspelt topic would be created instead of being reported",
        ["test.mock.num.brokers"] = "it would read from brokers that do not exist",
    };

    [GeneratedRegex(@"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$")]
    private static partial Regex Broker();

    public KafkaSettings? Read(bool needed)
    {
        if (Brokers() is not { } servers)
        {
            if (needed && values.Layers.Find("BOOTSTRAP_SERVERS") is null)
                values.Fault(
                    "BOOTSTRAP_SERVERS",
                    "BOOTSTRAP_SERVERS is not set: name the Kafka brokers there as host:port, comma separated"
                );
            return null;
        }
        var protocol = values.Named("SECURITY_PROTOCOL", KafkaSettings.Protocols) ?? SecurityProtocol.Plaintext;
        var mechanism = values.Named("SASL_MECHANISM", KafkaSettings.Mechanisms);
        var extra = Properties();
        var user = KafkaLogin("USERNAME", UserProperty, extra);
        var password = KafkaLogin("PASSWORD", PasswordProperty, extra);
        var settings = new KafkaSettings(
            servers,
            protocol,
            mechanism,
            user?.Value.Trim(),
            password is { } found ? new Secret(found.Value) : null,
            TopicNames(),
            values.Text("GROUP") ?? KafkaSettings.DefaultGroup,
            extra,
            values.Text("MUSEUM_STATIC_MEMBER")
        )
        {
            Tokens = IsMskIam ? KafkaTokens(servers) : null,
        };
        values.Hide(settings.Secrets);
        if (mechanism == SaslMechanism.Plain && settings.LogsIn && password is { } clear)
            values.RefuseReveal("BOOTSTRAP_SERVERS", "SASL_MECHANISM=PLAIN", clear.Key);
        foreach (
            var key in values
                .Layers.KeysOf(KafkaSettings.KeyOf("sasl.oauthbearer"))
                .Where(k => KafkaSettings.IsSecret(KafkaSettings.PropertyOf(k)))
        )
            values.RefuseReveal(KafkaSettings.KeyOf("sasl.oauthbearer.token.endpoint.url"), "for a token", key);
        if (mechanism == SaslMechanism.Plain && settings is { LogsIn: true, Encrypted: false } && !AreHere(servers))
            values.Warn(
                "SASL_MECHANISM=PLAIN with SECURITY_PROTOCOL=SASL_PLAINTEXT sends the password in clear over the "
                    + "network: use SASL_SSL, or SCRAM-SHA-512"
            );
        CheckLogin(settings, needed, [values.Layers.Find("SASL_MECHANISM"), user, password]);
        return settings;
    }

    private static bool AreHere(string servers) =>
        servers.Split(',').All(server => PostgresSettings.IsHere(server[..BeforePort(server)]));

    private static int BeforePort(string server) =>
        server.LastIndexOf(':') is var colon and > 0 ? colon : server.Length;

    private string? Brokers()
    {
        if (values.Layers.Find("BOOTSTRAP_SERVERS") is not { } found)
            return null;
        const string expected = "brokers as host:port, comma separated, without a scheme or a user";
        var servers = found.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (servers.Length > 0 && servers.All(s => Broker().IsMatch(s)))
            return string.Join(',', servers);
        // The text before an @ may be a password.
        return values.Wrong<string>(
            found.Value.Contains('@', StringComparison.Ordinal) ? found with { Value = "…@…" } : found,
            expected
        );
    }

    private string[] TopicNames()
    {
        if (values.Layers.Find("TOPIC") is not { } found)
            return [];
        var topics = found
            .Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .ToArray();
        if (topics.Length == 0 || !topics.All(MuseumFacts.IsTopic))
            values.Wrong<string>(found, "names of topics, comma separated: letters, digits, '.', '_' and '-'");
        return topics;
    }

    // The file's key, or the property by its own name, which may be in the environment; with both, one would be hidden.
    private SettingValue? KafkaLogin(string key, string property, Dictionary<string, string> extra)
    {
        var found = values.Layers.FindLogin(key);
        if (!extra.Remove(property))
            return found;
        var passed = values.Layers.FindExact(KafkaSettings.KeyOf(property))!.Value;
        if (found is { } both && both.Value != passed.Value)
            values.Fault(
                both.Key,
                $"{both.Key} ({both.Origin}) and {passed.Key} ({passed.Origin}) are both set and differ: set one "
                    + $"of them"
            );
        return passed;
    }

    private void CheckLogin(KafkaSettings kafka, bool needed, SettingValue?[] login)
    {
        if (!kafka.LogsIn)
        {
            foreach (var superfluous in login.OfType<SettingValue>())
                values.Fault(
                    superfluous.Key,
                    $"{superfluous.Key} ({superfluous.Origin}) is set, but SECURITY_PROTOCOL is "
                        + $"{kafka.ProtocolName}, which has no login: set SASL_SSL or SASL_PLAINTEXT there, or "
                        + $"remove it"
                );
        }
        else if (IsMskIam)
            CheckMskIam(kafka, login.AsSpan(1));
        else if (kafka.SaslMechanism == SaslMechanism.OAuthBearer)
        {
            if (needed && kafka.Extra.GetValueOrDefault("sasl.oauthbearer.method") != "oidc")
                values.Fault(
                    "SASL_MECHANISM",
                    "SASL_MECHANISM is OAUTHBEARER, which needs KAFKA_SASL_OAUTHBEARER_METHOD=oidc with "
                        + "KAFKA_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, _CLIENT_ID and _CLIENT_SECRET"
                );
        }
        else if (needed)
        {
            if (kafka.SaslMechanism is null && login[0] is null)
                values.Fault(
                    "SASL_MECHANISM",
                    $"SASL_MECHANISM is not set, and SECURITY_PROTOCOL {kafka.ProtocolName} needs it: "
                        + $"{SettingKeys.Of("SASL_MECHANISM").Range}"
                );
            if (kafka.Username is null)
                values.Fault(
                    "USERNAME",
                    $"USERNAME is not set (in .env, or with PASSWORD and SASL_MECHANISM in the environment), and "
                        + $"SECURITY_PROTOCOL "
                        + $"{kafka.ProtocolName} needs it; {KafkaSettings.KeyOf(UserProperty)} counts anywhere"
                );
            if (kafka.Password is null)
                values.Fault(
                    "PASSWORD",
                    $"PASSWORD is not set (in .env, or with USERNAME and SASL_MECHANISM in the environment), and "
                        + $"SECURITY_PROTOCOL "
                        + $"{kafka.ProtocolName} needs it; {KafkaSettings.KeyOf(PasswordProperty)} counts anywhere"
                );
        }
    }

    private bool IsMskIam =>
        string.Equals(values.Text("SASL_MECHANISM"), KafkaSettings.MskIam, StringComparison.OrdinalIgnoreCase);

    private void CheckMskIam(KafkaSettings kafka, ReadOnlySpan<SettingValue?> login)
    {
        if (!kafka.Encrypted)
            values.Fault(
                "SECURITY_PROTOCOL",
                $"SECURITY_PROTOCOL is {kafka.ProtocolName}, and SASL_MECHANISM AWS_MSK_IAM shows the brokers a token: "
                    + "set SASL_SSL there"
            );
        foreach (var superfluous in login)
        {
            if (superfluous is { } found)
                values.Fault(
                    found.Key,
                    $"{found.Key} ({found.Origin}) is set, but SASL_MECHANISM is AWS_MSK_IAM, which logs in with the "
                        + "AWS role: remove it"
                );
        }
    }

    private Dictionary<string, string> Properties()
    {
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        foreach (var key in values.Layers.KeysOf(KafkaSettings.Prefix))
        {
            var property = KafkaSettings.PropertyOf(key);
            var found = values.Layers.FindExact(key)!.Value;
            if (!KafkaSettings.IsSecret(property))
                found = found with { Value = found.Value.Trim() };
            if (IsUsable(property, found))
                properties[property] = found.Value;
        }
        return properties;
    }

    private bool IsUsable(string property, SettingValue found)
    {
        if (Refused.TryGetValue(property, out var reason))
        {
            values.Fault(found.Key, $"{found.Key} ({found.Origin}) cannot be set: {reason}");
            return false;
        }
        // Before the library looks at it: it loads a plugin as soon as its path is set.
        if (KafkaSettings.RunsCode(property) && values.Layers.IsDoubtful(found))
        {
            values.Fault(
                found.Key,
                $"{found.Key} ({found.Origin}) loads or runs a program, and {found.Origin} was not asked for: set it "
                    + $"in the environment, or name the file: --env-file {found.Origin}"
            );
            return false;
        }
        var problem = Librdkafka.Check(property, found.Value, out var known);
        if (!known)
        {
            // Kafka's own scripts use KAFKA_HEAP_OPTS and similar names in the environment.
            if (found.Origin != SettingLayers.EnvironmentOrigin)
                values.Fault(
                    found.Key,
                    $"{found.Key} ({found.Origin}): librdkafka has no property '{property}': correct the name, or "
                        + $"remove it"
                );
            return false;
        }
        if (problem is not null)
            values.Fault(
                found.Key,
                $"{found.Key} ({found.Origin}): "
                    + $"{(KafkaSettings.IsSecret(property) ? "the value is not accepted" : problem.TrimEnd('.'))}: "
                    + $"see librdkafka's CONFIGURATION.md for '{property}'"
            );
        else if (
            property.EndsWith(".location", StringComparison.Ordinal)
            && found.Value != "probe"
            && !Path.Exists(Path.GetFullPath(found.Value, values.Layers.WorkingDirectory))
        )
            values.Wrong<string>(found, "an existing file");
        return problem is null;
    }

    private AwsTokens? KafkaTokens(string brokers)
    {
        var first = brokers.Split(',')[0];
        var colon = first.LastIndexOf(':');
        return aws.Tokens(colon < 0 ? first : first[..colon], "SASL_MECHANISM");
    }
}
