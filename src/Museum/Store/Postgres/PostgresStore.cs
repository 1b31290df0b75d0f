using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>PostgreSQL 13 to 18, local or RDS.</summary>
/// <param name="target"><c>local</c> or <c>aws</c>.</param>
/// <param name="dataSource">Owned: disposed with the store.</param>
/// <param name="clock">For the ledger's times.</param>
public sealed partial class PostgresStore(string target, NpgsqlDataSource dataSource, TimeProvider clock)
    : SqlStore(target, clock)
{
    /// <param name="frozenAfter">How long a load of a stream may wait for its own client before whoever claims its
    /// partition ends it.</param>
    public static MuseumStore Open(
        string target,
        NpgsqlDataSource dataSource,
        TimeProvider clock,
        TimeSpan? frozenAfter = null
    ) => new PostgresStore(target, dataSource, clock) { FrozenAfter = frozenAfter ?? UsuallyFrozenAfter }.Rooms();

    /// <summary>"muse" in ASCII: keeps our advisory locks apart from other people's.</summary>
    private const long LockSpace = 0x6D757365;

    public override string Describe
    {
        get
        {
            var builder = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
            return $"PostgreSQL database {builder.Database} on {builder.Host}:{builder.Port}";
        }
    }

    /// <summary>Two connections keep a two-core server busy; more gain little and hold more locks.</summary>
    public override int Writers => Math.Clamp(Environment.ProcessorCount, 2, 4);

    protected override string Dialect => "postgres";

    protected override string ForUpdate => " for update";

    /// <summary>A statement of the live road takes well under a second; what takes longer belongs to a process that
    /// sleeps, or is no longer there.</summary>
    protected override string? HoldLimits =>
        "set local statement_timeout = '30s'; set local idle_in_transaction_session_timeout = '15s'";

    /// <summary>
    /// No limit ends a COPY that waits for its client: PostgreSQL only lets go of it when it is told to. Nobody but a
    /// load of the live road holds this lock,
    /// and none of them is silent for so long in the middle of its transaction, unless it is frozen.
    /// </summary>
    protected override string? ClaimLimits =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid
            where l.relation = 'kafka_offset'::regclass and l.mode = 'RowExclusiveLock' and l.granted and a.pid <> pg_backend_pid() and a.usename = current_user
              and a.wait_event = 'ClientRead' and a.xact_start < clock_timestamp() - interval '{FrozenAfter.TotalSeconds} seconds';
            set local lock_timeout = '5s'
            """
        );

    /// <summary>How long a load of the live road may wait for its own client before whoever claims its partition ends
    /// it.</summary>
    internal TimeSpan FrozenAfter { get; init; } = UsuallyFrozenAfter;

    private static readonly TimeSpan UsuallyFrozenAfter = TimeSpan.FromSeconds(15);

    protected override string? EagerCommit => "set local synchronous_commit = off";

    /// <summary>Read from the catalogue as a table: name look-ups are cached and may miss what was committed while we
    /// waited for the lock.</summary>
    protected override string HasMigrationTable =>
        """
            select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relname = 'schema_migration' and n.nspname = any(current_schemas(false))
            """;

    protected override string? MigrationLock => $"select pg_advisory_xact_lock({LockSpace})";

    protected override string BytesType => "bytea";

    public override Task<string> PingAsync(CancellationToken cancel) =>
        WithConnectionAsync(
            connection => Task.FromResult($"PostgreSQL {((NpgsqlConnection)connection).PostgreSqlVersion}"),
            cancel
        );

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancel) =>
        await dataSource.OpenConnectionAsync(cancel);

    protected override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(cancel);

    protected internal override object TimeValue(DateTimeOffset time) => time.UtcDateTime;

    protected override object DateValue(DateOnly day) => day;

    protected override string HourOf(string column) => $"date_trunc('hour', {column}, 'UTC')";

    protected override DbConnection ConnectionOf(Claim claim) => ((Hold)claim.Hold).Connection;

    private protected override EventRows CreateRows(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        int runId
    ) => new PostgresRows(this, (NpgsqlConnection)connection, museumId, runId);

    protected override bool IsOwnKey(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    protected internal override Exception Translate(Exception exception) =>
        PostgresFaults.Translate(exception, Target, Describe, dataSource);

    /// <summary>
    /// A session lock, and then everything of this source on the same session: when the process or the connection dies,
    /// the lock goes
    /// with it, and so does the transaction, so that there is never an orphaned claim nor a writer without one.
    /// </summary>
    public override async Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await dataSource.OpenConnectionAsync(cancel);
            var name = $"{identity.Location}\n{identity.Name}";
            await using var take = Command(
                connection,
                null,
                $"select pg_try_advisory_lock(hashtextextended(@name, {LockSpace}))",
                ("name", name)
            );
            var hold = new Hold(connection, name);
            if (await take.ExecuteScalarAsync(cancel) is true)
                return await ReadClaimAsync(connection, identity, hold, cancel);
            await connection.DisposeAsync();
            return null;
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            if (connection is not null)
                await DisposeQuietlyAsync(connection);
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
        await new PostgresHourly((NpgsqlConnection)connection, transaction, "rating").AddAsync(
            hourly.Columns(PressKind.Rating),
            cancel
        );
        await new PostgresHourly((NpgsqlConnection)connection, transaction, "support").AddAsync(
            hourly.Columns(PressKind.Support),
            cancel
        );
    }

    public override ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private sealed class Hold(NpgsqlConnection connection, string name) : IAsyncDisposable
    {
        public NpgsqlConnection Connection => connection;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var release = Command(
                    connection,
                    null,
                    $"select pg_advisory_unlock(hashtextextended(@name, {LockSpace}))",
                    ("name", name)
                );
                await release.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (IsDriverFault(e) || e is InvalidOperationException)
            {
                // A broken session has already lost its locks.
            }

            await DisposeQuietlyAsync(connection);
        }
    }
}
