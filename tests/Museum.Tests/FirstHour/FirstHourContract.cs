using System.Diagnostics;
using System.Globalization;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.FirstHour;

public sealed class SqliteFirstHourTests(PostgresServer server) : FirstHourContract(server, embedded: true);

public sealed class PostgresFirstHourTests(PostgresServer server) : FirstHourContract(server, embedded: false);

/// <summary>
/// What newcomers type in their first hour, in an empty directory with the museum's own database: after each step the
/// tables hold exactly what they should, and never a row of anything that was only tried.
/// </summary>
public abstract partial class FirstHourContract(PostgresServer server, bool embedded) : IAsyncLifetime
{
    private static readonly (string Bucket, long Ratings, long Help) History = RealData.Shared("data", "lmnh-bucket")
        is { } real
        ? (real, 2064, 73)
        : (Samples.Day, Samples.Number("votes"), Samples.Number("help"));

    private static readonly string SamplesBucket = Path.Combine(Repository.Root, "samples", "bucket");

    private readonly MuseumProcess museum = new();
    private TestDatabase? database;
    private (long Ratings, long Help) streamed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (embedded)
            return;
        database = await server.FreshDatabaseAsync();
        Use(database.Connection);
    }

    private void Use(NpgsqlConnectionStringBuilder c)
    {
        museum.Write(
            ".env",
            string.Create(
                CultureInfo.InvariantCulture,
                $"LOCAL_HOST={c.Host}\nLOCAL_PORT={c.Port}\nLOCAL_DB={c.Database}\nLOCAL_USERNAME={c.Username}\n"
            )
        );
        museum.Environment["LOCAL_PASSWORD"] = c.Password!;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        museum.Dispose();
        if (database is not null)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_that_a_newcomer_types_damages_doubles_or_misleads()
    {
        await TheWrongDirectoryAsync();
        await SamplesAsync();
        await DemoAsync();
        await TheRealBucketAsync();
        await DemoAsync();
        await SamplesIntoTheRealOneAsync();
        await ACopyElsewhereAsync();
        await TheOriginalsStagesAsync();
        await TheOriginalsTopicAsync();
        await MisspeltKeysAsync();
        await TakingBackAsync();
    }

    /// <summary>Nothing is configured, then a directory that holds nothing of ours, then one that is not
    /// there.</summary>
    private async Task TheWrongDirectoryAsync()
    {
        Says(
            await museum.RunAsync("load"),
            3,
            "MUSEUM_BUCKET is not set: name the bucket or directory there or with -b"
        );
        Directory.CreateDirectory(At("empty"));
        Says(await museum.RunAsync("load", "-b", "empty"), 5, "objects, none of them ours; expected");
        Assert.Equal(5, (await museum.RunAsync("load", "-b", ".")).ExitCode);
        Assert.NotEqual(0, (await museum.RunAsync("load", "-b", "./nowhere")).ExitCode);
        await HoldsAsync(0, 0, exhibitions: 0);
    }

    private async Task SamplesAsync()
    {
        Says(await museum.RunAsync("load", "-b", SamplesBucket, "--database", "samples.db"), 0, "writes to embedded ");
        var status = await StatusAsync("--database", "samples.db");
        var rows = Directory
            .GetFiles(SamplesBucket, "lmnh_hist_data_?.csv")
            .Sum(file => File.ReadLines(file).Count() - 1);
        Assert.Equal(rows, status.GetProperty("ledger_read").GetInt64());
        await HoldsAsync(0, 0, exhibitions: 0);
    }

    /// <summary>Seconds of it, beside whatever is there: it keeps to itself.</summary>
    private async Task DemoAsync()
    {
        var before = await StatusAsync();
        using var demo = museum.Start("demo", "--rate", "50", "--listen", $"127.0.0.1:{FreePorts.One()}");
        var ending = MuseumProcess.FinishAsync(demo);
        while (!ending.IsCompleted && await DemoRatingsAsync() == 0)
            await Task.Delay(500, Cancel);
        using (var kill = Process.Start("kill", ["-INT", $"{demo.Id}"]))
            await kill.WaitForExitAsync(Cancel);
        var outcome = await ending;
        Assert.True(outcome.ExitCode == 130, outcome.Error);
        Assert.Equal(before.ToString(), (await StatusAsync()).ToString());
        if (embedded && before.GetProperty("ratings").GetInt64() > 0)
            Says(await museum.RunAsync("demo", "--database", "museum.db"), 3, "that no demo made");
    }

    private async Task<long> DemoRatingsAsync() =>
        File.Exists(At("museum-demo.db"))
        && await museum.RunAsync("db", "status", "--json", "--database", "museum-demo.db") is { ExitCode: 0 } status
            ? status.Json.GetProperty("ratings").GetInt64()
            : 0;

    private async Task TheRealBucketAsync()
    {
        var trial = await museum.RunAsync("load", "-b", History.Bucket, "--dry-run", "--json");
        Assert.Equal((0, History.Ratings), (trial.ExitCode, trial.Json.GetProperty("ratings").GetInt64()));
        await HoldsAsync(0, 0, exhibitions: 0);
        for (var time = 0; time < 2; time++)
        {
            Says(await museum.RunAsync("load", "-b", History.Bucket), 0, "writes to ");
            await HoldsAsync(History.Ratings, History.Help);
        }
    }

    private async Task SamplesIntoTheRealOneAsync()
    {
        Says(await museum.RunAsync("load", "-b", SamplesBucket), 5, "--rename-exhibitions");
        await HoldsAsync(History.Ratings, History.Help);
    }

    private async Task ACopyElsewhereAsync()
    {
        Copy(History.Bucket, At("copy"));
        Says(await museum.RunAsync("load", "-b", "copy"), 0, "writes to ");
        Says(
            await museum.RunAsync("load", "-b", "copy/lmnh_hist_data_0.csv"),
            5,
            "nothing of it was loaded. To load it all the same: --again"
        );
        await HoldsAsync(History.Ratings, History.Help);
    }

    /// <summary>Download, merge, clean; then the merged file, here and into an empty database.</summary>
    private async Task TheOriginalsStagesAsync()
    {
        Says(await museum.RunAsync("s3", "download", "-b", History.Bucket, "--to", "stage"), 0, "");
        Says(await museum.RunAsync("s3", "merge", "stage", "-o", "stage/lmnh_merged_hist_data.csv"), 0, "");
        Says(await museum.RunAsync("s3", "clean", "stage", "-o", "stage/lmnh_merged_hist_data.csv"), 0, "");
        var merged = Path.Combine(At("stage"), "lmnh_merged_hist_data.csv");
        Says(await museum.RunAsync("load", "-b", "stage"), 5, $"museum load -b {merged}");
        Says(await museum.RunAsync("load", "-b", merged), 5, "--again");
        await HoldsAsync(History.Ratings, History.Help);

        // As it is typed; the first brings the exhibitions.
        Says(await museum.RunAsync("load", "-b", "stage", "--database", "merged.db"), 5, $"museum load -b {merged}");
        Says(await museum.RunAsync("load", "-b", merged, "--database", "merged.db"), 0, "");
        var status = await StatusAsync("--database", "merged.db");
        Assert.Equal(
            (History.Ratings, History.Help),
            (status.GetProperty("ratings").GetInt64(), status.GetProperty("support").GetInt64())
        );
    }

    /// <summary>TOPIC names another topic than the museum's built-in one, as it did.</summary>
    private async Task TheOriginalsTopicAsync()
    {
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("visitor-presses", 2);
        museum.Environment["BOOTSTRAP_SERVERS"] = broker.BootstrapServers;
        museum.Environment["TOPIC"] = "visitor-presses";
        // At hours at which the museum is open, and with a ledger of what the broker took.
        Says(
            await museum.RunAsync([
                .. "simulate stream --to kafka --topic visitor-presses -n 200 --seed 7".Split(' '),
                .. "--at 2024-10-21T09:21:24+01:00".Split(' '),
            ]),
            0,
            ""
        );
        var first = await museum.RunAsync("consume", "--until-end", "--json");
        var second = await museum.RunAsync("consume", "--until-end", "--json");

        Says(first, 0, "visitor-presses");
        Assert.Equal((200, 0), (first.Json.GetProperty("read").GetInt32(), second.Json.GetProperty("read").GetInt32()));
        var (ratings, help) = (
            first.Json.GetProperty("ratings").GetInt64(),
            first.Json.GetProperty("support").GetInt64()
        );
        Assert.True(ratings > 0, "no rating was loaded");
        await HoldsAsync(History.Ratings + ratings, History.Help + help);
        var source = (await museum.RunAsync("sources", "list", "--json"))
            .Json.GetProperty("sources")
            .EnumerateArray()
            .Where(s => s.ToString().Contains("visitor-presses", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(source);
        museum.Environment.Remove("BOOTSTRAP_SERVERS");
        museum.Environment.Remove("TOPIC");
        streamed = (ratings, help);
    }

    private async Task MisspeltKeysAsync()
    {
        museum.Environment["DATABSE_NAME"] = "museum";
        museum.Environment["S3_BUCKET"] = History.Bucket;
        var outcome = await museum.RunAsync("load");
        Says(outcome, 3, "DATABSE_NAME in the environment is not a setting of ours. Did you mean DATABASE_NAME?");
        Says(outcome, 3, "S3_BUCKET in the environment is not a setting of ours. Did you mean MUSEUM_BUCKET?");
        museum.Environment["MUSEUM_QUIET_KEYS"] = "DATABSE_NAME,S3_BUCKET";
        Assert.DoesNotContain("setting of ours", (await museum.RunAsync("load")).Error, StringComparison.Ordinal);
        museum.Environment.Remove("DATABSE_NAME");
        museum.Environment.Remove("S3_BUCKET");
        await HoldsAsync(History.Ratings + streamed.Ratings, History.Help + streamed.Help);
    }

    private async Task TakingBackAsync()
    {
        foreach (var file in Directory.GetFiles(History.Bucket, "lmnh_hist_data_?.csv").Order())
            Says(await museum.RunAsync("sources", "remove", file), 0, "writes to ");
        await HoldsAsync(streamed.Ratings, streamed.Help);
        Says(await museum.RunAsync("load", "-b", History.Bucket), 0, "");
        await HoldsAsync(streamed.Ratings, streamed.Help);
        Says(await museum.RunAsync("load", "-b", History.Bucket, "--again"), 0, "");
        await HoldsAsync(History.Ratings + streamed.Ratings, History.Help + streamed.Help);
    }

    /// <summary>Exactly these rows, agreed on by tables, ledger and hourly counts; and the names of the exhibitions are
    /// those of the museum's own files.</summary>
    private async Task HoldsAsync(long ratings, long help, int exhibitions = 6)
    {
        var status = await StatusAsync();
        Assert.Equal(
            (ratings, help, exhibitions, true),
            (
                status.GetProperty("ratings").GetInt64(),
                status.GetProperty("support").GetInt64(),
                status.GetProperty("exhibitions").GetInt32(),
                status.GetProperty("balanced").GetBoolean()
            )
        );
    }

    /// <summary>Of a database that may not be there yet: then of an empty one.</summary>
    private async Task<System.Text.Json.JsonElement> StatusAsync(params string[] options)
    {
        var outcome = await museum.RunAsync(["db", "status", "--json", .. options]);
        if (outcome.ExitCode == 3)
        {
            // So that a step before the first load can be compared, too.
            Assert.Equal(0, (await museum.RunAsync(["db", "migrate", .. options])).ExitCode);
            outcome = await museum.RunAsync(["db", "status", "--json", .. options]);
        }

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return outcome.Json;
    }

    private static void Says(MuseumProcess.Outcome outcome, int exitCode, string text)
    {
        Assert.True(
            outcome.ExitCode == exitCode,
            $"exit code {outcome.ExitCode}, expected {exitCode}: {outcome.Error}{outcome.Out}"
        );
        Assert.Contains(text, outcome.Error + outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", outcome.Error, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(museum.Directory, name);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
