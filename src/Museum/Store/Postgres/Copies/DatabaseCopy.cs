using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres.Copies;

/// <summary>
/// Everything of one database into an empty one on a server, as it is at one instant. Events and refusals go in slices,
/// each with how far it came; the rest, the ledger among it, follows in one transaction, which also compares both
/// databases and makes the copy a database like any other. Before that nobody may open it.
/// </summary>
internal sealed class DatabaseCopy
{
    private const string Progress = PostgresConnections.CopyTable;
    private readonly SqlDatabase target;
    private readonly MuseumStore from;
    private readonly CopyOptions options;

    private DatabaseCopy(MuseumStore from, MuseumStore to, CopyOptions options) =>
        (this.from, target, this.options) = (from, DatabaseOf(to), options);

    /// <param name="to">On a server, opened for a copy.</param>
    /// <exception cref="MuseumException">The copy cannot be made, or is not the same.</exception>
    public static async Task<CopyReport> RunAsync(
        MuseumStore from,
        MuseumStore to,
        CopyOptions options,
        CancellationToken cancel
    )
    {
        await to.Maintenance.MigrateAsync(cancel);
        var copy = new DatabaseCopy(from, to, options);
        return await DatabaseOf(from)
            .SnapshotAsync(source => copy.target.ConnectedAsync(own => copy.RunAsync(source, own), cancel), cancel);
    }

    private static SqlDatabase DatabaseOf(MuseumStore store) => (SqlDatabase)store.Connections!;

    private async Task<CopyReport> RunAsync(SqlSession source, SqlSession own)
    {
        const string Alone =
            "select pg_try_advisory_lock(hashtextextended(current_schema() || ' db copy', @space))::int";
        if (await own.NumberAsync(Alone, ("space", PostgresDialect.LockSpace)) != 1)
            throw new MuseumException(
                ExitCode.Service,
                "another process copies into this database: wait until it is done"
            );
        var tables = await CopyTable.ListAsync(own);
        var (resumed, restarted) = await BeginAsync(source, own, tables);
        foreach (var table in tables.Where(t => CopyTable.Large.ContainsKey(t.Name)))
            await CopyInSlicesAsync(source, own, table);
        var counts = await FinishAsync(source, own, tables);
        return new(counts, resumed, restarted);
    }

    /// <summary>What changes with every load, every message and every decision about a refusal.</summary>
    private static async Task<string> FingerprintAsync(SqlSession source)
    {
        const string Sql = """
            select count(*), cast(coalesce(sum(epoch), 0) as bigint), cast(coalesce(sum(read), 0) as bigint),
                   cast(coalesce(sum(quarantined), 0) as bigint),
                   (select count(*) from quarantine where state = 'held'), (select count(*) from rating_instance),
                   (select count(*) from support_instance)
            from source
            """;
        return await source.OneAsync(
            Sql,
            r => string.Join('.', Enumerable.Range(0, 7).Select(_ => r.Long().ToString(CultureInfo.InvariantCulture)))
        );
    }

    /// <summary>An empty database becomes a copy in the making; one in the making goes on, unless its source moved
    /// on.</summary>
    private async Task<(bool Resumed, bool Restarted)> BeginAsync(
        SqlSession source,
        SqlSession own,
        List<CopyTable> tables
    )
    {
        var fingerprint = await FingerprintAsync(source);
        var begun = await own.NumberAsync($"select 1 where to_regclass('{Progress}') is not null") is not null;
        if (!begun)
            await RefuseFullAsync(own);
        var known = begun
            ? (await own.ReadAsync($"select source, fingerprint from {Progress}", r => (r.Text(), r.Text()))).Single()
            : (from.Describe, fingerprint);
        if (known.Item1 != from.Describe)
            throw new MuseumException(
                ExitCode.Configuration,
                $"a copy of {known.Item1} into this database was begun and is not complete: found another source, "
                    + $"{from.Describe}. Go on with the first, or drop the schema and begin again"
            );
        if (begun && known.Item2 == fingerprint)
            return (true, false);
        await InTransactionAsync(
            own,
            async session =>
            {
                // Of an empty database: nothing is lost of the audit, which otherwise refuses this.
                await session.ExecuteAsync("alter table audit_event disable trigger audit_event_keep_all");
                await session.ExecutePatientlyAsync($"truncate {string.Join(", ", tables.Select(t => t.Name))}");
                await session.ExecuteAsync("alter table audit_event enable trigger audit_event_keep_all");
                await session.ExecuteAsync($"drop table if exists {Progress}");
                await session.ExecuteAsync(
                    $"create table {Progress} (source text not null, fingerprint text not null, "
                        + string.Join(", ", CopyTable.Large.Keys.Select(t => $"{t} bigint not null default -1"))
                        + ")"
                );
                await session.ExecuteAsync(
                    $"insert into {Progress} (source, fingerprint) values (@source, @fingerprint)",
                    ("source", from.Describe),
                    ("fingerprint", fingerprint)
                );
            }
        );
        return (false, begun);
    }

    private static async Task RefuseFullAsync(SqlSession own)
    {
        const string Full = """
            select (select count(*) from source) + (select count(*) from exhibition) + (select count(*) from run)
                 + (select count(*) from dashboard_user)
            """;
        if (await own.NumberAsync(Full) > 0)
            throw new MuseumException(
                ExitCode.DataRefused,
                "the database to copy into holds something already: found sources, exhibitions, runs or users, "
                    + "expected "
                    + "none. Name an empty database, or a schema of its own with MUSEUM_SCHEMA"
            );
    }

