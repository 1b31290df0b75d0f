using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>The ledger: runs, sources, and whether everything adds up.</summary>
public abstract partial class SqlStore
{
    private const string SourceColumns =
        "source_id, museum_id, kind, location, name, version, size, replaces, state, next_byte, next_position, "
        + "epoch, header, read, ratings, support, quarantined, 0, skipped, possible_help";

    /// <summary>A run that has given no sign of life for so long is taken for dead.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    public Task<int> StartRunAsync(string command, string arguments, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
                (int)
                    (
                        await NumberAsync(
                            Command(
                                connection,
                                null,
                                "insert into run (command, arguments, host, started_at, state) values (@command, "
                                    + "@arguments, @host, @now, 'running') returning run_id",
                                ("command", command),
                                ("arguments", arguments),
                                ("host", $"{Environment.MachineName}/{Environment.ProcessId}"),
                                ("now", TimeValue(Now))
                            ),
                            cancel
                        )
                    )!,
            cancel
        );

    public Task FinishRunAsync(
        int runId,
        RunState state,
        int exitCode,
        string? message,
        long already,
        CancellationToken cancel
    ) =>
        WithConnectionAsync(
            connection =>
                ExecuteAsync(
                    Command(
                        connection,
                        null,
                        "update run set state = @state, exit_code = @code, message = @message, already = "
                            + "@already, finished_at = @now where run_id = @run",
                        ("state", Word(state)),
                        ("code", exitCode),
                        ("message", message),
                        ("already", already),
                        ("now", TimeValue(Now)),
                        ("run", runId)
                    ),
                    cancel
                ),
            cancel
        );

    public async Task<IReadOnlyList<RunRow>> RunsAsync(int most, CancellationToken cancel)
    {
        const string Sql = """
            select r.run_id, r.command, r.arguments, r.host, r.started_at, r.finished_at, r.state, r.exit_code, r.message, count(s.source_id),
                   cast(coalesce(sum(s.read), 0) + r.already as bigint), cast(coalesce(sum(s.ratings), 0) as bigint), cast(coalesce(sum(s.support), 0) as bigint),
                   cast(coalesce(sum(s.quarantined), 0) as bigint), cast(coalesce(sum(s.already), 0) + r.already as bigint),
                   cast(coalesce(sum(s.skipped), 0) as bigint), cast(coalesce(sum(s.possible_help), 0) as bigint), max(s.updated_at), r.seen_at
            from run r left join run_source s on s.run_id = r.run_id
            group by r.run_id
            order by r.run_id desc
            limit @most
            """;
        return await WithConnectionAsync(
            connection => ReadAsync(Command(connection, null, Sql, ("most", most)), ReadRun, cancel),
            cancel
        );
    }

    private RunRow ReadRun(DbDataReader r)
    {
        var started = ReadTime(r, 4)!.Value;
        var state = ParseWord<RunState>(r.GetString(6));
        if (state is RunState.Running && Now - (ReadTime(r, 18) ?? ReadTime(r, 17) ?? started) > Silence)
            state = RunState.Interrupted;
        return new RunRow(
            r.GetInt32(0),
            r.GetString(1),
            r.GetString(2),
            r.GetString(3),
            started,
            ReadTime(r, 5),
            state,
            r.IsDBNull(7) ? null : r.GetInt32(7),
            ReadText(r, 8),
            r.GetInt32(9),
            ReadCounts(r, 10)
        );
    }

    public async Task<IReadOnlyList<RunSourceRow>> RunSourcesAsync(int runId, CancellationToken cancel)
    {
        const string Sql = """
            select s.source_id, s.location, s.name, s.version, s.state, r.read, r.ratings, r.support, r.quarantined, r.already, r.skipped, r.possible_help
            from run_source r join source s on s.source_id = r.source_id
            where r.run_id = @run
            order by s.location, s.name, s.source_id
            """;
        return await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(connection, null, Sql, ("run", runId)),
                    r => new RunSourceRow(
                        r.GetInt32(0),
                        r.GetString(1),
                        r.GetString(2),
                        r.GetString(3),
                        ParseWord<SourceState>(r.GetString(4)),
                        ReadCounts(r, 5)
                    ),
                    cancel
                ),
            cancel
        );
    }

    public async Task<IReadOnlyList<SourceRow>> SourcesAsync(string location, CancellationToken cancel) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        $"select {SourceColumns} from source where location = @location and state <> 'replaced'",
                        ("location", location)
                    ),
                    ReadSource,
                    cancel
                ),
            cancel
        );

    private static SourceRow ReadSource(DbDataReader r) =>
        new(
            r.GetInt32(0),
            r.GetInt32(1),
            r.GetString(2),
            r.GetString(3),
            r.GetString(4),
            r.GetString(5),
            r.GetInt64(6),
            r.IsDBNull(7) ? null : r.GetInt32(7),
            ParseWord<SourceState>(r.GetString(8)),
            r.GetInt64(9),
            r.GetInt64(10),
            r.GetInt64(11),
            ReadBytes(r, 12),
            ReadCounts(r, 13)
        );

    /// <summary>The claim on a source that nobody else holds, with what the ledger says of it now.</summary>
    protected static async Task<Claim> ReadClaimAsync(
        DbConnection connection,
        SourceIdentity identity,
        IAsyncDisposable hold,
        CancellationToken cancel
    )
    {
        var current = await ReadAsync(
            Command(
                connection,
                null,
                $"select {SourceColumns} from source where location = @location and name = @name and state <> "
                    + $"'replaced'",
                ("location", identity.Location),
                ("name", identity.Name)
            ),
            ReadSource,
            cancel
        );
        var row = current.SingleOrDefault();
        var same = row is not null && row.Version == identity.Version && row.Size == identity.Size;
        return new Claim(identity, same ? row : null, same ? null : row, hold);
    }

    private const string PositionsBetween = """
        select position from rating_instance where rating_instance_id between @first and @last
        union all select position from support_instance where support_instance_id between @first and @last
        union all select position from quarantine where quarantine_id between @first and @last
        """;

    public async Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel)
    {
        var positions = await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        PositionsBetween,
                        ("first", EventId.Of(sourceId, 0)),
                        ("last", EventId.Of(sourceId, EventId.PositionsPerSource - 1))
                    ),
                    r => r.GetInt64(0),
                    cancel
                ),
            cancel
        );
        positions.Sort();
        return [.. positions];
    }

    public Task<StoreStatus> StatusAsync(CancellationToken cancel)
    {
        const string Sql = """
            select (select max(version) from schema_migration),
                   (select count(*) from rating_instance), (select count(*) from support_instance),
                   (select count(*) from quarantine where state = 'held'), (select count(*) from exhibition),
                   count(*), cast(coalesce(sum(ratings), 0) as bigint), cast(coalesce(sum(support), 0) as bigint), cast(coalesce(sum(quarantined), 0) as bigint),
                   cast(coalesce(sum(read), 0) as bigint), cast(coalesce(sum(skipped), 0) as bigint),
                   (select cast(coalesce(sum(presses), 0) as bigint) from rating_hourly), (select cast(coalesce(sum(presses), 0) as bigint) from support_hourly)
            from source where state <> 'replaced'
            """;
        return WithConnectionAsync(
            async connection =>
                (
                    await ReadAsync(
                        Command(connection, null, Sql),
                        r => new StoreStatus(
                            r.GetInt32(0),
                            r.GetInt64(1),
                            r.GetInt64(2),
                            r.GetInt64(3),
                            r.GetInt64(4),
                            r.GetInt64(5),
                            r.GetInt64(6),
                            r.GetInt64(7),
                            r.GetInt64(8),
                            r.GetInt64(9),
                            r.GetInt64(10),
                            r.GetInt64(11),
                            r.GetInt64(12)
                        ),
                        cancel
                    )
                ).Single(),
            cancel
        );
    }

    public Task<ResetCounts> ResetInteractionsAsync(CancellationToken cancel) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                var removed = new Dictionary<string, long>();
                // In this order because of the foreign keys within the ledger.
                foreach (
                    var table in (string[])
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
                            "source",
                            "run",
                        ]
                )
                    removed[table] = await ExecuteAsync(
                        Command(connection, transaction, $"delete from {table}"),
                        cancel
                    );
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
