using System.Text.Json;
using MuseumPipeline.Bench.Rivals;
using MuseumPipeline.Bench.Servers;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>Other people's programs for the same work. One that is not installed is named, and left out.</summary>
internal sealed class Peers(Plan plan, Workspace workspace, Loads loads, Streams streams, Report report)
{
    private const string Rival = "peer",
        Connectors = "MUSEUM_BENCH_CONNECT";

    /// <summary>The system's own: another one has no package of it.</summary>
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    public async Task BatchAsync(CancellationToken cancel)
    {
        await PgloaderAsync(cancel);
        await PipelineAsync(cancel);
    }

    public async Task StreamAsync(CancellationToken cancel)
    {
        var kafka = await workspace.KafkaAsync(cancel);
        var topic = await streams.FilledTopicAsync(kafka, plan.Messages, cancel);
        await KcatAsync(kafka, topic, cancel);
        await ConsumeAsync(kafka, topic, cancel);
        await ConnectAsync(kafka, topic, cancel);
        await kafka.DeleteTopicAsync(topic.Name);
    }

    private async Task PgloaderAsync(CancellationToken cancel)
    {
        if (!Installed("pgloader"))
            return;
        Title("Beside pgloader", "museum load BUCKET --json", "pgloader of the same rows, cleaned beforehand");
        var server = await workspace.PostgresAsync(cancel);
        var bucket = await workspace.BucketAsync(plan.Rows, cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
            async () =>
            {
                await server.CreateMigratedAsync(Rival, cancel);
                await server.SettleAsync(cancel);
                var script = workspace.PathOf("peer.load");
                await File.WriteAllTextAsync(script, PgloaderScript(server.Url(Rival)), cancel);
                var finished = await Child.RunAsync("pgloader", [script], workspace.Directory, null, cancel);
                await server.ExpectRowsAsync(Rival, "public", plan.Rows, cancel);
                await server.DropAsync(Rival, cancel);
                return finished;
            }
        );
        Tell("History into PostgreSQL", "pgloader", plan.Rows, plan.Rows, pairs);
    }

    private static string PgloaderScript(string url) =>
        $"""
            load copy from '{Loads.CleanRatings}'
              into {url}?tablename=rating_instance;
            load copy from '{Loads.CleanSupport}'
              into {url}?tablename=support_instance;
            """;

    private async Task PipelineAsync(CancellationToken cancel)
    {
        if (!Installed(Python, "boto3", "pandas", "psycopg2"))
            return;
        var fewer = Math.Max(1, plan.Rows / 10);
        Title(
            "Beside the first pipeline's Python",
            "museum load s3://BUCKET --json",
            Text($"{fewer:N0} rows: boto3, pandas, psycopg2")
        );
        var server = await workspace.PostgresAsync(cancel);
        var s3 = await workspace.S3Async(cancel);
        var bucket = await s3.UploadAsync(await workspace.BucketAsync(plan.Rows, cancel), cancel);
        var small = await s3.UploadAsync(await workspace.BucketAsync(fewer, cancel), cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () =>
                loads.LoadPostgresAsync(
                    server,
                    bucket,
                    plan.Rows,
                    database => s3.With(server.Environment(database)),
                    cancel
                ),
            () =>
                OriginalAsync(
                    server,
                    "pipeline.py",
                    [small["s3://".Length..], workspace.PathOf(Guid.NewGuid().ToString("N"))],
                    s3.With(server.Environment(Rival)),
                    fewer,
                    cancel
                )
        );
        Tell("History into PostgreSQL", "the first pipeline's Python", plan.Rows, fewer, pairs);
    }

