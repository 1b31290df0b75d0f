using System.Globalization;
using Npgsql;

namespace MuseumPipeline.Bench.Servers;

/// <summary>A PostgreSQL server for this run alone, as durable as one in production.</summary>
internal sealed class PostgresServer(Workspace workspace) : IAsyncDisposable
{
    /// <summary>All that differs from PostgreSQL's own defaults.</summary>
    public static readonly string[] Settings = ["max_wal_size = 4GB", "shared_buffers = 512MB"];

    private readonly string directory = workspace.PathOf("postgres");
    private Dictionary<string, string> address = [];

    public string Version { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancel)
    {
        var up = await ScriptAsync("up", cancel);
        address = up
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1]);
        Version = (string)(await ScalarAsync("postgres", "show server_version", cancel))!;
    }

    public IReadOnlyDictionary<string, string> Environment(string database) =>
        new Dictionary<string, string>(address) { ["MUSEUM_TARGET"] = "local", ["LOCAL_DB"] = database };

    public string ConnectionString(string database) =>
        $"Host={address["LOCAL_HOST"]};Port={address["LOCAL_PORT"]};Username={address["LOCAL_USERNAME"]};Password={address["LOCAL_PASSWORD"]};Database={database};Pooling=false;Command Timeout=0";

    public string Url(string database) =>
        $"postgresql://{address["LOCAL_USERNAME"]}:{address["LOCAL_PASSWORD"]}@{address["LOCAL_HOST"]}:{address["LOCAL_PORT"]}/{database}";

    /// <summary>A fresh database with museum's empty tables.</summary>
    public async Task CreateMigratedAsync(string database, CancellationToken cancel)
    {
        await CreateAsync(database, cancel);
        await workspace.MuseumAsync(["db", "migrate"], Environment(database), cancel);
    }

    public Task CreateAsync(string database, CancellationToken cancel) =>
        ScalarAsync("postgres", $"create database {database}", cancel);

    public Task DropAsync(string database, CancellationToken cancel) =>
        ScalarAsync("postgres", $"drop database {database} (force)", cancel);

    /// <summary>Nothing is left to be written when the next run starts.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        await ScalarAsync("postgres", "checkpoint", cancel);
        await workspace.SettleAsync(cancel);
    }

    /// <summary>The real psql, not a wrapper that looks for it.</summary>
    public Task<Finished> PsqlAsync(string database, IEnumerable<string> commands, CancellationToken cancel)
    {
        string[] arguments =
        [
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            address["LOCAL_HOST"],
            "-p",
            address["LOCAL_PORT"],
            "-U",
            address["LOCAL_USERNAME"],
            "-d",
            database,
            .. commands.SelectMany(command => (string[])["-c", command]),
        ];
        return Child.RunAsync(
            Psql(),
            arguments,
            workspace.Directory,
            new Dictionary<string, string> { ["PGPASSWORD"] = address["LOCAL_PASSWORD"] },
            cancel
        );
    }

    public async Task ExpectRowsAsync(string database, string schema, long rows, CancellationToken cancel)
    {
        var found = (long)
            (
                await ScalarAsync(
                    database,
                    $"select (select count(*) from {schema}.rating_instance) + (select count(*) from "
                        + $"{schema}.support_instance)",
                    cancel
                )
            )!;
        if (found != rows)
            throw new BenchException($"found {found} rows in {schema} of {database}, expected {rows}");
    }

    public async Task<object?> ScalarAsync(string database, string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    public async ValueTask DisposeAsync() => await ScriptAsync("down", CancellationToken.None);

    /// <summary>Out of reach of the keyboard: an interrupted start could not be tidied up.</summary>
    private async Task<Finished> ScriptAsync(string verb, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return await Child.RunAsync(
            "setsid",
            ["--wait", Path.Combine(Workspace.Repository, "eng", "postgres-server"), verb, directory],
            workspace.Directory,
            new Dictionary<string, string> { ["POSTGRES_CONF"] = string.Join('\n', Settings) },
            CancellationToken.None
        );
    }

    public static string Psql()
    {
        var found = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(path =>
                    int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var n) ? n : 0
                )
                .Select(path => Path.Combine(path, "bin", "psql"))
                .FirstOrDefault(File.Exists)
            : null;
        return found ?? "psql";
    }
}
