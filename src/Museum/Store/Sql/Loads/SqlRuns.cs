using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Quarantine;

namespace MuseumPipeline.Store.Sql.Loads;

internal sealed class SqlRuns(SqlDatabase database) : IRuns
{
    /// <summary>A run without a heartbeat for this long counts as dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    public Task<int> StartAsync(string command, string arguments, CancellationToken cancel)
    {
        const string Sql = """
            insert into run (command, arguments, host, started_at, state)
            values (@command, @arguments, @host, @now, 'running') returning run_id
            """;
        return database.TransactAsync(
            async session =>
            {
                var id = await session.NumberAsync(
                    Sql,
                    ("command", command),
                    ("arguments", arguments),
                    ("host", $"{Environment.MachineName}/{Environment.ProcessId}"),
                    ("now", session.Now)
                );
                return session.Checked("run", id!.Value, int.MaxValue);
            },
            cancel
        );
    }

    public Task FinishAsync(int runId, RunEnd ending, CancellationToken cancel) =>
        database.ConnectedAsync(
            session =>
                session.ExecuteAsync(
                    "update run set state = @state, exit_code = @code, message = @message, already = @already, "
                        + "finished_at = @now where run_id = @run",
                    ("state", Words.Of(ending.State)),
                    ("code", ending.ExitCode),
                    ("message", ending.Message),
                    ("already", ending.Already),
                    ("now", session.Now),
                    ("run", runId)
                ),
            cancel
        );

    public async Task<bool> ExistsAsync(int runId, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session => session.NumberAsync("select 1 from run where run_id = @run", ("run", runId)),
            cancel
        )
            is not null;

    public async Task<IReadOnlyList<RunRow>> ListAsync(int most, CancellationToken cancel)
    {
        const string Sql = """
            select r.run_id, r.command, r.arguments, r.host, r.started_at, r.finished_at, r.state, r.exit_code,
                   r.message, coalesce(r.seen_at, max(s.updated_at), r.started_at), count(s.source_id),
                   cast(coalesce(sum(s.read), 0) + r.already as bigint),
                   cast(coalesce(sum(s.ratings), 0) as bigint), cast(coalesce(sum(s.support), 0) as bigint),
                   cast(coalesce(sum(s.quarantined), 0) as bigint),
                   cast(coalesce(sum(s.already), 0) + r.already as bigint),
                   cast(coalesce(sum(s.skipped), 0) as bigint), cast(coalesce(sum(s.possible_help), 0) as bigint)
            from run r left join run_source s on s.run_id = r.run_id
            group by r.run_id
            order by r.run_id desc
            limit @most
            """;
        return await database.ConnectedAsync(session => session.ReadAsync(Sql, Read, ("most", most)), cancel);
    }

    private RunRow Read(Row r)
    {
        var (id, command, arguments, host) = (r.Int(), r.Text(), r.Text(), r.Text());
        var (started, finished, state) = (r.Time(), r.TimeOrNull(), r.Word<RunState>());
        var (code, message, seen) = (r.IntOrNull(), r.TextOrNull(), r.Time());
        if (state is RunState.Running && database.Now - seen > Silence)
            state = RunState.Interrupted;
        return new(id, command, arguments, host, started, finished, state, code, message, r.Int(), r.Counts());
    }

    public async Task<IReadOnlyList<RunSourceRow>> SourcesAsync(int runId, CancellationToken cancel)
    {
        const string Sql = """
            select s.source_id, s.location, s.name, s.version, s.state, r.read, r.ratings, r.support, r.quarantined,
                   r.already, r.skipped, r.possible_help
            from run_source r join source s on s.source_id = r.source_id
            where r.run_id = @run
            order by s.location, s.name, s.source_id
            """;
        return await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    Sql,
                    r => new RunSourceRow(r.Int(), r.Text(), r.Text(), r.Text(), r.Word<SourceState>(), r.Counts()),
                    ("run", runId)
                ),
            cancel
        );
    }

    public Task<IReadOnlyList<ReasonCount>> ReasonsAsync(int runId, CancellationToken cancel) =>
        SqlQuarantine.CountReasonsAsync(database, "run_id = @run", [("run", runId)], cancel);
}
