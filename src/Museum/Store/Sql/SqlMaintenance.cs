using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Store.Sql;

internal sealed class SqlMaintenance(SqlDatabase database) : IMaintenance
{
    /// <summary>Each waits a second before the server finds a deadlock.</summary>
    private const int MigrationAttempts = 10;

    /// <summary>In this order because of the foreign keys within the ledger.</summary>
    private static readonly string[] Interactions =
    [
        "rating_instance",
        "support_instance",
        "rating_hourly",
        "support_hourly",
        "quarantine",
        "kafka_offset",
        "run_source",
        "incident_action",
        "escalation",
        "set_aside",
        "retired",
        "retired_hourly",
        "retired_refusal",
        "retirement",
        "source",
        "run",
    ];

    public Task<string> PingAsync(CancellationToken cancel) =>
        database.ConnectedAsync(session => Task.FromResult(database.VersionOf(session.Connection)), cancel);

    public async Task<string?> WhyWaitingAsync(CancellationToken cancel) =>
        database.Dialect.Blockers is { } blockers
            ? (
                await database.ConnectedAsync(session => session.ReadAsync(blockers, ReadBlocker), cancel)
            ).FirstOrDefault()
            : null;

    private static string ReadBlocker(Row r)
    {
        var (table, process, user, program) = (r.TextOrNull(), r.Int(), r.TextOrNull(), r.TextOrNull());
        var (state, seconds) = (r.TextOrNull(), r.LongOrNull());
        return $"{(table is null ? "a row" : $"the table {table}")} is locked by the process {process} of the "
            + $"user {user}"
            + $"{(program is { Length: > 0 } ? $" ({program})" : "")}"
            + $"{(seconds is null ? "" : $", {state}, whose transaction has been open for {seconds} s")}: "
            + $"end it there, or with select pg_terminate_backend({process})";
    }

    public Task CheckServerAsync(CancellationToken cancel) => database.CheckServerAsync(cancel);

