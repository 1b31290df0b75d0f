using static MuseumPipeline.Bench.Report;

namespace MuseumPipeline.Bench;

/// <summary>Every comparison: what is run on either side, and what it is to show.</summary>
internal sealed partial class Benchmark(Plan plan, Workspace workspace)
{
    private const string CleanRatings = "clean-ratings.txt",
        CleanSupport = "clean-support.txt";
    private const double MostMemory = 250e6;
    private readonly Report report = new();
    private bool exported;

    public async Task RunAsync(CancellationToken cancel)
    {
        if (plan.Parts.Any(part => part is Part.Stream or Part.Pages))
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
                    Part.Pages => PagesAsync(cancel),
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

    private async Task PostgresAsync(CancellationToken cancel)
    {
        Title(
            "PostgreSQL from a directory",
            "museum load BUCKET --json",
            @"psql -c ""\copy rating_instance from …"" -c ""\copy support_instance from …"""
        );
        var server = await PostgresServerAsync(cancel);
        var bucket = await workspace.BucketAsync(plan.Rows, cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
            () => CopyAsync(server, cancel)
        );
        Compare("PostgreSQL from a directory", pairs, @"psql \copy", 1.0, @"PostgreSQL {0} × psql \copy");
    }

    private async Task UnsortedAsync(CancellationToken cancel)
    {
        Title(
            "PostgreSQL from one object in no order of time",
            "museum load BUCKET --json",
            @"psql -c ""\copy rating_instance from …"" -c ""\copy support_instance from …"""
        );
        var server = await PostgresServerAsync(cancel);
        var bucket = await workspace.ShuffledBucketAsync(plan.Rows, cancel);
        exported = false;
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
            () => CopyAsync(server, cancel)
        );
        exported = false;
        Compare("PostgreSQL, unsorted", pairs, @"psql \copy", 1.0, @"unsorted {0} ×");
    }

    private async Task S3Async(CancellationToken cancel)
    {
        Title("PostgreSQL from the S3 server", "museum load s3://BUCKET --json", @"psql -c ""\copy …"" as above");
        var server = await PostgresServerAsync(cancel);
        var s3 = await workspace.S3Async(cancel);
        var bucket = await s3.UploadAsync(await workspace.BucketAsync(plan.Rows, cancel), cancel);
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () =>
                LoadPostgresAsync(server, bucket, plan.Rows, database => s3.With(server.Environment(database)), cancel),
            () => CopyAsync(server, cancel)
        );
        Compare("PostgreSQL from S3", pairs, @"psql \copy", 1.3, "from S3 {0} ×");
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
        await LoadSqliteAsync(bucket, plan.Rows, cancel, database => StoredRows.ExportAsync(database, rows, cancel));
        var pairs = await Pairs.RunAsync(
            plan.Runs,
            () => LoadSqliteAsync(bucket, plan.Rows, cancel),
            () => BareAsync()
        );
        Compare("SQLite from a directory", pairs, "bare insert", 1.3, "SQLite {0} × a bare prepared insert");
        pairs = await Pairs.RunAsync(
            plan.Runs,
            () => LoadSqliteAsync(bucket, plan.Rows, cancel),
            () => BareAsync("--direct")
        );
        Compare("SQLite from a directory", pairs, "bare insert in C calls", null, "");

