using System.Text.RegularExpressions;
using MuseumPipeline.Tests.Servers;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace MuseumPipeline.Tests.Servers;

/// <summary>
/// The PostgreSQL server all tests share, each in a database of its own; started when the first one asks for it. Looked
/// for in this order: a
/// connection in MUSEUM_TEST_POSTGRES, an installed or installable Debian package, Docker. Where there is none, the
/// test that asks is skipped and
/// says why.
/// </summary>
public sealed partial class PostgresServer : IAsyncDisposable
{
    /// <summary>Owns the test databases and is no superuser, as on any managed server.</summary>
    private const string Owner = "museum_owner";

    private readonly SemaphoreSlim _one = new(1);
    private PostgresCluster? _cluster;
    private string? _container;
    private NpgsqlConnectionStringBuilder? _administrator;
    private string? _why;
    private int _databases;

    /// <summary>A new database; the caller disposes it.</summary>
    /// <param name="like">A database to copy, nobody connected to it; null for an empty one.</param>
    public async Task<TestDatabase> FreshDatabaseAsync(TestDatabase? like = null)
    {
        var administrator = await AdministratorAsync();
        var name = $"museum_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        var owner = _cluster is null && _container is null ? administrator.Username : Owner;
        await ExecuteAsync(administrator, $"create database {name} owner {owner} template {like?.Name ?? "template0"}");
        return new TestDatabase(
            this,
            name,
            new NpgsqlConnectionStringBuilder(administrator.ConnectionString) { Username = owner, Database = name }
        );
    }

    /// <summary>Runs SQL as the superuser, or whoever MUSEUM_TEST_POSTGRES names.</summary>
    public async Task ExecuteAsync(string sql, string? database = null)
    {
        var administrator = new NpgsqlConnectionStringBuilder((await AdministratorAsync()).ConnectionString);
        administrator.Database = database ?? administrator.Database;
        await ExecuteAsync(administrator, sql);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_container is not null)
            await Tool.RunAsync("docker", "rm", "-f", "-v", _container);
        _one.Dispose();
    }

    internal static async Task ExecuteAsync(NpgsqlConnectionStringBuilder connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString.ConnectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A server for one test alone, to stop and start; skips the test where PostgreSQL's programs are not
    /// there.</summary>
    internal static async Task<PostgresCluster> OwnAsync(PostgresOptions? options = null)
    {
        try
        {
            await PostgresInstallation.FindAsync();
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip($"needs a PostgreSQL server of its own: {e.Message}");
        }
        return await PostgresCluster.StartNewAsync(options);
    }

    private async Task<NpgsqlConnectionStringBuilder> AdministratorAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_administrator is null && _why is null)
                await FindAsync();
        }
        finally
        {
            _one.Release();
        }
        Assert.SkipWhen(_administrator is null, $"needs PostgreSQL: {_why}");
        return _administrator!;
    }

    private async Task FindAsync()
    {
        if (Environment.GetEnvironmentVariable("MUSEUM_TEST_POSTGRES") is { Length: > 0 } given)
        {
            _administrator = new NpgsqlConnectionStringBuilder(given);
            return;
        }
        try
        {
            await PostgresInstallation.FindAsync();
        }
        catch (InvalidOperationException noProgram)
        {
            await StartContainerAsync(noProgram.Message);
            return;
        }
        _cluster = await PostgresCluster.StartNewAsync();
        _administrator = _cluster.Connection();
        await CreateOwnerAsync();
    }

    private async Task StartContainerAsync(string noProgram)
    {
        try
        {
            await Tool.RunAsync("docker", "info");
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            _why = $"MUSEUM_TEST_POSTGRES is not set; {noProgram}; no Docker daemon answers";
            return;
        }
        _container = (
            await Tool.RunAsync(
                "docker",
                "run",
                "-d",
                "-p",
                "127.0.0.1::5432",
                "-e",
                $"POSTGRES_PASSWORD={PostgresCluster.Password}",
                "postgres:16"
            )
        ).Trim();
        var port = int.Parse(
            PublishedPort().Match(await Tool.RunAsync("docker", "port", _container, "5432/tcp")).Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        // The image starts a first server without TCP to set itself up; over TCP only the real one answers.
        await Tool.RunAsync(
            "docker",
            "exec",
            _container,
            "sh",
            "-c",
            "for i in $(seq 120); do pg_isready -q -h 127.0.0.1 && exit 0; sleep 0.5; done; exit 1"
        );
        _administrator = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = PostgresCluster.Superuser,
            Password = PostgresCluster.Password,
            Database = "postgres",
        };
        await CreateOwnerAsync();
    }

    private Task CreateOwnerAsync() =>
        ExecuteAsync(
            _administrator!,
            $"create role {Owner} login password "
                + $"'{PostgresCluster.Password.Replace("'", "''", StringComparison.Ordinal)}'"
        );

    [GeneratedRegex(@":(\d+)\s*$")]
    private static partial Regex PublishedPort();
}

/// <summary>A database of its own for one test or test class, dropped when disposed.</summary>
public sealed class TestDatabase(PostgresServer server, string name, NpgsqlConnectionStringBuilder connection)
    : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>Host, port, database, user name and password of its owner.</summary>
    public NpgsqlConnectionStringBuilder Connection => new(connection.ConnectionString);

    /// <summary>Runs SQL in it as the superuser.</summary>
    public Task ExecuteAsync(string sql) => server.ExecuteAsync(sql, Name);

    public async ValueTask DisposeAsync() => await server.ExecuteAsync($"drop database if exists {Name} with (force)");
}