    private async Task CopyInSlicesAsync(SqlSession source, SqlSession own, CopyTable table)
    {
        var key = CopyTable.Large[table.Name];
        var last = (await own.NumberAsync($"select {table.Name} from {Progress}"))!.Value;
        while (true)
        {
            var copied = (Rows: 0L, Last: last);
            await InTransactionAsync(
                own,
                async session =>
                {
                    await using var select = source.Command(
                        $"select {table.Quoted} from {table.Name} where {key} > @last order by {key} limit @most",
                        ("last", last),
                        ("most", (long)options.SliceRows)
                    );
                    copied = await CopyAsync(select, session, table, key);
                    if (copied.Rows > 0)
                        await session.ExecuteAsync(
                            $"update {Progress} set {table.Name} = @last",
                            ("last", copied.Last)
                        );
                }
            );
            if (copied.Rows == 0)
                return;
            last = copied.Last;
            options.Copied?.Invoke(table.Name, copied.Rows);
        }
    }

    /// <summary>Rows of an answer into a table; the key of the last one.</summary>
    private static async Task<(long Rows, long Last)> CopyAsync(
        DbCommand select,
        SqlSession own,
        CopyTable table,
        string? key
    )
    {
        select.CommandTimeout = 0;
        await using var reader = await select.ExecuteReaderAsync(own.Cancel);
        await using var writer = await ((NpgsqlConnection)own.Connection).BeginBinaryImportAsync(
            $"copy {table.Name} ({table.Quoted}) from stdin (format binary)",
            own.Cancel
        );
        var (rows, last, keyAt) = (0L, -1L, key is null ? -1 : table.Columns.ToList().FindIndex(c => c.Name == key));
        while (await reader.ReadAsync(own.Cancel))
        {
            await writer.StartRowAsync(own.Cancel);
            for (var i = 0; i < table.Columns.Count; i++)
            {
                var value = reader.GetValue(i);
                if (value is DBNull)
                    await writer.WriteNullAsync(own.Cancel);
                else
                    await writer.WriteAsync(table.Columns[i].Convert(value), table.Columns[i].Type, own.Cancel);
            }

            rows++;
            if (keyAt >= 0)
                last = reader.GetInt64(keyAt);
        }

        await writer.CompleteAsync(own.Cancel);
        return (rows, last);
    }

    private static async Task<IReadOnlyDictionary<string, long>> FinishAsync(
        SqlSession source,
        SqlSession own,
        List<CopyTable> tables
    )
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await InTransactionAsync(
            own,
            async session =>
            {
                foreach (var table in tables.Where(t => !CopyTable.Large.ContainsKey(t.Name)))
                {
                    await using var select = source.Command($"select {table.Quoted} from {table.Name}");
                    await CopyAsync(select, session, table, null);
                }

                foreach (var table in tables)
                {
                    if (table.Identity is { } column)
                        await session.ExecuteAsync(
                            $"select setval(pg_get_serial_sequence('{table.Name}', '{column}'), "
                                + $"greatest(max({column}), 1), "
                                + $"max({column}) >= 1) from {table.Name} having max({column}) is not null"
                        );
                    counts[table.Name] = await CompareAsync(source, session, table);
                }

                await session.ExecuteAsync($"drop table {Progress}");
            }
        );
        return counts;
    }

    private static async Task<long> CompareAsync(SqlSession source, SqlSession own, CopyTable table)
    {
        var (here, there) = (await SumsAsync(source, table), await SumsAsync(own, table));
        return here.SequenceEqual(there)
            ? long.Parse(here[0], CultureInfo.InvariantCulture)
            : throw new MuseumException(
                ExitCode.DataRefused,
                $"{table.Name}: found {string.Join(", ", there)} in the copy, expected {string.Join(", ", here)}; "
                    + $"the copy "
                    + "was not made. Drop the schema and begin again"
            );
    }

    private static async Task<List<string>> SumsAsync(SqlSession session, CopyTable table)
    {
        var sums = table.Sums;
        await using var command = session.Command(
            $"select {string.Join(", ", sums.Select(sum => sum.Sql))} from {table.Name}"
        );
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(session.Cancel);
        await reader.ReadAsync(session.Cancel);
        var row = new Row(reader).FromTheStart();
        return
        [
            .. sums.Select(sum =>
                sum.IsInstant ? $"{row.TimeOrNull():O}" : row.Long().ToString(CultureInfo.InvariantCulture)
            ),
        ];
    }

    private static async Task InTransactionAsync(SqlSession own, Func<SqlSession, Task> work)
    {
        await using var transaction = await own.Database.BeginWriteAsync(own.Connection, own.Cancel);
        await work(new SqlSession(own.Database, own.Connection, transaction, own.Cancel));
        await transaction.CommitAsync(own.Cancel);
    }
}

/// <param name="SliceRows">Rows of a transaction.</param>
/// <param name="Copied">Is told of each slice: table and rows.</param>
internal sealed record CopyOptions(int SliceRows, Action<string, long>? Copied = null);

/// <param name="Rows">By table.</param>
/// <param name="Resumed">It went on from where an earlier one stopped.</param>
/// <param name="Restarted">An earlier one was begun, but what it copied had changed since.</param>
internal sealed record CopyReport(IReadOnlyDictionary<string, long> Rows, bool Resumed, bool Restarted);
