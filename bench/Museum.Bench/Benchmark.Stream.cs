using System.Globalization;
using System.Text.Json;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>The stream: a backlog into both databases, and how soon a single press is in one of them.</summary>
internal sealed partial class Benchmark
{
    /// <summary>The most that Kafka Connect 4.3 with Debezium's JDBC sink did on such a machine; a published figure,
    /// not measured here.</summary>
    private const double ConnectRate = 51_000;

    private const int LargeFactor = 10;
    private const string StreamDatabase = "stream";

    private async Task StreamAsync(CancellationToken cancel)
    {
        var kafka = await workspace.KafkaAsync(cancel);
        var topic = await FilledTopicAsync(kafka, plan.Messages, cancel);
        var toPostgres = await AgainstBareAsync(
            kafka,
            topic,
            "PostgreSQL",
            () => ConsumePostgresAsync(kafka, topic, cancel),
            0.5,
            cancel
        );
        var toSqlite = await AgainstBareAsync(
            kafka,
            topic,
            "SQLite",
            () => ConsumeSqliteAsync(kafka, topic, cancel),
            1.0 / 3,
            cancel
        );
        await AgainstOriginalAsync(kafka, topic, cancel);
        await kafka.DeleteTopicAsync(topic.Name);
        await LatencyAsync(kafka, cancel);
        await StreamMemoryAsync(kafka, toPostgres, toSqlite, cancel);
    }

    private async Task<Pairs> AgainstBareAsync(
        KafkaServer kafka,
        FilledTopic topic,
        string store,
        Func<Task<Finished>> ours,
        double least,
        CancellationToken cancel
    )
    {
        var what = $"A backlog from Kafka into {store}";
        Title(
            what,
            "museum consume --until-end --json",
            "a bare Confluent.Kafka loop that throws the messages away: with the library's own settings, and with "
                + "museum's"
        );
        // As anybody writes it; and then with what was found out about fetching, which makes it several times as fast.
        var plain = await Pairs.RunAsync(plan.Runs, ours, () => BareAsync("--defaults"));
        Tell("bare loop", plain);
        var pairs = await Pairs.RunAsync(plan.Runs, ours, () => BareAsync());
        Tell("bare loop with museum's fetch settings", pairs);
        var rate = Spread.Of(plain.Ours.Concat(pairs.Ours).Select(run => plan.Messages / run.Seconds));
        report.Add(
            new(
                what,
                Text($"{rate.Median:N0}/s"),
                Text($"Kafka Connect + Debezium JDBC sink: {ConnectRate:N0}/s (published)"),
                Ratio(rate.Times(1 / ConnectRate)),
                "≥ 2",
                rate.Median >= 2 * ConnectRate,
                ""
            )
        );
        return pairs;

        Task<Finished> BareAsync(params string[] how) =>
            workspace.RivalAsync(
                [BareConsumer.Verb, kafka.Address, topic.Name, Text($"{topic.Messages}"), .. how],
                cancel
            );

        void Tell(string rival, Pairs pairs)
        {
            var ratio = pairs.Ratio.Inverse;
            report.Add(
                new(
                    what,
                    MessageRate(plan.Messages, pairs.OurSeconds),
                    $"{rival}: {MessageRate(plan.Messages, pairs.TheirSeconds)}",
                    Ratio(ratio),
                    Text($"≥ {least:0.00}"),
                    ratio.Median >= least,
                    Text($"stream into {store} at {ratio.Median:0.00} of the rate of a {rival}")
                )
            );
        }
    }

    private async Task AgainstOriginalAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        var fewer = Math.Max(1, plan.Messages / 50);
        Title(
            "A backlog the original's way",
            "museum consume --until-end --json, into PostgreSQL",
            Text($"{fewer:N0} messages: one INSERT and one COMMIT each")
        );
        var server = await PostgresServerAsync(cancel);
        var pairs = await Pairs.RunAsync(plan.Runs, () => ConsumePostgresAsync(kafka, topic, cancel), InsertAsync);
        var times = pairs.Ratio.Inverse.Times((double)plan.Messages / fewer);
        report.Add(
            new(
                "Against the original's way",
                MessageRate(plan.Messages, pairs.OurSeconds),
                Text($"INSERT, COMMIT: {MessageRate(fewer, pairs.TheirSeconds)}"),
                Ratio(times),
                "≥ 50",
                times.Median >= 50,
                Text($"{times.Median:0} × an INSERT and a COMMIT a message")
            )
        );

