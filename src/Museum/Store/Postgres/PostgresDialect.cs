using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Moves;
using MuseumPipeline.Store.Postgres.Grants;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Postgres;

internal sealed class PostgresDialect(TimeSpan frozenAfter, PostgresConnections connections) : Dialect
{
    /// <summary>"muse" in ASCII: separates our advisory locks from other programs'.</summary>
    public const long LockSpace = 0x6D757365;

    public override string Name => "postgres";

    public override string ForUpdate => " for update";

    public override string HoldPress => "select pg_advisory_xact_lock(@press)";

    public override string HoldAudit =>
        $"select pg_advisory_xact_lock(hashtextextended(current_schema() || ' audit', {LockSpace}))";

    public override string ForKeyShare => " for key share";

    public override string BytesType => "bytea";

    /// <summary>Read from the catalogue as a table: name look-ups are cached and may miss what was committed while we
    /// waited for the lock.</summary>
    public override string HasMigrationTable =>
        """
            select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relname = 'schema_migration' and n.nspname = any(current_schemas(false))
            """;

    public override string Tables =>
        """
            select c.relname::text from pg_class c
            where c.relkind in ('r', 'p')
              and c.relnamespace = (select n.oid from pg_namespace n where n.nspname = current_schema())
            """;

    public override string? LockWrites(string table) => $"lock table {table} in share mode";

    public override string? MigrationLock =>
        connections.Schema == PostgresConnections.Public
            ? $"select pg_advisory_xact_lock({LockSpace})"
            : $"select pg_advisory_xact_lock(hashtextextended('{connections.Schema}', {LockSpace}))";

    public override string? EagerCommit => "set local synchronous_commit = off";

    /// <summary>A statement of a stream's load takes well under a second; a longer one belongs to a process that is
    /// suspended, or gone.</summary>
    // One statement, because it is sent as one of a batch.
    public override string? HoldLimits =>
        "select set_config('statement_timeout', '30s', true), "
        + "set_config('idle_in_transaction_session_timeout', '15s', true)";

    /// <summary>No timeout ends a COPY that waits for its client: PostgreSQL must be told to end it. Only a load of a
    /// stream holds this lock, and none is silent for so long in the middle of its transaction, unless it is
    /// frozen.</summary>
    public override string? ClaimLimits =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select pg_terminate_backend(a.pid) from pg_stat_activity a join pg_locks l on l.pid = a.pid
            where l.relation = 'kafka_offset'::regclass and l.mode = 'RowExclusiveLock' and l.granted
              and a.pid <> pg_backend_pid() and a.usename = current_user and a.wait_event = 'ClientRead'
              and a.xact_start < clock_timestamp() - interval '{frozenAfter.TotalSeconds} seconds';
            set local lock_timeout = '5s'
            """
        );

    public override string TableCare =>
        """
            select s.relname::text, s.n_live_tup, s.n_dead_tup, 'rows',
                   (coalesce(s.last_analyze, s.last_autoanalyze) is not null)::int::bigint, age(c.relfrozenxid)::bigint
            from pg_stat_user_tables s
            join pg_class c on c.oid = s.relid
            where s.schemaname = current_schema()
            order by s.n_live_tup + s.n_dead_tup desc
            """;

    public override string? Blockers =>
        """
            select l.relation::regclass::text, b.pid, b.usename, b.application_name, b.state,
                   extract(epoch from clock_timestamp() - b.xact_start)::bigint
            from pg_stat_activity a
            join lateral unnest(pg_blocking_pids(a.pid)) as blocker(pid) on true
            join pg_stat_activity b on b.pid = blocker.pid
            left join pg_locks l on l.pid = a.pid and not l.granted
            where a.datname = current_database() and a.usename = current_user and a.application_name = 'museum'
              and a.pid <> pg_backend_pid() and b.application_name <> 'museum'
            order by 6 desc nulls last
            limit 1
            """;

    public override string Renumber(string table) =>
        $"select setval(pg_get_serial_sequence('{table}', '{table}_id'), greatest(max({table}_id), 1)) from {table}";

    public override string? SiblingViews => Postgres.SiblingViews.Sql;

    public override string? Grants(GrantPurpose purpose, string role) =>
        RoleGrants.Sql(purpose, connections.Schema, role);

    public override string MonthOf(string column) => $"to_char({column} at time zone 'UTC', 'YYYY-MM')";

    public override string HourOf(string column) => $"date_trunc('hour', {column}, 'UTC')";

    public override string Within(string earlier, string later) =>
        $"{later} - {earlier} <= @seconds * interval '1 second'";

    public override string LocalDay(string instant) =>
        $"cast(greatest(least({instant}, '{StoredInstants.Last:O}'), '{StoredInstants.First:O}') at time zone @zone as "
        + "date) - date '0001-01-01'";

    protected override object Time(DateTimeOffset time) => time.UtcDateTime;

    protected override object Day(DateOnly day) => day;
}