    public Task<(long Version, long Needed)> SchemaAsync(CancellationToken cancel) =>
        database.ConnectedAsync(
            async session => (await AppliedAsync(session), (long)Migrations.For(database.Dialect.Name)[^1].Version),
            cancel
        );

    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancel)
    {
        await database.CheckServerAsync(cancel);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ApplyAsync(cancel);
            }
            catch (TransientException e) when (attempt < MigrationAttempts && IsDeadlock(e))
            {
                // A consumer of the version before was at work in the same tables. All of it was rolled back.
            }
        }
    }

    private static bool IsDeadlock(TransientException e) => (e.InnerException as DbException)?.SqlState == "40P01";

    public Task AddSiblingViewsAsync(CancellationToken cancel) =>
        database.Dialect.SiblingViews is { } views
            ? database.TransactAsync(session => session.ExecuteAsync(views), cancel)
            : throw new MuseumException(
                ExitCode.Configuration,
                "--views: found the embedded database, which knows no time zones, expected a server: museum db "
                    + "copy --to "
                    + "local takes everything there"
            );

    public Task<string> GrantAsync(GrantPurpose purpose, string role, bool apply, CancellationToken cancel) =>
        database.ConnectedAsync(
            async connected =>
            {
                var sql =
                    database.Dialect.Grants(purpose, role)
                    ?? throw new MuseumException(
                        ExitCode.Configuration,
                        "the embedded database has no roles: whoever may read its file may read all of it. museum db "
                            + "copy --to local takes everything to a server, which has roles"
                    );
                if (!apply)
                    return sql;
                await using var transaction = await database.BeginWriteAsync(connected.Connection, cancel);
                await new SqlSession(database, connected.Connection, transaction, cancel).ExecuteAsync(sql);
                await transaction.CommitAsync(cancel);
                return sql;
            },
            cancel
        );

    private Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancel) =>
        database.ConnectedAsync<IReadOnlyList<string>>(
            async connected =>
            {
                var steps = Migrations.For(database.Dialect.Name);
                // Most starts find nothing to do, and need no right to change the schema.
                if (await AppliedAsync(connected) == steps[^1].Version && await HasAllTablesAsync(connected))
                    return [];
                await using var transaction = await database.BeginWriteAsync(connected.Connection, cancel);
                var session = new SqlSession(database, connected.Connection, transaction, cancel);
                // Other starts may wait for the one that migrates, and tables may be full: no time limit.
                if (database.Dialect.MigrationLock is { } wait)
                    await session.ExecutePatientlyAsync(wait);
                var applied = await AppliedAsync(session);
                if (applied > steps[^1].Version)
                    throw new MuseumException(
                        ExitCode.Configuration,
                        $"the database's schema is version {applied}, but this program knows {steps[^1].Version} "
                            + $"at most: use the newer program that made it"
                    );
                if (applied == 0)
                    await session.ExecuteAsync(
                        "create table if not exists schema_migration (version integer not null primary key, "
                            + "name text not null, applied_at text not null)"
                    );
                var todo = steps.Where(step => step.Version > applied).ToList();
                foreach (var step in todo)
                    await ApplyAsync(session, step);
                var repaired = await MissingTables.RepairAsync(session);
                await transaction.CommitAsync(cancel);
                return [.. todo.Select(step => step.Name), .. repaired];
            },
            cancel
        );

    private static async Task<bool> HasAllTablesAsync(SqlSession session) =>
        !OwnKeys.Tables.Except(await session.ReadAsync(session.Dialect.Tables, row => row.Text())).Any();

    private static async Task ApplyAsync(SqlSession session, Migration step)
    {
        await session.ExecutePatientlyAsync(step.Sql);
        await session.ExecuteAsync(
            "insert into schema_migration (version, name, applied_at) values (@version, @name, @now)",
            ("version", step.Version),
            ("name", step.Name),
            ("now", session.Now.ToString("yyyy-MM-ddTHH:mm:ssZ"))
        );
    }

    private static async Task<long> AppliedAsync(SqlSession session) =>
        await session.NumberAsync(session.Dialect.HasMigrationTable) == 0
            ? 0
            : await session.NumberAsync("select max(version) from schema_migration") ?? 0;

    public Task<StoreStatus> StatusAsync(CancellationToken cancel)
    {
        const string Sql = """
            select (select max(version) from schema_migration),
                   (select count(*) from rating_instance), (select count(*) from support_instance),
                   (select count(*) from quarantine where state = 'held'), (select count(*) from exhibition),
                   count(*), cast(coalesce(sum(ratings), 0) as bigint), cast(coalesce(sum(support), 0) as bigint),
                   cast(coalesce(sum(quarantined), 0) as bigint), cast(coalesce(sum(read), 0) as bigint),
                   cast(coalesce(sum(skipped), 0) as bigint),
                   (select cast(coalesce(sum(presses), 0) as bigint) from rating_hourly),
                   (select cast(coalesce(sum(presses), 0) as bigint) from support_hourly),
                   (select cast(coalesce(sum(case when kind = 'rating' then row_count else 0 end), 0) as bigint)
                    from retired where not pending),
                   (select cast(coalesce(sum(case when kind = 'support' then row_count else 0 end), 0) as bigint)
                    from retired where not pending),
                   (select cast(coalesce(sum(held), 0) as bigint) from retired where not pending)
            from source where state <> 'replaced'
            """;
        return database.ConnectedAsync(
            session =>
                session.OneAsync(
                    Sql,
                    r => new StoreStatus(
                        SchemaVersion: r.Int(),
                        Ratings: r.Long(),
                        Support: r.Long(),
                        QuarantineHeld: r.Long(),
                        Exhibitions: r.Long(),
                        Sources: r.Long(),
                        LedgerRatings: r.Long(),
                        LedgerSupport: r.Long(),
                        LedgerQuarantined: r.Long(),
                        LedgerRead: r.Long(),
                        LedgerSkipped: r.Long(),
                        HourlyRatings: r.Long(),
                        HourlySupport: r.Long()
                    )
                    {
                        RetiredRatings = r.Long(),
                        RetiredSupport = r.Long(),
                        RetiredHeld = r.Long(),
                    }
                ),
            cancel
        );
    }

    public async Task<IReadOnlyList<TableCare>> CareAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    database.Dialect.TableCare,
                    r => new TableCare(r.Text(), r.Long(), r.Long(), r.Text(), r.Long() != 0, r.Long())
                ),
            cancel
        );

    public Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                var removed = new Dictionary<string, long>();
                foreach (var table in Interactions)
                    removed[table] = await session.ExecuteAsync($"delete from {table}");
                return new ResetCounts(
                    removed["rating_instance"],
                    removed["support_instance"],
                    removed["quarantine"],
                    removed["source"],
                    removed["run"]
                );
            },
            cancel
        );
}