        async Task<Finished> InsertAsync()
        {
            await server.CreateAsync("original", cancel);
            await server.ScalarAsync("original", OriginalWay.Schema, cancel);
            await server.SettleAsync(cancel);
            var finished = await workspace.RivalAsync(
                [OriginalStream.Verb, kafka.Address, topic.Name, server.ConnectionString("original"), Text($"{fewer}")],
                cancel
            );
            await server.DropAsync("original", cancel);
            return finished;
        }
    }

    private async Task LatencyAsync(KafkaServer kafka, CancellationToken cancel)
    {
        Title(
            "From the kiosk's message to the visible row",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{StreamLatency.Rate} messages/s for {StreamLatency.Measured / StreamLatency.Rate} s; another "
                    + $"connection looks for the rows all the time"
            )
        );
        var server = await PostgresServerAsync(cancel);
        var topic = new FilledTopic(
            await kafka.CreateTopicAsync(cancel),
            StreamLatency.Messages,
            StreamLatency.Messages,
            0,
            0
        );
        await PreparePostgresAsync(server, topic, cancel);
        var consumer = workspace.MuseumAsync(
            ["consume", "--max-messages", Text($"{topic.Messages}"), "--json"],
            With(server.Environment(StreamDatabase), kafka, topic),
            cancel
        );
        var seconds = await new StreamLatency(
            kafka.Address,
            topic.Name,
            server.ConnectionString(StreamDatabase)
        ).RunAsync(consumer, cancel);
        topic.Expect((await consumer).Output);
        await server.DropAsync(StreamDatabase, cancel);
        Console.WriteLine(
            Text($"  p50 {At(0.5):0.0} ms, p90 {At(0.9):0.0} ms, p99 {At(0.99):0.0} ms, most {At(1):0.0} ms")
        );
        report.Add(new("Message to visible row, p50", Text($"{At(0.5):0.0} ms"), "", "", "≤ 20 ms", At(0.5) <= 20, ""));
        report.Add(
            new(
                "Message to visible row, p99",
                Text($"{At(0.99):0.0} ms"),
                "",
                "",
                "≤ 150 ms",
                At(0.99) <= 150,
                Text($"a press is in the database after {At(0.5):0} ms (p99 {At(0.99):0} ms)")
            )
        );

        double At(double share) => 1000 * seconds[(int)Math.Ceiling(share * seconds.Count) - 1];
    }

    private async Task StreamMemoryAsync(KafkaServer kafka, Pairs toPostgres, Pairs toSqlite, CancellationToken cancel)
    {
        var many = plan.Messages * LargeFactor;
        Title(
            Text($"{many:N0} messages"),
            "museum consume --until-end --json",
            Text($"the same with {plan.Messages:N0} messages, seen above")
        );
        var topic = await FilledTopicAsync(kafka, many, cancel);
        Tell("PostgreSQL", await ConsumePostgresAsync(kafka, topic, cancel), toPostgres);
        Tell("SQLite", await ConsumeSqliteAsync(kafka, topic, cancel), toSqlite);
        await kafka.DeleteTopicAsync(topic.Name);

        void Tell(string store, Finished large, Pairs usual)
        {
            var (peak, growth) = (Megabytes(large.PeakBytes), (double)large.PeakBytes / usual.OurPeakBytes);
            Console.WriteLine(Text($"  {store} {large.Seconds:0.00} s, {many / large.Seconds:N0} messages/s, {peak}"));
            report.Add(
                new(
                    Text($"{many:N0} messages, {store}"),
                    peak + " resident at most",
                    Text($"{plan.Messages:N0} messages: {Megabytes(usual.OurPeakBytes)}"),
                    Text($"{growth:0.00}"),
                    Text($"< {Megabytes((long)MostMemory)}, flat"),
                    large.PeakBytes < MostMemory && growth < 1.25,
                    Text($"{many:N0} messages into {store} in {peak}")
                )
            );
        }
    }

    private async Task<Finished> ConsumePostgresAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        var server = await PostgresServerAsync(cancel);
        await PreparePostgresAsync(server, topic, cancel);
        await server.SettleAsync(cancel);
        var finished = await workspace.MuseumAsync(
            ["consume", "--until-end", "--json"],
            With(server.Environment(StreamDatabase), kafka, topic),
            cancel
        );
        topic.Expect(finished.Output);
        await server.ExpectRowsAsync(StreamDatabase, "public", topic.Ratings + topic.Support + 1, cancel);
        await server.DropAsync(StreamDatabase, cancel);
        return finished;
    }

    private async Task<Finished> ConsumeSqliteAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        var database = Embedded(workspace.PathOf("stream.db"));
        await PrepareAsync(database, topic, cancel);
        await workspace.SettleAsync(cancel);
        var finished = await workspace.MuseumAsync(
            ["consume", "--until-end", "--json"],
            With(database, kafka, topic),
            cancel
        );
        topic.Expect(finished.Output);
        DeleteDatabase(workspace.PathOf("stream.db"));
        return finished;
    }

    private async Task PreparePostgresAsync(PostgresServer server, FilledTopic topic, CancellationToken cancel)
    {
        await server.CreateMigratedAsync(StreamDatabase, cancel);
        await PrepareAsync(server.Environment(StreamDatabase), topic, cancel);
    }

    /// <summary>The exhibitions, which a press must name, come with a row of history; and the museum's topic is this
    /// one.</summary>
    private async Task PrepareAsync(
        IReadOnlyDictionary<string, string> database,
        FilledTopic topic,
        CancellationToken cancel
    )
    {
        await workspace.LoadAsync(await workspace.BucketAsync(1, cancel), 1, database, cancel);
        await workspace.MuseumAsync(["museums", "change", "LMNH", "--topic", topic.Name], database, cancel);
    }

    private async Task<FilledTopic> FilledTopicAsync(KafkaServer kafka, long messages, CancellationToken cancel)
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

    private static Dictionary<string, string> With(
        IReadOnlyDictionary<string, string> database,
        KafkaServer kafka,
        FilledTopic topic
    ) => new(database.Concat(kafka.Client(topic.Name)));

    private static string MessageRate(double messages, Spread seconds) => Text($"{messages / seconds.Median:N0}/s");
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
