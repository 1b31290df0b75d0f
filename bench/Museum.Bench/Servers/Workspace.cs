using System.Globalization;
using System.Text.Json;

namespace MuseumPipeline.Bench.Servers;

/// <summary>A directory of our own with all data and servers in it; nothing of it is left afterwards.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    private const int Objects = 8;
    private readonly Dictionary<string, string> buckets = [];
    private PostgresServer? postgres;
    private S3Server? s3;
    private KafkaServer? kafka;

    public Workspace()
    {
        // The database server may run as another user and must be able to enter.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                Directory,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherExecute
            );
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("museum-bench-").FullName;

    public static string Repository { get; } = FindRepository(AppContext.BaseDirectory);

    /// <summary>The program that is measured: another one, or the one that ./museum has built and runs.</summary>
    public static string Museum { get; } =
        Path.GetFullPath(
            Environment.GetEnvironmentVariable("MUSEUM_BENCH_PROGRAM")
                ?? Path.Combine(Repository, "artifacts", "museum", "museum")
        );

    public string PathOf(string name) => Path.Combine(Directory, name);

    public async Task<PostgresServer> PostgresAsync(CancellationToken cancel)
    {
        if (postgres is null)
        {
            postgres = new PostgresServer(this);
            await postgres.StartAsync(cancel);
            Console.WriteLine(
                $"  PostgreSQL {postgres.Version}, its defaults (fsync on) but "
                    + $"{string.Join(", ", PostgresServer.Settings)}; a checkpoint and sync before each run"
            );
        }

        return postgres;
    }

    public async Task<S3Server> S3Async(CancellationToken cancel)
    {
        if (s3 is null)
        {
            s3 = new S3Server(this);
            await s3.StartAsync(cancel);
        }

        return s3;
    }

    public async Task<KafkaServer> KafkaAsync(CancellationToken cancel)
    {
        if (kafka is null)
        {
            kafka = new KafkaServer(this);
            await kafka.StartAsync(cancel);
        }

        return kafka;
    }

    /// <summary>A directory with so many rows of made-up history in order of time.</summary>
    public Task<string> BucketAsync(long rows, CancellationToken cancel) =>
        BucketAsync(rows, $"bucket-{rows}", Math.Min(rows, Objects), cancel);

    /// <summary>Objects with so many rows of made-up history in no order, as museums have it.</summary>
    /// <param name="seed">Another one makes other rows.</param>
    public async Task<string> ShuffledBucketAsync(long rows, CancellationToken cancel, int seed = 1, int objects = 1)
    {
        var name = $"shuffled-{rows}-{seed}-{objects}";
        var made = buckets.ContainsKey(name);
        var bucket = await BucketAsync(rows, name, objects, cancel, seed);
        if (made)
            return bucket;
        var files = System.IO.Directory.GetFiles(bucket, "*.csv");
        var header = File.ReadLines(files[0]).First();
        string[] all = [.. files.SelectMany(file => File.ReadLines(file).Skip(1))];
        new Random(1).Shuffle(all);
        foreach (var (file, lines) in files.Zip(all.Chunk((all.Length + files.Length - 1) / files.Length)))
            await File.WriteAllLinesAsync(file, lines.Prepend(header), cancel);
        return bucket;
    }

    private async Task<string> BucketAsync(long rows, string name, long objects, CancellationToken cancel, int seed = 1)
    {
        if (buckets.TryGetValue(name, out var bucket))
            return bucket;
        bucket = PathOf(name);
        await MuseumAsync(
            [
                "simulate",
                "bucket",
                bucket,
                "--rows",
                rows.ToString(CultureInfo.InvariantCulture),
                "--objects",
                objects.ToString(CultureInfo.InvariantCulture),
                "--seed",
                seed.ToString(CultureInfo.InvariantCulture),
            ],
            null,
            cancel
        );
        return buckets[name] = bucket;
    }

    public Task<Finished> MuseumAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancel
    ) => Child.RunAsync(Museum, arguments, Directory, environment, cancel);

    /// <summary>A load that must have stored every row.</summary>
    public async Task<Finished> LoadAsync(
        string bucket,
        long rows,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancel
    )
    {
        var finished = await MuseumAsync(["load", bucket, "--json"], environment, cancel);
        using var summary = JsonDocument.Parse(finished.Output);
        var stored =
            summary.RootElement.GetProperty("ratings").GetInt64()
            + summary.RootElement.GetProperty("support").GetInt64();
        return stored == rows && summary.RootElement.GetProperty("balanced").GetBoolean()
            ? finished
            : throw new BenchException($"museum load stored {stored} of {rows} rows: {finished.Output}");
    }

    /// <summary>One of the rivals in this program, as a process of its own.</summary>
    public Task<Finished> RivalAsync(IEnumerable<string> arguments, CancellationToken cancel) =>
        Child.RunAsync(Environment.ProcessPath!, arguments, Directory, null, cancel);

    /// <summary>What earlier runs wrote goes to the disk now, and not at the expense of the next.</summary>
    public Task SettleAsync(CancellationToken cancel) => Child.RunAsync("sync", [], Directory, null, cancel);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (postgres is not null)
                await postgres.DisposeAsync();
        }
        finally
        {
            await DisposeOthersAsync();
        }
    }

    private async Task DisposeOthersAsync()
    {
        try
        {
            if (s3 is not null)
                await s3.DisposeAsync();
        }
        finally
        {
            try
            {
                if (kafka is not null)
                    await kafka.DisposeAsync();
            }
            finally
            {
                System.IO.Directory.Delete(Directory, recursive: true);
            }
        }
    }

    /// <summary>Where a real server's programs lie beside the project, if there is such a place.</summary>
    public static string? Beside(string service, string name)
    {
        for (var above = new DirectoryInfo(Repository).Parent; above is not null; above = above.Parent)
        {
            var services = Path.Combine(above.FullName, "shared", "services");
            if (System.IO.Directory.Exists(services))
                return Path.Combine(services, service, name);
        }

        return null;
    }

    private static string FindRepository(string from)
    {
        for (var directory = new DirectoryInfo(from); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "MuseumPipeline.slnx")))
                return directory.FullName;
        }

        throw new BenchException(
            $"no directory above {from} holds MuseumPipeline.slnx; start the benchmark with bench/run"
        );
    }
}
