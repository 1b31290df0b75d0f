using Confluent.Kafka;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Checks the brokers without consuming or changing anything: reachable, login, topics, group.</summary>
internal static class DoctorKafka
{
    private const string Name = "kafka";

    public static async Task<IReadOnlyList<Check>> ExamineAsync(Session session, CancellationToken cancel)
    {
        if (session.Settings.Kafka is not { } kafka)
            return [Check.NotThere(Name, "no brokers are configured: set BOOTSTRAP_SERVERS to consume messages")];
        var clients = new KafkaClients(kafka, session.Log, session.Settings.Redactor);
        try
        {
            // Missing settings are a fault only for those who consume; but whoever runs the doctor wants to know.
            SettingsReader.Read(Session.Layers(session.Parsed), Needs.Kafka);
            var view = await KafkaProbe.RunAsync(clients, await TopicsAsync(session, kafka, cancel), cancel);
            return [Check.Fine(Name, Healthy(kafka, view)), .. Topics(view), .. Exposed(kafka)];
        }
        catch (MuseumException e)
        {
            return [Check.Wrong(Name, e)];
        }
        catch (TransientException e)
        {
            return
            [
                Check.Wrong(
                    Name,
                    ExitCode.Service,
                    e.Message,
                    "start the brokers, or correct the setting",
                    "BOOTSTRAP_SERVERS"
                ),
            ];
        }
        finally
        {
            await clients.ReleasedAsync();
        }
    }

    /// <summary>The topics that consume would read; what consume refuses is refused here too.</summary>
    private static async Task<IReadOnlyList<string>> TopicsAsync(
        Session session,
        KafkaSettings kafka,
        CancellationToken cancel
    )
    {
        try
        {
            await using var store = Connections.OpenExisting(session);
            return
            [
                .. TopicOwners.Of(await store.Museums.ListAsync(cancel), kafka.Topics).Select(museum => museum.Topic),
            ];
        }
        catch (Exception e)
            when (e is TransientException
                || (e is MuseumException && !e.Message.StartsWith("TOPIC", StringComparison.Ordinal))
            )
        {
            // The database is reported separately.
            return kafka.Topics;
        }
    }

    private static string Healthy(KafkaSettings kafka, KafkaView view)
    {
        var brokers = view.Brokers == 1 ? "1 broker" : $"{Show.Number(view.Brokers)} brokers";
        var topics = string.Join(", ", view.Topics.Select(t => $"{t.Name} with {Partitions(t)}"));
        return $"{brokers} at {kafka.Describe}, cluster {view.ClusterId}; "
            + $"{(topics.Length > 0 ? topics + "; " : "")}may use the group {kafka.Group}";
    }

    private static string Partitions(KafkaTopic topic) =>
        topic.Partitions == 1 ? "1 partition" : $"{Show.Number(topic.Partitions)} partitions";

    private static IEnumerable<Check> Topics(KafkaView view) =>
        view.Missing.Count == 0
            ? []
            :
            [
                Check.Doubtful(
                    Name,
                    $"not there: the topic {string.Join(", ", view.Missing)}",
                    "create it, or correct TOPIC",
                    "TOPIC"
                ),
            ];

    private static IEnumerable<Check> Exposed(KafkaSettings kafka)
    {
        if (
            kafka is { SecurityProtocol: SecurityProtocol.SaslPlaintext, SaslMechanism: SaslMechanism.Plain }
            && !kafka.BootstrapServers.Split(',').All(IsLocal)
        )
            yield return Check.Doubtful(
                Name,
                "the password crosses the network unencrypted",
                "use the brokers' SASL_SSL listener, or a SCRAM mechanism",
                "SECURITY_PROTOCOL"
            );
        if (
            kafka.Encrypted
            && (
                kafka.Extra.GetValueOrDefault("enable.ssl.certificate.verification") == "false"
                || kafka.Extra.GetValueOrDefault("ssl.endpoint.identification.algorithm") == "none"
            )
        )
            yield return Check.Doubtful(
                Name,
                "the brokers' certificates are not fully verified: anybody could intercept the connection",
                "remove KAFKA_ENABLE_SSL_CERTIFICATE_VERIFICATION and KAFKA_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM"
            );
    }

    private static bool IsLocal(string broker) =>
        broker.StartsWith("localhost", StringComparison.Ordinal)
        || broker.StartsWith("127.", StringComparison.Ordinal)
        || broker.StartsWith("[::1]", StringComparison.Ordinal);
}