    private async Task KcatAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        if (!Installed("kcat"))
            return;
        Title(
            @"Beside kcat | psql \copy",
            "museum consume --until-end --json",
            "the messages as they are into one table"
        );
        var server = await workspace.PostgresAsync(cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            async () =>
            {
                await server.CreateAsync(Rival, cancel);
                await server.ScalarAsync(
                    Rival,
                    "create table raw (partition integer, position bigint, message text, primary key (partition, "
                        + "position))",
                    cancel
                );
                await server.SettleAsync(cancel);
                var finished = await Child.RunAsync(
                    Script("kcat-copy"),
                    [PostgresServer.Psql()],
                    workspace.Directory,
                    Streams.With(server.Environment(Rival), kafka, topic),
                    cancel
                );
                var stored = (long)(await server.ScalarAsync(Rival, "select count(*) from raw", cancel))!;
                if (stored != topic.Messages)
                    throw new BenchException($"kcat and psql stored {stored} of {topic.Messages} messages");
                await server.DropAsync(Rival, cancel);
                return finished;
            }
        );
        Tell("A backlog into PostgreSQL", @"kcat | psql \copy, unjudged", plan.Messages, plan.Messages, pairs);
    }

    private async Task ConsumeAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        if (!Installed(Python, "confluent_kafka", "psycopg2"))
            return;
        var fewer = Math.Max(1, plan.Messages / 50);
        Title(
            "Beside the first pipeline's Python",
            "museum consume --until-end --json",
            Text($"{fewer:N0} messages: confluent-kafka, psycopg2")
        );
        var server = await workspace.PostgresAsync(cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            () =>
                OriginalAsync(
                    server,
                    "consume.py",
                    [Text($"{fewer}")],
                    Streams.With(server.Environment(Rival), kafka, topic),
                    null,
                    cancel
                )
        );
        Tell("A backlog into PostgreSQL", "the first pipeline's Python", plan.Messages, fewer, pairs);
    }

    /// <summary>Its rate once it runs: the first seconds of a worker that is there to stay are not counted.</summary>
    private async Task ConnectAsync(KafkaServer kafka, FilledTopic topic, CancellationToken cancel)
    {
        if (Libraries() is not { } libraries)
        {
            NotRun("Kafka Connect", $"{Connectors} names no directory with its jars and Debezium's JDBC sink");
            return;
        }

        if (!Installed("java"))
            return;
        Title(
            "Beside Kafka Connect with Debezium's JDBC sink",
            "museum consume --until-end --json",
            "upserts of 5,000 by partition and offset; its rate from the first row to the last"
        );
        var server = await workspace.PostgresAsync(cancel);
        var envelopes = await Streams.EnvelopesAsync(kafka, plan.Messages, cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => streams.ConsumePostgresAsync(kafka, topic, cancel),
            async () =>
            {
                await server.CreateAsync(Rival, cancel);
                await server.SettleAsync(cancel);
                var finished = await Child.RunAsync(
                    Script("connect"),
                    [libraries, workspace.PathOf($"connect-{Guid.NewGuid():N}"), envelopes, Text($"{plan.Messages}")],
                    workspace.Directory,
                    new Dictionary<string, string>(
                        server.Environment(Rival).Append(new("BOOTSTRAP_SERVERS", kafka.Address))
                    ),
                    cancel
                );
                await server.DropAsync(Rival, cancel);
                using var said = JsonDocument.Parse(finished.Output);
                var rate =
                    said.RootElement.GetProperty("rows").GetInt64()
                    / said.RootElement.GetProperty("seconds").GetDouble();
                return finished with { Seconds = plan.Messages / rate };
            }
        );
        await kafka.DeleteTopicAsync(envelopes);
        Tell("A backlog into PostgreSQL", "Kafka Connect, once it runs", plan.Messages, plan.Messages, pairs);
    }

    private async Task<Finished> OriginalAsync(
        PostgresServer server,
        string script,
        string[] arguments,
        IReadOnlyDictionary<string, string> environment,
        long? rows,
        CancellationToken cancel
    )
    {
        await server.CreateAsync(Rival, cancel);
        await server.ScalarAsync(Rival, OriginalWay.Schema, cancel);
        await server.SettleAsync(cancel);
        var finished = await Child.RunAsync(
            Python,
            [Script(script), .. arguments],
            workspace.Directory,
            environment,
            cancel
        );
        if (rows is { } expected)
            await server.ExpectRowsAsync(Rival, "original", expected, cancel);
        await server.DropAsync(Rival, cancel);
        return finished;
    }

    private void Tell(string what, string rival, long ours, long theirs, Pairs pairs)
    {
        var times = pairs.Ratio.Inverse.Times((double)ours / theirs);
        report.Add(
            new(
                what,
                Text($"{ours / pairs.OurSeconds.Median:N0}/s"),
                Text($"{rival}: {theirs / pairs.TheirSeconds.Median:N0}/s"),
                Text($"{times.Median:0.0} ({times.Least:0.0}–{times.Most:0.0}) times"),
                "",
                true,
                Text($"{times.Median:0.0} × {rival}")
            )
        );
    }

    private bool Installed(string program, params string[] modules)
    {
        var there =
            File.Exists(program)
            || (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, program)));
        var packages = modules
            .Select(module => $"python3-{module.Replace('_', '-')}")
            .Prepend(Path.GetFileName(program));
        if (there && (modules.Length == 0 || Has(program, modules)))
            return true;
        NotRun(string.Join(", ", packages), "not installed (Debian: apt-get install)");
        return false;
    }

    private static bool Has(string python, string[] modules)
    {
        using var asked = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(python, ["-c", $"import {string.Join(", ", modules)}"])
            {
                RedirectStandardError = true,
            }
        )!;
        asked.WaitForExit();
        return asked.ExitCode == 0;
    }

    private void NotRun(string peer, string why)
    {
        Console.WriteLine($"  not run: {peer}: {why}");
        report.Add(new(peer, "", "not run", "", "", true, ""));
    }

    private static string? Libraries() =>
        Environment.GetEnvironmentVariable(Connectors) is { Length: > 0 } given ? given
        : Workspace.Beside("connect", "libs") is { } beside && Directory.Exists(beside) ? beside
        : null;

    private static string Script(string name) => Path.Combine(Workspace.Repository, "bench", "peers", name);
}
