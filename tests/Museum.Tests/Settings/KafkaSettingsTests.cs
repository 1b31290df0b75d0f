using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Tests.Settings;

public sealed class KafkaSettingsTests
{
    private static readonly Dictionary<string, string> Cloud = new()
    {
        ["BOOTSTRAP_SERVERS"] = "broker-1.example.org:9096, broker-2.example.org:9096",
        ["SECURITY_PROTOCOL"] = "sasl_ssl",
        ["SASL_MECHANISM"] = "SCRAM-SHA-512",
        ["USERNAME"] = "loader",
        ["PASSWORD"] = "hunter2-of-kafka",
        ["TOPIC"] = "lmnh, lms",
    };

    private static MuseumSettings Read(
        Dictionary<string, string> file,
        Dictionary<string, string>? environment = null,
        Needs needs = Needs.Kafka
    ) =>
        SettingsReader.Read(
            new SettingLayers(
                new Dictionary<string, string>(),
                environment ?? [],
                file,
                ".env",
                Directory.GetCurrentDirectory()
            ),
            needs
        );

    private static string Faults(Dictionary<string, string> file, Dictionary<string, string>? environment = null) =>
        Assert.Throws<MuseumException>(() => Read(file, environment)).Message;

    private static Dictionary<string, string> CloudWith(params (string Key, string Value)[] others)
    {
        var file = new Dictionary<string, string>(Cloud);
        foreach (var (key, value) in others)
            file[key] = value;
        return file;
    }

    [Fact]
    public void The_keys_of_the_original_are_read()
    {
        var kafka = Read(Cloud).Kafka!;

        Assert.Equal("broker-1.example.org:9096,broker-2.example.org:9096", kafka.BootstrapServers);
        Assert.Equal(
            (SecurityProtocol.SaslSsl, SaslMechanism.ScramSha512, "loader", "hunter2-of-kafka"),
            (kafka.SecurityProtocol, kafka.SaslMechanism, kafka.Username, kafka.Password!.Reveal())
        );
        Assert.Equal(["lmnh", "lms"], kafka.Topics);
        Assert.Equal(("museum-pipeline", null), (kafka.Group, kafka.StaticMember));
        Assert.Equal(
            ("own", "till-1"),
            (
                Read(CloudWith(("GROUP", "own"), ("MUSEUM_STATIC_MEMBER", "till-1"))).Kafka!.Group,
                Read(CloudWith(("MUSEUM_STATIC_MEMBER", "till-1"))).Kafka!.StaticMember
            )
        );
    }

    [Theory]
    [InlineData("broker.example.org:9092", "SASL_PLAINTEXT", "PLAIN", true)]
    [InlineData("broker.example.org:9092", "SASL_SSL", "PLAIN", false)]
    [InlineData("broker.example.org:9092", "SASL_PLAINTEXT", "SCRAM-SHA-512", false)]
    [InlineData("localhost:9092,127.0.0.1", "SASL_PLAINTEXT", "PLAIN", false)]
    public void A_password_that_would_cross_the_network_in_clear_is_warned_of(
        string brokers,
        string protocol,
        string mechanism,
        bool warned
    )
    {
        var settings = Read(
            CloudWith(("BOOTSTRAP_SERVERS", brokers), ("SECURITY_PROTOCOL", protocol), ("SASL_MECHANISM", mechanism))
        );

        Assert.Equal(warned ? 1 : 0, settings.Warnings.Count);
    }

