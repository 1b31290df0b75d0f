using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.FirstHour;

/// <summary>Commands that ask make and change nothing, and need no right to.</summary>
public sealed class ReadingTests(PostgresServer server) : IDisposable
{
    /// <summary>Every command that only asks.</summary>
    public static readonly string[] Questions =
    [
        "runs",
        "db status",
        "quarantine list",
        "sources list",
        "museums list",
        "buttons list",
        "users list",
        "notify list",
        "kafka status",
        "report --week 2024-W01 --for security",
        "quarantine export held.csv",
        "quarantine replay --all --dry-run",
        "load -b bucket --dry-run",
        "consume --from in.ndjson --dry-run",
    ];

    private readonly MuseumProcess _museum = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task A_copy_on_a_place_where_nothing_can_be_written_answers_every_question()
    {
        await LoadAsync();
        var file = Path.Combine(_museum.Directory, "museum.db");
        var copy = Directory.CreateDirectory(Path.Combine(_museum.Directory, "medium"));
        File.Copy(file, Path.Combine(copy.FullName, "museum.db"));
        // A file name that a URI would take for something else.
        File.Copy(file, Path.Combine(copy.FullName, "100%?#.db"));
        Assert.SkipUnless(await MountReadOnlyAsync(copy.FullName), "needs root, to mount a directory read-only");
        try
        {
            foreach (var name in (string[])["museum.db", "100%?#.db"])
            {
                foreach (var question in Questions)
                {
                    var outcome = await _museum.RunAsync([
                        .. question.Split(' '),
                        "--database",
                        Path.Combine(copy.FullName, name),
                    ]);
                    Assert.True(outcome.ExitCode == 0, $"{question}: exit {outcome.ExitCode}: {outcome.Error}");
                }
            }

            var load = await _museum.RunAsync("load", "-b", "bucket", "--database", $"{copy.FullName}/museum.db");
            Assert.Equal(4, load.ExitCode);
            Assert.Equal(2, copy.GetFiles().Length);
        }
        finally
        {
            await Tool.RunAsync("umount", copy.FullName);
        }
    }

    [Fact]
    public async Task No_question_changes_the_embedded_database_or_leaves_a_file_beside_it()
    {
        await LoadAsync();
        var file = Path.Combine(_museum.Directory, "museum.db");
        // As a backup leaves it: not in WAL mode.
        await SqliteAsync(file, "pragma journal_mode = delete");
        var before = await File.ReadAllBytesAsync(file, Cancel);

        foreach (var question in Questions)
            Assert.Equal((question, 0), (question, (await _museum.RunAsync(question.Split(' '))).ExitCode));

        Assert.Equal(before, await File.ReadAllBytesAsync(file, Cancel));
        Assert.Empty(Directory.GetFiles(_museum.Directory, "museum.db-*"));
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_by_nobody_who_only_asks_and_the_fix_works_as_typed()
    {
        await LoadAsync();
        var file = Path.Combine(_museum.Directory, "museum.db");
        File.Move(file, Path.Combine(_museum.Directory, "old one.db"));
        // What an older program would have left; only the number is looked at.
        await SqliteAsync(
            Path.Combine(_museum.Directory, "old one.db"),
            "delete from schema_migration where version > 3"
        );
        foreach (
            var question in (string[])
                [.. Questions, "users remove ada", "museums remove LMNH", "notify remove ada", "serve"]
        )
        {
            var outcome = await _museum.RunAsync([.. question.Split(' '), "--database", "old one.db"]);

            Assert.Equal((question, 3), (question, outcome.ExitCode));
            Assert.Contains("found schema version 3, expected version ", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("run museum db migrate --database 'old one.db'.", outcome.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_newer_schema_is_left_to_the_newer_program()
    {
        await LoadAsync();
        await SqliteAsync(
            Path.Combine(_museum.Directory, "museum.db"),
            "insert into schema_migration (version, name, applied_at) values (999, 'later', 'later')"
        );

        foreach (var command in (string[])["runs", "load -b bucket", "db migrate", "serve"])
        {
            var outcome = await _museum.RunAsync(command.Split(' '));

            Assert.Equal((command, 3), (command, outcome.ExitCode));
            Assert.Contains("use the newer program that made it", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_empty_PostgreSQL_database_is_judged_by_and_stays_empty()
    {
        await using var database = await server.FreshDatabaseAsync();
        Use(database);
        await WriteAsync();

        var trial = await _museum.RunAsync("load", "-b", "bucket", "--dry-run", "--json");
        var archive = await _museum.RunAsync("consume", "--from", "in.ndjson", "--dry-run", "--json");
        var runs = await _museum.RunAsync("runs");
        var serve = await _museum.RunAsync("serve");

        Assert.Equal((0, 1), (trial.ExitCode, trial.Json.GetProperty("ratings").GetInt32()));
        Assert.Equal("local", trial.Json.GetProperty("target").GetString());
        Assert.Equal((0, 1), (archive.ExitCode, archive.Json.GetProperty("quarantined").GetInt32()));
        Assert.Equal((3, 3), (runs.ExitCode, serve.ExitCode));
        Assert.Contains("found no tables of ours", runs.Error, StringComparison.Ordinal);
        Assert.Contains("To fix it: run museum db migrate.", runs.Error, StringComparison.Ordinal);
        Assert.Equal(0, await TablesAsync(database));
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);
        Assert.Equal(0, (await _museum.RunAsync("runs")).ExitCode);
    }

    private async Task LoadAsync()
    {
        await WriteAsync();
        var load = await _museum.RunAsync("load", "-b", "bucket");
        Assert.True(load.ExitCode == 0, load.Error);
    }

    private async Task WriteAsync()
    {
        Directory.CreateDirectory(Path.Combine(_museum.Directory, "bucket"));
        await File.WriteAllTextAsync(
            Path.Combine(_museum.Directory, "bucket", "lmnh_exhibition_bugs.json"),
            """
            {"EXHIBITION_NAME": "Adaptation", "EXHIBITION_ID": "EXH_01", "FLOOR": "Vault",
             "DEPARTMENT": "Entomology", "START_DATE": "01/07/19", "DESCRIPTION": "Insects"}
            """,
            Cancel
        );
        await File.WriteAllTextAsync(
            Path.Combine(_museum.Directory, "bucket", "lmnh_hist_data_0.csv"),
            "at,site,val,type\n2024-01-03 10:00:00,1,4,\n",
            Cancel
        );
        await File.WriteAllTextAsync(Path.Combine(_museum.Directory, "in.ndjson"), "{}\n", Cancel);
    }

    private void Use(TestDatabase database)
    {
        var c = database.Connection;
        _museum.Environment["LOCAL_HOST"] = c.Host!;
        _museum.Environment["LOCAL_PORT"] = c.Port.ToString(CultureInfo.InvariantCulture);
        _museum.Environment["LOCAL_DB"] = c.Database!;
        _museum.Environment["LOCAL_USERNAME"] = c.Username!;
        _museum.Environment["LOCAL_PASSWORD"] = c.Password ?? "";
    }

    private static async Task<long> TablesAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.Connection.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(
            "select count(*) from information_schema.tables where table_schema = 'public'",
            connection
        );
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task SqliteAsync(string file, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<bool> MountReadOnlyAsync(string directory) =>
        (await Tool.TryAsync("mount", "--bind", directory, directory)).ExitCode == 0
        && (await Tool.TryAsync("mount", "-o", "remount,bind,ro", directory)).ExitCode == 0;
}
