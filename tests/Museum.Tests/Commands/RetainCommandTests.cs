using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Commands;

/// <summary>The command as it is run: killed at any moment, and beside a load.</summary>
public sealed class RetainCommandTests(PostgresServer server) : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private string Bucket => Path.Combine(museum.Directory, "bucket");

    private string Files => Path.Combine(museum.Directory, "archive");

    private async Task FillAsync(int rows)
    {
        var made = await museum.RunAsync("simulate", "bucket", Bucket, "--rows", $"{rows}", "--seed", "7");
        Assert.Equal(0, made.ExitCode);
        Assert.Equal(0, (await museum.RunAsync("load", "-b", Bucket)).ExitCode);
    }

    private void KeepEvents() => museum.Environment["MUSEUM_RETAIN_EVENTS"] = "1";

    private long Number(string what)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests' own texts.
        command.CommandText = $"select cast({what} as bigint) from read_parquet('{Files}/events/**/*.parquet')";
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private void Use(NpgsqlConnectionStringBuilder database)
    {
        museum.Environment["LOCAL_HOST"] = database.Host!;
        museum.Environment["LOCAL_PORT"] = database.Port.ToString(CultureInfo.InvariantCulture);
        museum.Environment["LOCAL_DB"] = database.Database!;
        museum.Environment["LOCAL_USERNAME"] = database.Username!;
        museum.Environment["LOCAL_PASSWORD"] = database.Password!;
    }

    private async Task AgeAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={museum.Directory}/museum.db;Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "update quarantine set received_at = '2024-05-05T10:00:00.000000Z'";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_twenty_times_beside_a_load_it_has_every_press_once(bool postgres)
    {
        await using var database = postgres ? await server.FreshDatabaseAsync() : null;
        if (database is not null)
            Use(database.Connection);
        await FillAsync(60_000);
        KeepEvents();
        var before = (await museum.RunAsync("db", "status", "--json")).Json;
        var events = before.GetProperty("ratings").GetInt64() + before.GetProperty("support").GetInt64();
        var seed = Environment.TickCount;
        var chance = new Random(seed);
        // The same again, under other names: it is known, however far the first is retired.
        var copy = Path.Combine(museum.Directory, "copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Bucket))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        for (var kill = 0; kill < 20; kill++)
        {
            using var process = museum.Start("db", "retain", "--to", Files);
            var ended = MuseumProcess.FinishAsync(process);
            var load = museum.RunAsync("load", "-b", copy);
            await Task.Delay(chance.Next(200, 1200), TestContext.Current.CancellationToken);
            process.Kill();
            await ended;
            Assert.Equal(0, (await load).ExitCode);
            Assert.Equal(0, (await museum.RunAsync("db", "status", "--json")).ExitCode);
        }

        var last = await museum.RunAsync("db", "retain", "--to", Files, "--json");
        var again = await museum.RunAsync("db", "retain", "--to", Files, "--json");

        Assert.True(last.ExitCode == 0, $"seed {seed}: {last.Error}");
        Assert.Empty(again.Json.GetProperty("parts").EnumerateArray());
        Assert.Equal((events, events), (Number("count(*)"), Number("count(distinct event_id)")));
        var status = (await museum.RunAsync("db", "status", "--json")).Json;
        Assert.Equal(0, status.GetProperty("ratings").GetInt64() + status.GetProperty("support").GetInt64());
        Assert.Equal(
            events,
            status.GetProperty("hourly_ratings").GetInt64() + status.GetProperty("hourly_support").GetInt64()
        );
        Assert.True(status.GetProperty("balanced").GetBoolean());
        var verified = await museum.RunAsync("verify", "--json");
        Assert.Equal((0, events), (verified.ExitCode, verified.Json.GetProperty("retired").GetInt64()));
    }

    [Fact]
    public async Task Without_a_setting_or_a_way_out_nothing_goes()
    {
        Assert.Equal(
            0,
            (await museum.RunAsync("load", "-b", Path.Combine(Repository.Root, "samples", "bucket"))).ExitCode
        );
        var unset = await museum.RunAsync("db", "retain", "--away");
        Assert.Equal(3, unset.ExitCode);
        Assert.Contains(
            "none of MUSEUM_RETAIN_EVENTS, MUSEUM_RETAIN_QUARANTINE, ",
            unset.Error,
            StringComparison.Ordinal
        );
        KeepEvents();

        var nowhere = await museum.RunAsync("db", "retain");
        Assert.Equal(2, nowhere.ExitCode);
        Assert.Contains(
            "nothing was removed: say where old presses and records go",
            nowhere.Error,
            StringComparison.Ordinal
        );
        var dry = await museum.RunAsync("db", "retain", "--dry-run");
        Assert.Equal(0, dry.ExitCode);
        Assert.Contains("LMNH 2024-03: ", dry.Out, StringComparison.Ordinal);
        Assert.Contains("Would take 8,", dry.Out, StringComparison.Ordinal);
        var status = (await museum.RunAsync("db", "status")).Out;
        Assert.DoesNotContain("Retired:", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_record_is_not_judged_again_and_says_where_it_is()
    {
        Assert.Equal(
            0,
            (await museum.RunAsync("load", "-b", Path.Combine(Repository.Root, "samples", "bucket"))).ExitCode
        );
        var record = (await museum.RunAsync("quarantine", "list", "--json"))
            .Json.GetProperty("records")
            .EnumerateArray()
            .First()
            .GetProperty("id")
            .GetInt64();
        museum.Environment["MUSEUM_RETAIN_QUARANTINE"] = "1";
        Assert.Equal(
            0,
            (await museum.RunAsync("db", "retain", "--to", Files, "--json")).Json.GetProperty("quarantined").GetInt64()
        );
        // As if it had come long ago.
        await AgeAsync();

        var retained = await museum.RunAsync("db", "retain", "--to", Files, "--json");

        Assert.NotEqual(0, retained.Json.GetProperty("quarantined").GetInt64());
        foreach (
            var verb in (string[][])
                [
                    ["show"],
                    ["replay"],
                    ["discard", "--why", "test"],
                ]
        )
        {
            var refused = await museum.RunAsync(["quarantine", verb[0], $"{record}", .. verb[1..]]);
            Assert.Equal(5, refused.ExitCode);
            Assert.Contains(
                $"record {record} is retired: what arrived in 2024-05 left ",
                refused.Error,
                StringComparison.Ordinal
            );
            Assert.Contains($"its bytes are in {Files}", refused.Error, StringComparison.Ordinal);
        }

        var all = await museum.RunAsync("quarantine", "replay", "--all");
        Assert.Equal(0, all.ExitCode);
        Assert.Contains("more are retired (museum db retain)", all.Out, StringComparison.Ordinal);
        var status = await museum.RunAsync("db", "status");
        Assert.Equal(0, status.ExitCode);
        Assert.Contains(
            $"Retired: LMNH, quarantined records of 2024-05, kept in {Files}",
            status.Out.Replace("\n", " ", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }
}
