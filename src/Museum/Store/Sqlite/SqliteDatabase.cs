using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

internal class SqliteDatabase(string path, string describe, TimeProvider clock)
    : SqlDatabase(new SqliteDialect(), clock)
{
    /// <summary>Our own function: (instant, time zone) → days since 0001-01-01.</summary>
    public const string LocalDay = "local_day";

    private const int BusySeconds = 120;

    /// <summary>Every connection's: how long it waits for whoever writes, and how much it keeps in memory.</summary>
    protected static readonly string Usual = string.Create(
        CultureInfo.InvariantCulture,
        $"pragma busy_timeout = {BusySeconds * 1000}; pragma cache_size = -8192; "
    );

    private readonly List<string> opened = [];
    private bool seen;

    // NORMAL: after a power cut the newest transactions may be missing, each with its position, so they are simply
    // loaded again.
    public override Task<DbConnection> OpenAsync(CancellationToken cancel) =>
        OpenAsync(
            new SqliteConnectionStringBuilder { DataSource = path },
            Usual + "pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on",
            cancel
        );

    /// <param name="first">What the connection runs before anything else.</param>
    protected async Task<DbConnection> OpenAsync(
        SqliteConnectionStringBuilder where,
        string first,
        CancellationToken cancel
    )
    {
        // Opening would make a new one, empty.
        if (seen && !File.Exists(path))
            throw Gone();
        where.DefaultTimeout = BusySeconds;
        var connection = new SqliteConnection(where.ToString());
        lock (opened)
        {
            if (!opened.Contains(connection.ConnectionString))
                opened.Add(connection.ConnectionString);
        }

        try
        {
            await connection.OpenAsync(cancel);
            if (SqliteFile.HasMoved(connection))
                throw Gone();
            seen = true;
            await new SqlSession(this, connection, null, cancel).ExecuteAsync(first);
            connection.CreateFunction<string, string, int>(LocalDay, DayOf, isDeterministic: true);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>SQLite itself goes on writing into a file that has no name any more.</summary>
    private MuseumException Gone()
    {
        ClearPool();
        return new(
            ExitCode.Service,
            $"{describe}: the file was removed or replaced while it was in use; what was written to it since is in "
                + "no file that has a name. Put the right file in its place, with every museum command that uses it "
                + "stopped, and start again: a stream goes on from the position in that file"
        );
    }

    private static int DayOf(string instant, string zone)
    {
        var time = DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var utc = StoredInstants.Within(time).UtcDateTime;
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, TimeZones.Find(zone));
        return DateOnly.FromDateTime(local).DayNumber;
    }

    /// <summary>IMMEDIATE, so that a transaction that read first is not refused when it writes.</summary>
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
        ClearPool();
        return ValueTask.CompletedTask;
    }

    private void ClearPool()
    {
        lock (opened)
        {
            foreach (var connectionString in opened)
            {
                using var connection = new SqliteConnection(connectionString);
                SqliteConnection.ClearPool(connection);
            }
        }
    }
}
