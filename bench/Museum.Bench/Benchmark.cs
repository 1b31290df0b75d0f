using MuseumPipeline.Bench.Rivals;
using MuseumPipeline.Bench.Servers;
using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>Every comparison: what is run on either side, and what it is to show.</summary>
internal sealed partial class Benchmark(Plan plan, Workspace workspace)
{
    private const double MostMemory = 250e6;
    private readonly Report report = new();
    private readonly Loads loads = new(plan, workspace);
    private readonly Streams streams = new(workspace);

    public async Task RunAsync(CancellationToken cancel)
    {
        if (plan.Parts.Any(part => part is Part.Stream or Part.Latency or Part.Pages or Part.Peers))
            KafkaServer.Expect();
        var version = (await workspace.MuseumAsync(["--version"], null, cancel)).Output.Trim();
        Console.WriteLine(Text($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm}Z, museum {version}"));
        foreach (var fact in Machine.Facts())
            Console.WriteLine(fact);
        var load = Machine.Load();
        if (load > 0.5 * Environment.ProcessorCount)
            Console.WriteLine(
                Text($"note: the machine is busy (load {load:0.0}): times say little, ratios of pairs a little more")
            );
        foreach (var part in plan.Parts)
        {
            await (
                part switch
                {
                    Part.Parse => ParseAsync(cancel),
                    Part.Postgres => PostgresAsync(cancel),
                    Part.Unsorted => UnsortedAsync(cancel),
                    Part.S3 => S3Async(cancel),
                    Part.Sqlite => SqliteAsync(cancel),
                    Part.Original => OriginalAsync(cancel),
                    Part.Stream => StreamAsync(cancel),
                    Part.Latency => LatencyAsync(cancel),
                    Part.Pages => PagesAsync(cancel),
                    Part.Replaced => ReplacedAsync(cancel),
                    Part.Peers => PeersAsync(cancel),
                    _ => LargeAsync(cancel),
                }
            );
        }

        report.Print(plan);
    }

    private async Task ParseAsync(CancellationToken cancel)
    {
        Title("Parse and clean alone, one core");
        var (rows, seconds, allocated) = ParseAlone.Run(await workspace.BucketAsync(plan.Rows, cancel));
        report.Add(
            new(
                "Parse and clean alone",
                Text($"{rows / seconds:N0} rows/s"),
                "",
                Text($"{(double)allocated / rows:0.####} bytes allocated a row"),
                "< 0.001",
                allocated * 1000 < rows,
                ""
            )
        );
    }

    private async Task PeersAsync(CancellationToken cancel)
    {
        var peers = new Peers(plan, workspace, loads, streams, report);
        await peers.BatchAsync(cancel);
        await peers.StreamAsync(cancel);
    }

    private async Task S3Async(CancellationToken cancel)
    {
        Title("PostgreSQL from the S3 server", "museum load s3://BUCKET --json", @"psql -c ""\copy …"" as above");
        var server = await workspace.PostgresAsync(cancel);
        var s3 = await workspace.S3Async(cancel);
        var bucket = await s3.UploadAsync(await workspace.BucketAsync(plan.Rows, cancel), cancel);
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
            () => loads.CopyAsync(server, cancel)
        );
        Compare("PostgreSQL from S3", pairs, @"psql \copy", 1.1, "from S3 {0} ×");
    }

    private async Task SqliteAsync(CancellationToken cancel)
    {
        Title(
            "SQLite from a directory",
            "museum load BUCKET --json",
            "a prepared INSERT in one transaction, by Microsoft.Data.Sqlite; then by SQLite's C functions"
        );
        var bucket = await workspace.BucketAsync(plan.Rows, cancel);
        var rows = workspace.PathOf("clean-rows.bin");
        await loads.LoadSqliteAsync(
            bucket,
            plan.Rows,
            cancel,
            database => StoredRows.ExportAsync(database, rows, cancel)
        );
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.LoadSqliteAsync(bucket, plan.Rows, cancel),
            () => BareAsync()
        );
        Compare("SQLite from a directory", pairs, "bare insert", 1.0, "SQLite {0} × a bare prepared insert");
        pairs = await Pairs.RunAsync(
            plan.Runs,
            () => loads.LoadSqliteAsync(bucket, plan.Rows, cancel),
            () => BareAsync("--direct")
        );
        Compare("SQLite from a directory", pairs, "bare insert in C calls", null, "");

