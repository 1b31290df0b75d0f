using MuseumPipeline.Bench.Rivals;
using MuseumPipeline.Bench.Servers;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>The stream: a backlog into both databases, and how soon a single press is in one of them.</summary>
internal sealed partial class Benchmark
{
    /// <summary>The most that Kafka Connect 4.3 with Debezium's JDBC sink did on such a machine; a published figure,
    /// not measured here.</summary>
    private const double ConnectRate = 51_000;

    private const int LargeFactor = 10;

    private async Task StreamAsync(CancellationToken cancel)
    {
        var kafka = await workspace.KafkaAsync(cancel);
        var topic = await streams.FilledTopicAsync(kafka, plan.Messages, cancel);
        var toPostgres = await AgainstBareAsync(
            kafka,
            topic,
            "PostgreSQL",
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            0.5,
            cancel
        );
        var toSqlite = await AgainstBareAsync(
            kafka,
            topic,
            "SQLite",
            () => streams.ConsumeSqliteAsync(kafka, topic, cancel),
            1.0 / 3,
            cancel
        );
        await AgainstServerCopyAsync(kafka, topic, toPostgres, cancel);
        await AgainstOriginalAsync(kafka, topic, cancel);
        await kafka.DeleteTopicAsync(topic.Name);
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

    /// <summary>What the machine can do at most: the larger of reading alone and storing alone. Where the program, the
    /// broker and the database keep every core busy, there is nothing to wait for and nothing left to
    /// overlap.</summary>
    private async Task AgainstServerCopyAsync(
        KafkaServer kafka,
        FilledTopic topic,
        Pairs reading,
        CancellationToken cancel
    )
    {
        Title(
            "A backlog from Kafka into PostgreSQL, and the server's own binary COPY",
            "museum consume --until-end --json",
            "COPY … FROM a file of the server's own, of the same rows, refused ones too, into the same tables"
        );
        var files = await streams.ExportAsync(kafka, topic, cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            () => streams.CopyBinaryAsync(files, topic, cancel)
        );
        Compare("A backlog from Kafka into PostgreSQL", pairs, "the server's binary COPY", null, "");
        var floor = Math.Max(reading.TheirSeconds.Median, pairs.TheirSeconds.Median);
        var ratio = pairs.OurSeconds.Times(1 / floor);
        var busy = pairs.OurBusy;
        report.Add(
            new(
                "A backlog from Kafka into PostgreSQL",
                Text($"{Seconds(pairs.OurSeconds)}, all cores {100 * busy.Median:0} % busy"),
                Text($"the longer of bare loop and COPY: {floor:0.00} s"),
                Ratio(ratio),
                "≤ 1.2, or ≥ 95 % busy",
                ratio.Median <= 1.2 || busy.Median >= 0.95,
                Text($"a backlog takes {ratio.Median:0.00} × the longer of reading and storing alone")
            )
        );
    }

    private async Task AgainstOriginalAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        var fewer = Math.Max(1, plan.Messages / 50);
        Title(
            "A backlog the original's way",
            "museum consume --until-end --json, into PostgreSQL",
            Text($"{fewer:N0} messages: one INSERT and one COMMIT each")
        );
        var server = await workspace.PostgresAsync(cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            InsertAsync
        );
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

    private async Task LatencyAsync(CancellationToken cancel)
    {
        var kafka = await workspace.KafkaAsync(cancel);
        foreach (var rate in (int[])[100, 1000])
            await LatencyAsync(kafka, rate, cancel);
    }

    private async Task LatencyAsync(KafkaServer kafka, int rate, CancellationToken cancel)
    {
        var load = new StreamLatency(kafka.Address, rate);
        Title(
            "From the kiosk's message to the visible row",
            Text($"{rate:N0} messages/s for a minute; another connection looks for the rows all the time")
        );
        var server = await workspace.PostgresAsync(cancel);
        var topic = new FilledTopic(await kafka.CreateTopicAsync(cancel), load.Messages, load.Messages, 0, 0);
        await streams.PreparePostgresAsync(server, topic, cancel);
        var consumer = workspace.MuseumAsync(
            ["consume", "--max-messages", Text($"{topic.Messages}"), "--json"],
            Streams.With(server.Environment(Streams.Database), kafka, topic),
            cancel
        );
        var seconds = await load.RunAsync(topic.Name, server.ConnectionString(Streams.Database), consumer, cancel);
        topic.Expect((await consumer).Output);
        await server.DropAsync(Streams.Database, cancel);
        Console.WriteLine(
            Text($"  p50 {At(0.5):0.0} ms, p90 {At(0.9):0.0} ms, p99 {At(0.99):0.0} ms, most {At(1):0.0} ms")
        );
        var what = Text($"Message to visible row, {rate:N0}/s");
        report.Add(new(what, Text($"p50 {At(0.5):0.0} ms"), "", "", "≤ 10 ms", At(0.5) <= 10, ""));
        report.Add(
            new(
                what,
                Text($"p99 {At(0.99):0.0} ms"),
                "",
                "",
                "≤ 50 ms",
                At(0.99) <= 50,
                Text($"at {rate:N0}/s a press is in the database after {At(0.5):0} ms (p99 {At(0.99):0} ms)")
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
        var topic = await streams.FilledTopicAsync(kafka, many, cancel);
        Tell("PostgreSQL", await streams.ConsumePostgresAsync(kafka, topic, cancel), toPostgres);
        Tell("SQLite", await streams.ConsumeSqliteAsync(kafka, topic, cancel), toSqlite);
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

    private static string MessageRate(double messages, Spread seconds) => Text($"{messages / seconds.Median:N0}/s");
}
