using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

internal sealed class SqliteDatabase(string path, string describe, TimeProvider clock)
    : SqlDatabase(new SqliteDialect(), clock)
{
    /// <summary>Our own function: (instant, time zone) → days since 0001-01-01.</summary>
    public const string LocalDay = "local_day";

    private const int BusySeconds = 120;

    private readonly string connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = BusySeconds,
    }.ToString();

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            // NORMAL: after a power cut the newest transactions may be missing, each with its position, so they are
            // simply loaded again.
            await new SqlSession(this, connection, null, cancel).ExecuteAsync(
                $"pragma busy_timeout = {BusySeconds * 1000}; pragma journal_mode = wal; pragma synchronous = normal; "
                    + $"pragma foreign_keys = on; pragma cache_size = -8192"
            );
            connection.CreateFunction<string, string, int>(LocalDay, DayOf, isDeterministic: true);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static int DayOf(string instant, string zone)
    {
        var time = DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var utc = StoredInstants.Within(time).UtcDateTime;
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, TimeZoneInfo.FindSystemTimeZoneById(zone));
        return DateOnly.FromDateTime(local).DayNumber;
    }

    /// <summary>IMMEDIATE, so that a transaction which read first is not refused when it comes to write.</summary>
    public override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    /// <summary>Deferred: it only reads, and takes no lock.</summary>
    protected override Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    public override string VersionOf(DbConnection connection) => $"SQLite {connection.ServerVersion}";

    public override bool IsOwnKey(Exception exception) => SqliteFaults.IsOwnKey(exception);

    public override Exception Translate(Exception exception) => SqliteFaults.Translate(exception, describe);

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