        async Task<Finished> BareAsync(params string[] how)
        {
            var database = workspace.PathOf("bare.db");
            await workspace.MuseumAsync(["db", "migrate"], Loads.Embedded(database), cancel);
            await workspace.SettleAsync(cancel);
            var finished = await workspace.RivalAsync([BareSqlite.Verb, rows, database, .. how], cancel);
            Loads.DeleteDatabase(database);
            return finished;
        }
    }

    private async Task OriginalAsync(CancellationToken cancel)
    {
        var fewer = Math.Max(1, plan.Rows / 10);
        Title(
            "PostgreSQL the original's way",
            "museum load BUCKET --json",
            Text($"{fewer:N0} rows: ")
                + "whole files in a list, INSERTs of 100 and of 1,000 rows, row-level foreign keys, one transaction"
        );
        var server = await workspace.PostgresAsync(cancel);
        var (bucket, small) = (
            await workspace.BucketAsync(plan.Rows, cancel),
            await workspace.BucketAsync(fewer, cancel)
        );
        foreach (var page in (int[])[100, 1000])
        {
            var pairs = await Pairs.RunAsync(
                plan.Runs,
                () => loads.LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
                () => InsertAsync(page)
            );
            var times = pairs.Ratio.Inverse.Times((double)plan.Rows / fewer);
            report.Add(
                new(
                    "Against the original's way",
                    Rate(plan.Rows, pairs.OurSeconds),
                    Text($"INSERTs of {page:N0} rows: {Rate(fewer, pairs.TheirSeconds)}"),
                    Ratio(times),
                    "≥ 10",
                    times.Median >= 10,
                    Text($"{times.Median:0.0} × the rows/s of INSERTs of {page:N0} with row-level foreign keys")
                )
            );
        }

        async Task<Finished> InsertAsync(int page)
        {
            await server.CreateAsync("original", cancel);
            await server.ScalarAsync("original", OriginalWay.Schema, cancel);
            await server.SettleAsync(cancel);
            var finished = await workspace.RivalAsync(
                [OriginalWay.Verb, small, server.ConnectionString("original"), Text($"{page}")],
                cancel
            );
            await server.ExpectRowsAsync("original", "original", fewer, cancel);
            await server.DropAsync("original", cancel);
            return finished;
        }
    }

    private async Task LargeAsync(CancellationToken cancel)
    {
        Title(
            Text($"{plan.LargeRows:N0} rows"),
            "museum load BUCKET --json",
            Text($"the same with {plan.Rows:N0} rows")
        );
        var (large, usual) = (
            await workspace.BucketAsync(plan.LargeRows, cancel),
            await workspace.BucketAsync(plan.Rows, cancel)
        );
        var server = await workspace.PostgresAsync(cancel);
        Tell(
            "PostgreSQL",
            await Pairs.RunAsync(
                plan.Runs,
                () => loads.LoadPostgresAsync(server, large, plan.LargeRows, server.Environment, cancel),
                () => loads.LoadPostgresAsync(server, usual, plan.Rows, server.Environment, cancel)
            )
        );
        Tell(
            "SQLite",
            await Pairs.RunAsync(
                plan.Runs,
                () => loads.LoadSqliteAsync(large, plan.LargeRows, cancel),
                () => loads.LoadSqliteAsync(usual, plan.Rows, cancel)
            )
        );

        void Tell(string store, Pairs pairs)
        {
            var what = Text($"{plan.LargeRows:N0} rows, {store}");
            var rate = pairs.Ratio.Inverse.Times((double)plan.LargeRows / plan.Rows);
            var peak = Megabytes(pairs.OurPeakBytes);
            report.Add(
                new(
                    what,
                    Rate(plan.LargeRows, pairs.OurSeconds),
                    Text($"{plan.Rows:N0} rows: {Rate(plan.Rows, pairs.TheirSeconds)}"),
                    Ratio(rate),
                    "≥ 0.85",
                    rate.Median >= 0.85,
                    Text($"{what} at {rate.Median:0.00} of that rate in {peak}")
                )
            );
            report.Add(
                new(
                    what,
                    peak + " resident at most",
                    "",
                    "",
                    Text($"< {Megabytes((long)MostMemory)}"),
                    pairs.OurPeakBytes < MostMemory,
                    ""
                )
            );
        }
    }

    private void Compare(string what, Pairs pairs, string rival, double? most, string quote)
    {
        var ratio = pairs.Ratio;
        report.Add(
            new(
                what,
                Seconds(pairs.OurSeconds),
                $"{rival}: {Seconds(pairs.TheirSeconds)}",
                Ratio(ratio),
                most is { } limit ? Text($"≤ {limit:0.0}") : "",
                ratio.Median <= most,
                quote.Replace("{0}", Text($"{ratio.Median:0.00}"), StringComparison.Ordinal)
            )
        );
    }
}
