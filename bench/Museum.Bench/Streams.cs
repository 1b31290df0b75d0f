using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using MuseumPipeline.Bench.Servers;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>A topic into a database.</summary>
internal sealed class Streams(Workspace workspace)
{
    public const string Database = "stream";

    private static readonly string[] Tables = ["rating_instance", "support_instance", "quarantine"];

    /// <summary>What a consumer stores of the topic, in files of PostgreSQL's binary COPY; their names by
    /// table.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ExportAsync(
        KafkaServer kafka,
        FilledTopic topic,
        CancellationToken cancel
    )
    {
        var files = new Dictionary<string, string>();
        await ConsumePostgresAsync(
            kafka,
            topic,
            cancel,
            async server =>
            {
                var directory = await server.ScalarAsync(Database, "show data_directory", cancel);
                foreach (var table in Tables)
                {
                    files[table] = $"{directory}/{table}.copy";
                    await server.ScalarAsync(
                        Database,
                        $"copy (select * from {table} order by 1) to '{files[table]}' (format binary)",
                        cancel
                    );
                }
            }
        );
        return files;
    }

    /// <summary>The server alone: it reads the same rows from its own disk into the same tables.</summary>
    public async Task<Finished> CopyBinaryAsync(
        IReadOnlyDictionary<string, string> files,
        FilledTopic topic,
        CancellationToken cancel
    )
    {
        const string Rival = "rival";
        var server = await workspace.PostgresAsync(cancel);
        await server.CreateMigratedAsync(Rival, cancel);
        await server.SettleAsync(cancel);
        var finished = await server.PsqlAsync(
            Rival,
            files.Select(file => $"copy {file.Key} from '{file.Value}' (format binary)"),
            cancel
        );
        await server.ExpectRowsAsync(Rival, "public", topic.Ratings + topic.Support + 1, cancel);
        await server.DropAsync(Rival, cancel);
        return finished;
    }

    /// <param name="then">Called before the database is dropped.</param>
    public async Task<Finished> ConsumePostgresAsync(
        KafkaServer kafka,
        FilledTopic topic,
        CancellationToken cancel,
        Func<PostgresServer, Task>? then = null
    )
    {
        var server = await workspace.PostgresAsync(cancel);
        await PreparePostgresAsync(server, topic, cancel);
        await server.SettleAsync(cancel);
        var finished = await workspace.MuseumAsync(
            ["consume", "--until-end", "--json"],
            With(server.Environment(Database), kafka, topic),
            cancel
        );
        topic.Expect(finished.Output);
        await server.ExpectRowsAsync(Database, "public", topic.Ratings + topic.Support + 1, cancel);
        if (then is not null)
            await then(server);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    public async Task<Finished> ConsumeSqliteAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        var database = Loads.Embedded(workspace.PathOf("stream.db"));
        await PrepareAsync(database, topic, cancel);
        await workspace.SettleAsync(cancel);
        var finished = await workspace.MuseumAsync(
            ["consume", "--until-end", "--json"],
            With(database, kafka, topic),
            cancel
        );
        topic.Expect(finished.Output);
        Loads.DeleteDatabase(workspace.PathOf("stream.db"));
        return finished;
    }

    public async Task PreparePostgresAsync(PostgresServer server, FilledTopic topic, CancellationToken cancel)
    {
        await server.CreateMigratedAsync(Database, cancel);
        await PrepareAsync(server.Environment(Database), topic, cancel);
    }

    /// <summary>The exhibitions, which a press must name, come with a row of history; and the museum's topic is this
    /// one.</summary>
    public async Task PrepareAsync(
        IReadOnlyDictionary<string, string> database,
        FilledTopic topic,
        CancellationToken cancel
    )
    {
        await workspace.LoadAsync(await workspace.BucketAsync(1, cancel), 1, database, cancel);
        await workspace.MuseumAsync(["museums", "change", "LMNH", "--topic", topic.Name], database, cancel);
    }

    public async Task<FilledTopic> FilledTopicAsync(KafkaServer kafka, long messages, CancellationToken cancel)
    {
        var topic = await kafka.CreateTopicAsync(cancel);
        var sent = await workspace.MuseumAsync(
            [
                "simulate",
                "stream",
                "--to",
                "kafka",
                "--topic",
                topic,
                "--as-fast-as-possible",
                "--messages",
                Text($"{messages}"),
                "--json",
            ],
            kafka.Client(topic),
            cancel
        );
        using var summary = JsonDocument.Parse(sent.Output);
        long Of(string key) => summary.RootElement.GetProperty(key).GetInt64();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {messages:N0} messages sent at {messages / sent.Seconds:N0}/s, "
                    + $"{100.0 * Of("refused") / messages:0} % of them to be refused, as of the real ones"
            )
        );
        return Of("delivered") == messages
            ? new(topic, messages, Of("ratings"), Of("support"), Of("refused"))
            : throw new BenchException($"not all were delivered: {sent.Output}");
    }

    /// <summary>As many messages that carry their schema, as Kafka Connect wants them; their topic.</summary>
    public static async Task<string> EnvelopesAsync(KafkaServer kafka, long messages, CancellationToken cancel)
    {
        const string Schema =
            """{"type":"struct","fields":[{"field":"at","type":"string"},{"field":"site","type":"string"},{"field":"val","type":"int32"},{"field":"type","type":"int32","optional":true}]}""";
        var topic = await kafka.CreateTopicAsync(cancel);
        var day = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = kafka.Address, QueueBufferingMaxMessages = 1_000_000 }
        ).Build();
        for (var n = 0L; n < messages; n++)
        {
            var (at, value) = (day.AddMicroseconds(n * 10_000), (n % 6) - 1);
            var type = value < 0 ? Text($",\"type\":{n % 2}") : "";
            var press = Text(
                $"\"at\":\"{at:yyyy-MM-ddTHH:mm:ss.ffffff}+00:00\",\"site\":\"{n % 6}\",\"val\":{value}{type}"
            );
            var message = new Message<Null, string> { Value = $"{{\"schema\":{Schema},\"payload\":{{{press}}}}}" };
            for (; ; )
            {
                try
                {
                    producer.Produce(topic, message);
                    break;
                }
                catch (ProduceException<Null, string> e) when (e.Error.Code is ErrorCode.Local_QueueFull)
                {
                    await Task.Delay(50, cancel);
                }
            }
        }

        producer.Flush(cancel);
        return topic;
    }

    public static Dictionary<string, string> With(
        IReadOnlyDictionary<string, string> database,
        KafkaServer kafka,
        FilledTopic topic
    ) => new(database.Concat(kafka.Client(topic.Name)));
}

/// <summary>A topic, and what is in it.</summary>
internal sealed record FilledTopic(string Name, long Messages, long Ratings, long Support, long Refused)
{
    /// <summary>What a consumer says of it must be so.</summary>
    public void Expect(string output)
    {
        using var summary = JsonDocument.Parse(output);
        long Of(string key) => summary.RootElement.GetProperty(key).GetInt64();
        if (
            Of("read") == Messages
            && Of("ratings") == Ratings
            && Of("support") == Support
            && Of("quarantined") == Refused
            && summary.RootElement.GetProperty("balanced").GetBoolean()
        )
            return;
        throw new BenchException(
            $"expected {Messages} messages: {Ratings} ratings, {Support} calls for help and {Refused} to refuse; "
                + $"museum consume found {output}"
        );
    }
}
