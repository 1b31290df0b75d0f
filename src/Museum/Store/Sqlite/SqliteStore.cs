using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The embedded database: one SQLite file in WAL mode. Several processes may use it; one writes at a time, the
/// others wait.</summary>
/// <param name="path">The file; created when missing.</param>
/// <param name="clock">For the ledger's times.</param>
internal sealed partial class SqliteStore(string path, TimeProvider clock) : SqlStore("embedded", clock)
{
    public static MuseumStore Open(string path, TimeProvider clock) => new SqliteStore(path, clock).Rooms();

    private const int BusySeconds = 120;
    private readonly string connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = BusySeconds,
    }.ToString();

    public override string Describe => $"the embedded database {path}";

    public override int Writers => 1;

    protected override string Dialect => "sqlite";

    protected override string ForUpdate => "";

    /// <summary>What <c>synchronous = normal</c> does anyway.</summary>
    protected override string? EagerCommit => null;

    protected override string HasMigrationTable =>
        "select count(*) from sqlite_master where type = 'table' and name = 'schema_migration'";

    /// <summary>A write transaction is the lock.</summary>
    protected override string? MigrationLock => null;

    protected override string BytesType => "blob";

    public override Task<string> PingAsync(CancellationToken cancel) =>
        WithConnectionAsync(connection => Task.FromResult($"SQLite {connection.ServerVersion}"), cancel);

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancel);
            // NORMAL: after a power cut the newest transactions may be missing, each with its position, so they are
            // simply loaded again.
            await ExecuteAsync(
                Command(
                    connection,
                    null,
                    $"pragma busy_timeout = {BusySeconds * 1000}; pragma journal_mode = wal; pragma synchronous = "
                        + $"normal; pragma foreign_keys = on; pragma cache_size = -8192"
                ),
                cancel
            );
            AddLocalDay(connection);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>IMMEDIATE, so that a transaction which read first is not refused when it comes to write.</summary>
    protected override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    protected internal override object TimeValue(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    protected override object DateValue(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    protected override string HourOf(string column) => $"substr({column}, 1, 13) || ':00:00Z'";

    protected override DbConnection ConnectionOf(Claim claim) => (SqliteConnection)claim.Hold;

    private protected override EventRows CreateRows(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        int runId
    ) => new SqliteRows(this, (SqliteConnection)connection, museumId, runId);

    protected override bool IsOwnKey(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: 1555 or 2067 };

    protected internal override Exception Translate(Exception exception) => SqliteFaults.Translate(exception, Describe);

    /// <summary>The write transaction is the lock; a claim only remembers what the ledger said.</summary>
    public override async Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel)
    {
        try
        {
            var connection = await OpenAsync(cancel);
            return await ReadClaimAsync(connection, identity, connection, cancel);
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }

    protected internal override async Task UpsertHourlyAsync(
        DbConnection connection,
        DbTransaction transaction,
        HourlyCounts hourly,
        CancellationToken cancel
    )
    {
        var lost =
            Upsert((SqliteConnection)connection, "rating", hourly.Columns(PressKind.Rating))
            | Upsert((SqliteConnection)connection, "support", hourly.Columns(PressKind.Support));
        if (!lost)
            return;
        await ExecuteAsync(Command(connection, transaction, "delete from rating_hourly where presses = 0"), cancel);
        await ExecuteAsync(Command(connection, transaction, "delete from support_hourly where presses = 0"), cancel);
    }

    /// <summary>Adds the counts; true when some went down.</summary>
    private static bool Upsert(SqliteConnection connection, string kind, HourlyColumns columns)
    {
        if (columns.Presses.Length == 0)
            return false;
        using var add = new SqliteStatement(
            connection,
            $"""
            insert into {kind}_hourly (exhibition_id, hour, {kind}_type_id, presses) values (?1, ?2, ?3, ?4)
            on conflict (exhibition_id, hour, {kind}_type_id) do update set presses = presses + excluded.presses
            """
        );
        // An upsert would judge the check constraint on a negative number before it adds: what goes down is updated.
        using var take = new SqliteStatement(
            connection,
            $"update {kind}_hourly set presses = presses + ?4 where exhibition_id = ?1 and hour = ?2 and "
                + $"{kind}_type_id = ?3"
        );
        Span<byte> hour = stackalloc byte[28];
        for (var row = 0; row < columns.Presses.Length; row++)
        {
            var statement = columns.Presses[row] < 0 ? take : add;
            columns.Hours[row].TryFormat(hour, out _, "O", CultureInfo.InvariantCulture);
            hour[19] = (byte)'Z';
            statement.Bind(1, columns.Exhibitions[row]);
            statement.Bind(2, hour[..20]);
            statement.Bind(3, columns.Types[row]);
            statement.Bind(4, columns.Presses[row]);
            statement.Execute();
        }

        return Array.Exists(columns.Presses, presses => presses < 0);
    }

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
