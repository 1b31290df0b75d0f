using DuckDB.NET.Data;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Export;

/// <summary>The command as it is run: killed at any moment, and into a real bucket.</summary>
public sealed class ExportCommandTests(S3Server server) : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private string Files => Path.Combine(museum.Directory, "files");

    private static long Number(string files, string what)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests' own texts.
        command.CommandText =
            $"select cast({what} as bigint) from read_parquet('{files}/events/**/*.parquet', hive_partitioning = true)";
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task FillAsync()
    {
        var bucket = Path.Combine(museum.Directory, "bucket");
        Assert.Equal(
            0,
            (await museum.RunAsync("simulate", "bucket", bucket, "--rows", "60000", "--seed", "7")).ExitCode
        );
        Assert.Equal(0, (await museum.RunAsync("load", "-b", bucket)).ExitCode);
    }

    [Fact]
    public async Task Killed_fifty_times_it_has_every_event_once()
    {
        await FillAsync();
        var seed = Environment.TickCount;
        var chance = new Random(seed);
        for (var kill = 0; kill < 50; kill++)
        {
            using var process = museum.Start("export", "parquet", "--to", Files);
            var ended = MuseumProcess.FinishAsync(process);
            await Task.Delay(chance.Next(100, 900), TestContext.Current.CancellationToken);
            process.Kill();
            await ended;
            // Whatever is there is whole: no file is half of one, and no event is in two.
            if (Directory.Exists(Path.Combine(Files, "events")) && HasFiles())
                Assert.Equal(Number(Files, "count(*)"), Number(Files, "count(distinct event_id)"));
        }

        var last = await museum.RunAsync("export", "parquet", "--to", Files, "--json");
        var again = await museum.RunAsync("export", "parquet", "--to", Files, "--json");

        Assert.True(last.ExitCode == 0, $"seed {seed}: {last.Error}");
        Assert.Equal(0, again.Json.GetProperty("written").GetInt32());
        var status = (await museum.RunAsync("db", "status", "--json")).Json;
        var events = status.GetProperty("ratings").GetInt64() + status.GetProperty("support").GetInt64();
        Assert.Equal((events, events), (Number(Files, "count(*)"), Number(Files, "count(distinct event_id)")));

        bool HasFiles() => Directory.EnumerateFiles(Files, "*.parquet", SearchOption.AllDirectories).Any();
    }

    [Fact]
    public async Task A_real_bucket_gets_the_same_files()
    {
        var settings = await server.SettingsAsync();
        using var client = await server.ClientAsync();
        var bucket = await S3Server.NewBucketAsync(client);
        await FillAsync();
        museum.Environment["AWS_ENDPOINT_URL_S3"] = settings.Endpoint!.ToString();
        museum.Environment["AWS_ACCESS_KEY_ID"] = settings.AccessKey!;
        museum.Environment["AWS_SECRET_ACCESS_KEY"] = settings.SecretKey!;
        museum.Environment["AWS_REGION"] = settings.Region ?? "us-east-1";
        museum.Environment["MUSEUM_S3_PATH_STYLE"] = "true";
        museum.Environment["MUSEUM_S3_ALLOW_HTTP"] = "true";

        var first = await museum.RunAsync("export", "parquet", "--to", $"s3://{bucket}/lake", "--json");
        var second = await museum.RunAsync("export", "parquet", "--to", $"s3://{bucket}/lake", "--json");
        await museum.RunAsync("export", "parquet", "--to", Files);

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal(0, second.Json.GetProperty("written").GetInt32());
        var fetched = Path.Combine(museum.Directory, "fetched");
        foreach (var entry in (await client.ListObjectsAsync(bucket, TestContext.Current.CancellationToken)).S3Objects)
        {
            Assert.StartsWith("lake/", entry.Key, StringComparison.Ordinal);
            var file = Path.Combine(fetched, entry.Key[5..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var answer = await client.GetObjectAsync(bucket, entry.Key, TestContext.Current.CancellationToken);
            await answer.WriteResponseStreamToFileAsync(file, false, TestContext.Current.CancellationToken);
        }

        foreach (var what in (string[])["count(*)", "sum(event_id % 1000003)", "sum(value)"])
            Assert.Equal(Number(Files, what), Number(fetched, what));
    }
}
