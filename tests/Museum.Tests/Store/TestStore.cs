using Microsoft.Data.Sqlite;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Store.Sqlite;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Store;

/// <summary>A store over a fresh database, and a second connection to read and change it with plain SQL.</summary>
public abstract class TestStore : IAsyncDisposable
{
    public abstract MuseumStore Store { get; }

    /// <summary>Another store on the same database, as another process would have it.</summary>
    public abstract MuseumStore Another(TimeProvider? clock = null);

    public abstract Task<List<string>> QueryAsync(string sql);

    public async Task<long> NumberAsync(string sql) =>
        long.Parse((await QueryAsync(sql)).Single(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>SQL of the hour that an instant is counted under.</summary>
    public string HourOf(string instant) =>
        this is SqliteTestStore ? $"substr({instant}, 1, 13) || ':00:00Z'" : $"date_trunc('hour', {instant}, 'UTC')";

    /// <summary>A rule that somebody added to one of our tables.</summary>
    /// <param name="refused">SQL of what it refuses; a column of the new row is written {0}name.</param>
    public Task AddRuleAsync(string table, string refused) =>
        QueryAsync(
            this is SqliteTestStore
                ? $"create trigger rule_of_{table} before insert on {table} when "
                    + $"{string.Format(System.Globalization.CultureInfo.InvariantCulture, refused, "new.")} begin "
                    + $"select raise(abort, 'ruled out'); end"
                : $"alter table {table} add constraint rule_of_{table} check (not "
                    + $"({string.Format(System.Globalization.CultureInfo.InvariantCulture, refused, "")}))"
        );

    public abstract ValueTask DisposeAsync();

    public static TestStore Sqlite() => new SqliteTestStore();

    public static Task<TestStore> SqliteAsync() => Task.FromResult(Sqlite());

    public static async Task<TestStore> PostgresAsync(PostgresServer server) =>
        new PostgresTestStore(await server.FreshDatabaseAsync());

    protected static async Task<List<string>> ReadAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await connection.OpenAsync();
        return await RowsAsync(connection, sql);
    }

    /// <summary>Cells with bars between them, each in one form whatever the database calls it.</summary>
    internal static async Task<List<string>> RowsAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests' own texts.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(
                string.Join(
                    '|',
                    Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(c =>
                            reader.GetValue(c) switch
                            {
                                DBNull => "",
                                double or float or decimal => Convert
                                    .ToDecimal(reader.GetValue(c), System.Globalization.CultureInfo.InvariantCulture)
                                    .ToString("0.00", System.Globalization.CultureInfo.InvariantCulture),
                                DateTime time => time.ToString(
                                    "yyyy-MM-ddTHH:mm:ss.ffffffZ",
                                    System.Globalization.CultureInfo.InvariantCulture
                                ),
                                var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
                            }
                        )
                )
            );
        }

        return rows;
    }
}

internal sealed class SqliteTestStore : TestStore
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-sqlite-").FullName;

    public SqliteTestStore() => Store = Another();

    public string File => Path.Combine(directory, "museum.db");

    public override MuseumStore Store { get; }

    public override MuseumStore Another(TimeProvider? clock = null) =>
        SqliteStore.Open(File, clock ?? TimeProvider.System);

    public override async Task<List<string>> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        return await ReadAsync(connection, sql);
    }

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }
}

internal sealed class PostgresTestStore : TestStore
{
    private readonly TestDatabase database;

    public NpgsqlConnectionStringBuilder Connection => database.Connection;

    public PostgresTestStore(TestDatabase database)
    {
        this.database = database;
        Store = Another();
    }

    public override MuseumStore Store { get; }

    public override MuseumStore Another(TimeProvider? clock = null) =>
        PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(database.Connection.ConnectionString).Build(),
            clock ?? TimeProvider.System
        );

    public override async Task<List<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.Connection.ConnectionString) { Pooling = false }.ConnectionString
        );
        return await ReadAsync(connection, sql);
    }

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await database.DisposeAsync();
    }
}
