using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Postgres;

/// <summary>What stands between us and an answer: a pooler that shares sessions, a lock that somebody else holds.</summary>
public sealed partial class PostgresStore
{
    private const string Blocked = """
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

    protected override async Task CheckServerAsync(CancellationToken cancel)
    {
        try
        {
            if (await PostgresPooler.FindAsync(dataSource, cancel) is { } pooler)
                throw new MuseumException(
                    ExitCode.Configuration,
                    $"{Describe}: {pooler.Found}. To mend it: {pooler.Fix}."
                );
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }

    public override async Task<string?> WhyWaitingAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancel);
            var rows = await ReadAsync(
                Command(connection, null, Blocked),
                r =>
                    $"{(r.IsDBNull(0) ? "a row" : $"the table {r.GetString(0)}")} is locked by the process "
                    + $"{r.GetInt32(1)} of the user {ReadText(r, 2)}"
                    + $"{(ReadText(r, 3) is { Length: > 0 } name ? $" ({name})" : "")}"
                    + $"{(r.IsDBNull(5) ? "" : $", {ReadText(r, 4)}, whose transaction has been open for {r.GetInt64(5)} s")}: "
                    + $"end it there, or with select pg_terminate_backend({r.GetInt32(1)})",
                cancel
            );
            return rows.Count > 0 ? rows[0] : null;
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }
}