        async Task<Finished> BareAsync(params string[] how)
        {
            var database = workspace.PathOf("bare.db");
            await workspace.MuseumAsync(["db", "migrate"], Embedded(database), cancel);
            await workspace.SettleAsync(cancel);
            var finished = await workspace.RivalAsync([BareSqlite.Verb, rows, database, .. how], cancel);
            DeleteDatabase(database);
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
        var server = await PostgresServerAsync(cancel);
        var (bucket, small) = (
            await workspace.BucketAsync(plan.Rows, cancel),
            await workspace.BucketAsync(fewer, cancel)
        );
        foreach (var page in (int[])[100, 1000])
        {
            var pairs = await Pairs.RunAsync(
                plan.Runs,
                () => LoadPostgresAsync(server, bucket, plan.Rows, server.Environment, cancel),
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
        var server = await PostgresServerAsync(cancel);
        Tell(
            "PostgreSQL",
            await Pairs.RunAsync(
                plan.Runs,
                () => LoadPostgresAsync(server, large, plan.LargeRows, server.Environment, cancel),
                () => LoadPostgresAsync(server, usual, plan.Rows, server.Environment, cancel)
            )
        );
        Tell(
            "SQLite",
            await Pairs.RunAsync(
                plan.Runs,
                () => LoadSqliteAsync(large, plan.LargeRows, cancel),
                () => LoadSqliteAsync(usual, plan.Rows, cancel)
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

    private async Task<PostgresServer> PostgresServerAsync(CancellationToken cancel)
    {
        var server = await workspace.PostgresAsync(cancel);
        if (server.Announced)
            return server;
        server.Announced = true;
        Console.WriteLine(
            $"  PostgreSQL {server.Version}, its defaults (fsync on) but "
                + $"{string.Join(", ", PostgresServer.Settings)}; a checkpoint and sync before each run"
        );
        return server;
    }

    private async Task<Finished> LoadPostgresAsync(
        PostgresServer server,
        string bucket,
        long rows,
        Func<string, IReadOnlyDictionary<string, string>> environment,
        CancellationToken cancel
    )
    {
        const string Database = "bench";
        await server.CreateMigratedAsync(Database, cancel);
        await server.SettleAsync(cancel);
        var finished = await workspace.LoadAsync(bucket, rows, environment(Database), cancel);
        await server.ExpectRowsAsync(Database, "public", rows, cancel);
        if (!exported && rows == plan.Rows)
        {
            // Sorted by key, which is the order of the files, and the order that suits the key's index best.
            await server.PsqlAsync(
                Database,
                [
                    $@"\copy (select * from rating_instance order by 1) to '{CleanRatings}'",
                    $@"\copy (select * from support_instance order by 1) to '{CleanSupport}'",
                ],
                cancel
            );
            exported = true;
        }

        await server.DropAsync(Database, cancel);
        return finished;
    }

    private async Task<Finished> CopyAsync(PostgresServer server, CancellationToken cancel)
    {
        const string Database = "rival";
        await server.CreateMigratedAsync(Database, cancel);
        await server.SettleAsync(cancel);
        var finished = await server.PsqlAsync(
            Database,
            [$@"\copy rating_instance from '{CleanRatings}'", $@"\copy support_instance from '{CleanSupport}'"],
            cancel
        );
        await server.ExpectRowsAsync(Database, "public", plan.Rows, cancel);
        await server.DropAsync(Database, cancel);
        return finished;
    }

    private async Task<Finished> LoadSqliteAsync(
        string bucket,
        long rows,
        CancellationToken cancel,
        Func<string, Task>? then = null
    )
    {
        var database = workspace.PathOf("museum.db");
        await workspace.SettleAsync(cancel);
        var finished = await workspace.LoadAsync(bucket, rows, Embedded(database), cancel);
        if (then is not null)
            await then(database);
        DeleteDatabase(database);
        return finished;
    }

    private static Dictionary<string, string> Embedded(string database) =>
        new() { ["MUSEUM_TARGET"] = "embedded", ["MUSEUM_DATABASE"] = database };

    private static void DeleteDatabase(string database)
    {
        foreach (var ending in (string[])["", "-wal", "-shm"])
            File.Delete(database + ending);
    }

    private static void Title(string what, string? ours = null, string? theirs = null)
    {
        Console.WriteLine();
        Console.WriteLine(what);
        if (ours is not null)
            Console.WriteLine($"  A: {ours}");
        if (theirs is not null)
            Console.WriteLine($"  B: {theirs}");
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