    [Fact]
    public void Brokers_alone_are_enough_and_without_them_there_is_no_Kafka()
    {
        var kafka = Read(new() { ["BOOTSTRAP_SERVERS"] = "localhost" }).Kafka!;

        Assert.Equal(
            (SecurityProtocol.Plaintext, null, null),
            (kafka.SecurityProtocol, kafka.SaslMechanism, kafka.Username)
        );
        Assert.Empty(kafka.Topics);
        Assert.Null(Read(new() { ["USERNAME"] = "loader", ["TOPIC"] = "lmnh" }, needs: Needs.Nothing).Kafka);
        Assert.Contains("BOOTSTRAP_SERVERS is not set", Faults([]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_user_and_password_of_the_system_are_not_those_of_the_brokers()
    {
        var shell = new Dictionary<string, string> { ["USERNAME"] = "windows-user", ["PASSWORD"] = "windows-password" };
        var settings = Read(Cloud, shell);

        Assert.Equal(("loader", "hunter2-of-kafka"), (settings.Kafka!.Username, settings.Kafka.Password!.Reveal()));
        Assert.Equal(".env", settings.Origins["USERNAME"]);
        Assert.Null(Read(new() { ["BOOTSTRAP_SERVERS"] = "localhost" }, shell).Kafka!.Username);
        Assert.False(Read([], shell, Needs.Nothing).Origins.ContainsKey("PASSWORD"));
    }

    [Fact]
    public void In_the_environment_the_user_is_given_by_the_librarys_own_names()
    {
        var file = new Dictionary<string, string>(Cloud);
        file.Remove("USERNAME");
        file.Remove("PASSWORD");
        Dictionary<string, string> environment = new()
        {
            ["KAFKA_SASL_USERNAME"] = "deployed",
            ["KAFKA_SASL_PASSWORD"] = "hunter2-deployed",
        };
        var settings = Read(file, environment);

        Assert.Equal(("deployed", "hunter2-deployed"), (settings.Kafka!.Username, settings.Kafka.Password!.Reveal()));
        Assert.Empty(settings.Kafka.Extra);
        Assert.Contains("are both set and differ", Faults(Cloud, environment), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_reported_in_one_message_and_no_secret()
    {
        var message = Faults(
            CloudWith(
                ("BOOTSTRAP_SERVERS", "localhost:9092"),
                ("SECURITY_PROTOCOL", "TLS"),
                ("SASL_MECHANISM", "GSSAPI"),
                ("TOPIC", "^lm.*"),
                ("KAFKA_ENABLE_AUTO_COMMIT", "true"),
                ("KAFKA_AUTO_OFFSET_RESET", "latest"),
                ("KAFKA_NO_SUCH_THING", "1"),
                ("KAFKA_FETCH_WAIT_MAX_MS", "soon"),
                ("KAFKA_SSL_CA_LOCATION", "/no/such/ca.pem")
            )
        );

        foreach (
            var part in (string[])
                [
                    "SECURITY_PROTOCOL (.env): found 'TLS', expected one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
                    "SASL_MECHANISM (.env): found 'GSSAPI'",
                    "TOPIC (.env): found '^lm.*'",
                    "KAFKA_ENABLE_AUTO_COMMIT (.env) cannot be set: positions are kept in the database",
                    "KAFKA_AUTO_OFFSET_RESET (.env) cannot be set",
                    "librdkafka has no property 'no.such.thing'",
                    "KAFKA_FETCH_WAIT_MAX_MS (.env): ",
                    "KAFKA_SSL_CA_LOCATION (.env): found '/no/such/ca.pem', expected an existing file",
                ]
        )
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssl://broker:9092")]
    [InlineData("me:hunter2@broker:9092")]
    [InlineData(",")]
    [InlineData("broker:port")]
    public void Brokers_are_names_and_ports_only(string brokers)
    {
        var message = Faults(CloudWith(("BOOTSTRAP_SERVERS", brokers)));

        Assert.Contains("BOOTSTRAP_SERVERS (.env): found", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.DoesNotContain("1 fault:\n  BOOTSTRAP_SERVERS is not set", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_login_that_is_half_there_or_not_wanted_is_a_fault()
    {
        var half = Faults(new() { ["BOOTSTRAP_SERVERS"] = "localhost", ["SECURITY_PROTOCOL"] = "SASL_SSL" });
        var superfluous = Faults(CloudWith(("SECURITY_PROTOCOL", "PLAINTEXT")));

        Assert.StartsWith("the configuration has 3 faults:", half, StringComparison.Ordinal);
        Assert.All(
            (string[])["SASL_MECHANISM is not set", "USERNAME is not set", "PASSWORD is not set"],
            part => Assert.Contains(part, half, StringComparison.Ordinal)
        );
        Assert.StartsWith("the configuration has 3 faults:", superfluous, StringComparison.Ordinal);
        Assert.Contains(
            "USERNAME (.env) is set, but SECURITY_PROTOCOL is PLAINTEXT, which has no login",
            superfluous,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "sasl.oauthbearer.method".ToUpperInvariant().Replace('.', '_'),
            Faults(CloudWith(("SASL_MECHANISM", "OAUTHBEARER"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Other_properties_are_passed_through_and_their_secrets_are_not_shown()
    {
        var settings = Read(
            CloudWith(("KAFKA_SSL_KEY_PASSWORD", "hunter2-of-key"), ("KAFKA_CLIENT_RACK", "eu-west-2a")),
            new() { ["KAFKA_HEAP_OPTS"] = "-Xmx1G", ["KAFKA_HOME"] = "/opt/kafka" }
        );
        var consumer = new KafkaClients(settings.Kafka!, null, settings.Redactor).ConsumerConfig();

        Assert.Equal(["client.rack", "ssl.key.password"], settings.Kafka!.Extra.Keys.Order());
        Assert.Equal("eu-west-2a", consumer.ClientRack);
        Assert.Equal("a *** b *** c", settings.Redactor.Redact("a hunter2-of-kafka b hunter2-of-key c"));
        Assert.DoesNotContain(
            "hunter2",
            $"{settings} {settings.Kafka} {settings.Kafka.Describe}",
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_consumer_neither_commits_nor_jumps_by_itself()
    {
        var consumer = new KafkaClients(Read(Cloud).Kafka!, null, Redactor.None).ConsumerConfig();

        Assert.Equal(
            (true, false, AutoOffsetReset.Error),
            (consumer.EnableAutoCommit, consumer.EnableAutoOffsetStore, consumer.AutoOffsetReset)
        );
        Assert.Equal(
            (true, IsolationLevel.ReadCommitted, PartitionAssignmentStrategy.CooperativeSticky),
            (consumer.CheckCrcs, consumer.IsolationLevel, consumer.PartitionAssignmentStrategy)
        );
        Assert.Equal(
            (true, 0, "museum-pipeline"),
            (consumer.EnablePartitionEof, consumer.StatisticsIntervalMs, consumer.GroupId)
        );
    }
}
