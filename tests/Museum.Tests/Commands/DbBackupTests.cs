namespace MuseumPipeline.Tests.Commands;

public sealed class DbBackupTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string At(string name) => Path.Combine(museum.Directory, name);

    private Task<MuseumProcess.Outcome> LoadAsync() =>
        museum.RunAsync("load", "-b", Path.Combine(Repository.Root, "samples", "bucket"));

    [Fact]
    public async Task A_backup_is_taken_beside_a_load_that_continues_and_is_sound_whenever_it_was_taken()
    {
        await museum.RunAsync("simulate", "bucket", "big", "--rows", "200000", "--seed", "7");
        museum.Environment["MUSEUM_SLICE_ROWS"] = "2000";
        using var load = museum.Start("load", "-b", "big", "--json");
        var finished = MuseumProcess.FinishAsync(load);
        while (!File.Exists(At("museum.db")))
            await Task.Delay(10, Cancel);
        var taken = new List<long>();
        while (!finished.IsCompleted || taken.Count == 0)
        {
            var name = $"backup-{taken.Count}.db";
            var backup = await museum.RunAsync("db", "backup", name, "--json");
            // Before the first migration is through, there is nothing to copy.
            if (backup.ExitCode != 0)
                continue;
            var status = await museum.RunAsync("db", "status", "--database", name, "--json");
            Assert.True(status.Json.GetProperty("balanced").GetBoolean());
            taken.Add(status.Json.GetProperty("ledger_read").GetInt64());
        }

        Assert.Equal(0, (await finished).ExitCode);
        Assert.Equal(taken.Order(), taken);
        // From any of them on, another load completes what is missing, and doubles nothing.
        var whole = (await museum.RunAsync("db", "status", "--json")).Json.GetProperty("ledger_read").GetInt64();
        await museum.RunAsync("load", "-b", "big", "--database", "backup-0.db");
        var completed = await museum.RunAsync("db", "status", "--database", "backup-0.db", "--json");
        Assert.Equal(whole, completed.Json.GetProperty("ledger_read").GetInt64());
        Assert.True(completed.Json.GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task A_restore_keeps_what_was_there_and_needs_yes()
    {
        await LoadAsync();
        Assert.Equal(0, (await museum.RunAsync("db", "backup", "b.db")).ExitCode);
        await museum.RunAsync("db", "reset-interactions", "--yes");

        Assert.Equal(2, (await museum.RunAsync("db", "restore", "b.db")).ExitCode);
        var restored = await museum.RunAsync("db", "restore", "b.db", "--yes", "--json");

        var status = await museum.RunAsync("db", "status", "--json");
        Assert.Equal((0, 8029), (restored.ExitCode, status.Json.GetProperty("ratings").GetInt32()));
        var aside = restored.Json.GetProperty("aside").GetString()!;
        var before = await museum.RunAsync("db", "status", "--database", aside, "--json");
        Assert.Equal(0, before.Json.GetProperty("ratings").GetInt32());
    }

    [Fact]
    public async Task A_database_in_use_is_not_replaced()
    {
        await LoadAsync();
        await museum.RunAsync("db", "backup", "b.db");
        using var serve = museum.Start("serve", "--listen", $"127.0.0.1:{Servers.FreePorts.One()}");
        try
        {
            while (await serve.StandardError.ReadLineAsync(Cancel) is { } line)
            {
                if (line.StartsWith("dashboard ", StringComparison.Ordinal))
                    break;
            }

            var refused = await museum.RunAsync("db", "restore", "b.db", "--yes");

            Assert.Equal(4, refused.ExitCode);
            Assert.Contains("is in use: stop museum consume", refused.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(museum.Directory, "museum.db.2*"));
        }
        finally
        {
            serve.Kill();
            await serve.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public async Task What_is_damaged_or_no_database_of_ours_is_not_restored_and_nothing_is_overwritten()
    {
        await LoadAsync();
        await museum.RunAsync("db", "backup", "b.db");
        var bytes = await File.ReadAllBytesAsync(At("b.db"), Cancel);
        Array.Fill(bytes, (byte)0x55, bytes.Length / 2, 8192);
        await File.WriteAllBytesAsync(At("damaged.db"), bytes, Cancel);
        museum.Write("text.db", "no database");

        Assert.NotEqual(0, (await museum.RunAsync("db", "restore", "damaged.db", "--yes")).ExitCode);
        Assert.NotEqual(0, (await museum.RunAsync("db", "restore", "text.db", "--yes")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("db", "restore", "nowhere.db", "--yes")).ExitCode);
        Assert.Equal(2, (await museum.RunAsync("db", "backup", "b.db")).ExitCode);
        var nowhere = await museum.RunAsync("db", "backup", "nowhere/b.db");
        Assert.Equal(3, nowhere.ExitCode);
        Assert.Contains($"there is no directory {At("nowhere")}: create it", nowhere.Error, StringComparison.Ordinal);
        var status = await museum.RunAsync("db", "status", "--json");
        Assert.Equal(8029, status.Json.GetProperty("ratings").GetInt32());
    }

    [Fact]
    public async Task Of_PostgreSQL_it_says_what_to_use()
    {
        museum.Environment["LOCAL_DB"] = "museum";

        var run = await museum.RunAsync("db", "backup", "b.db");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("pg_dump", run.Error, StringComparison.Ordinal);
    }
}
