using System.Diagnostics;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Servers;
using static MuseumPipeline.Tests.Servers.KafkaBroker;

namespace MuseumPipeline.Tests.Source.Kafka;

/// <summary>Against a real broker: within 15 seconds one message names what is wrong.</summary>
public sealed class KafkaProbeTests(KafkaServer server)
{
    private const string Wrong = "not-the-secret";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SASL_PLAINTEXT+PLAIN")]
    [InlineData("SASL_PLAINTEXT+SCRAM-SHA-512")]
    [InlineData("SASL_SSL+PLAIN")]
    public async Task A_wrong_password_and_an_unknown_user_are_refused_and_no_secret_is_reported(string listener)
    {
        var settings = KafkaListeners.Of(await server.BrokerAsync(), listener);

        var password = await RefusedAsync(settings with { Password = new Secret(Wrong) });
        var user = await RefusedAsync(settings with { Username = "nobody" });

        Assert.Contains(
            $"does not accept the login: the user '{User}' is unknown there by {settings.MechanismName}, or the "
                + $"password is wrong",
            password,
            StringComparison.Ordinal
        );
        Assert.Contains("the user 'nobody' is unknown there", user, StringComparison.Ordinal);
        Assert.Contains("check USERNAME and PASSWORD", user, StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, password, StringComparison.Ordinal);
        Assert.DoesNotContain(KafkaBroker.Secret, user, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mechanism_the_broker_does_not_offer_is_refused_with_those_it_offers()
    {
        var settings = KafkaListeners.Of(await server.BrokerAsync(), "SASL_PLAINTEXT+PLAIN") with
        {
            SaslMechanism = SaslMechanism.OAuthBearer,
        };

        var message = await RefusedAsync(settings);

        Assert.Contains("does not offer the mechanism OAUTHBEARER; it offers ", message, StringComparison.Ordinal);
        Assert.All(
            (string[])["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "set SASL_MECHANISM"],
            part => Assert.Contains(part, message, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_refused(bool another)
    {
        var settings = KafkaListeners.Of(await server.BrokerAsync(), "SASL_SSL+PLAIN");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, TestCertificates.For("localhost").Authority, Cancel);

        var message = await RefusedAsync(
            settings with
            {
                Extra = another
                    ? new Dictionary<string, string> { ["ssl.ca.location"] = file }
                    : new Dictionary<string, string>(),
            }
        );
        File.Delete(file);

        Assert.Contains(
            "is signed by CN=Museum test CA, which is not one of the authorities trusted here: ",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains(another ? $"those in {file}" : "those this machine trusts", message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_SSL_CA_LOCATION", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_in_the_certificate_is_refused_with_those_that_are()
    {
        var settings = KafkaListeners.Of(await server.BrokerAsync(), "SASL_SSL+PLAIN");

        // Another spelling of 127.0.0.1, which the certificate does not know.
        var message = await RefusedAsync(
            settings with
            {
                BootstrapServers = settings.BootstrapServers.Replace("localhost", "127.1", StringComparison.Ordinal),
            }
        );

        Assert.Contains(
            "is for localhost, 127.0.0.1, not for the name it is called by",
            message,
            StringComparison.Ordinal
        );
        Assert.Contains("BOOTSTRAP_SERVERS", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "PLAINTEXT",
        "SASL_SSL",
        "speaks TLS, and SECURITY_PROTOCOL is PLAINTEXT",
        "set SECURITY_PROTOCOL=SASL_SSL"
    )]
    [InlineData(
        "SASL_PLAINTEXT",
        "SASL_SSL",
        "speaks TLS, and SECURITY_PROTOCOL is SASL_PLAINTEXT",
        "set SECURITY_PROTOCOL=SASL_SSL"
    )]
    [InlineData(
        "SASL_SSL",
        "PLAINTEXT",
        "does not speak TLS, and SECURITY_PROTOCOL is SASL_SSL",
        "set SECURITY_PROTOCOL=PLAINTEXT"
    )]
    [InlineData(
        "SASL_SSL",
        "SASL_PLAINTEXT",
        "does not speak TLS, and SECURITY_PROTOCOL is SASL_SSL",
        "set SECURITY_PROTOCOL=SASL_PLAINTEXT"
    )]
    [InlineData("SSL", "SASL_SSL", "wants a login (", "set SECURITY_PROTOCOL=SASL_SSL")]
    [InlineData("PLAINTEXT", "SASL_PLAINTEXT", "wants a login (", "set SECURITY_PROTOCOL=SASL_PLAINTEXT")]
    [InlineData(
        "SASL_PLAINTEXT",
        "PLAINTEXT",
        "has no login, and SECURITY_PROTOCOL is SASL_PLAINTEXT",
        "set SECURITY_PROTOCOL=PLAINTEXT"
    )]
    public async Task A_protocol_that_the_port_does_not_speak_is_refused_with_the_one_it_does(
        string ours,
        string theirs,
        string found,
        string mend
    )
    {
        var broker = await server.BrokerAsync();
        var address = theirs switch
        {
            "PLAINTEXT" => broker.Plaintext,
            "SASL_PLAINTEXT" => broker.SaslPlaintext,
            _ => broker.SaslSsl,
        };
        var settings = ours.StartsWith("SASL", StringComparison.Ordinal)
            ? KafkaListeners.At(
                address,
                KafkaSettings.Protocols[ours],
                SaslMechanism.Plain,
                User,
                KafkaBroker.Secret,
                broker.Authority
            )
            : KafkaListeners.At(address, KafkaSettings.Protocols[ours], authority: broker.Authority);

        var message = await RefusedAsync(settings);

        Assert.Contains(found, message, StringComparison.Ordinal);
        Assert.Contains(mend, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_rights_is_refused_by_the_topic_and_by_the_group()
    {
        var broker = await server.BrokerAsync();
        var topic = await broker.NewTopicAsync(1);
        var settings = KafkaListeners.Of(broker, "SASL_PLAINTEXT+PLAIN") with
        {
            Username = Visitor,
            Password = new Secret(VisitorSecret),
        };

        Assert.Contains(
            $"the user 'visitor' may not read the topic {topic}",
            await RefusedAsync(settings, topic),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the user 'visitor' may not use the group 'museum-test'",
            await RefusedAsync(settings),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_machine_whose_name_nobody_knows_is_a_fault_of_the_configuration()
    {
        // With no name server in reach the name may become known later.
        var error = await ProbeAsync(KafkaSettings.Plain("no-such-broker.invalid:9092"));

        Assert.Contains("no-such-broker.invalid:9092", error.Message, StringComparison.Ordinal);
        Assert.Contains("BOOTSTRAP_SERVERS", error.Message, StringComparison.Ordinal);
        if (error is MuseumException refused)
            Assert.Equal(ExitCode.Configuration, refused.ExitCode);
        else
            Assert.IsType<TransientException>(error);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_worth_waiting_for()
    {
        var error = Assert.IsType<TransientException>(
            await ProbeAsync(KafkaSettings.Plain($"127.0.0.1:{FreePorts.One()}"))
        );

        Assert.Contains("Connection refused", error.Message, StringComparison.Ordinal);
        Assert.Contains("BOOTSTRAP_SERVERS", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(KafkaSettings settings, params IReadOnlyList<string> topics)
    {
        var error = Assert.IsAssignableFrom<MuseumException>(await ProbeAsync(settings, topics));
        Assert.Equal(ExitCode.Service, error.ExitCode);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    private static async Task<Exception> ProbeAsync(KafkaSettings settings, params IReadOnlyList<string> topics)
    {
        var started = Stopwatch.GetTimestamp();
        var error = await Record.ExceptionAsync(() =>
            KafkaProbe.RunAsync(new KafkaClients(settings, null, Redactor.None), topics, Cancel)
        );
        Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"took {Stopwatch.GetElapsedTime(started)}");
        Assert.NotNull(error);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: {error.Message}"
        );
        return error;
    }
}
