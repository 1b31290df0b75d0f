using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>The quarantine: reading it, and turning refusals into events after all.</summary>
public abstract partial class SqlStore
{
    public async Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(QuarantineFilter filter, CancellationToken cancel)
    {
        var where = "q.quarantine_id > @after";
        List<(string, object?)> parameters = [("after", filter.AfterId), ("most", (long)filter.Most)];
        if (filter.Id is { } id)
            Add("q.quarantine_id = @id", "id", id);
        if (filter.Reason is { } reason)
            Add("q.reason = @reason", "reason", reason.Code());
        if (filter.State is { } state)
            Add("q.state = @state", "state", state);
        if (filter.PossibleHelpOnly)
            where += " and q.possible_help";
        var sql = $"""
            select q.quarantine_id, q.museum_id, q.source_id, s.kind, s.location, s.name, s.version, s.header, q.position, q.reason, q.detail, q.possible_help,
                   q.raw, q.raw_length, q.site, q.exhibition_id, q.created_at, q.received_at, q.state, q.resolved_at
            from quarantine q join source s on s.source_id = q.source_id
            where {where}
            order by q.quarantine_id
            limit @most
            """;
        return await WithConnectionAsync(
            connection => ReadAsync(Command(connection, null, sql, [.. parameters]), ReadQuarantine, cancel),
            cancel
        );

        void Add(string condition, string name, object value)
        {
            where += $" and {condition}";
            parameters.Add((name, value));
        }
    }

    private static QuarantineRow ReadQuarantine(DbDataReader r) =>
        new(
            r.GetInt64(0),
            r.GetInt32(1),
            r.GetInt32(2),
            r.GetString(3),
            r.GetString(4),
            r.GetString(5),
            r.GetString(6),
            ReadBytes(r, 7),
            r.GetInt64(8),
            Reasons.Parse(r.GetString(9)) ?? throw new InvalidOperationException($"unknown reason {r.GetString(9)}"),
            r.GetString(10),
            r.GetBoolean(11),
            ReadBytes(r, 12)!,
            r.GetInt64(13),
            ReadText(r, 14),
            r.IsDBNull(15) ? null : r.GetInt32(15),
            ReadTime(r, 16),
            ReadTime(r, 17)!.Value,
            r.GetString(18),
            ReadTime(r, 19)
        );

    public Task<IReadOnlyList<ReasonCount>> QuarantineCountsAsync(CancellationToken cancel) =>
        CountReasonsAsync("state = 'held'", [], cancel);

    public Task<IReadOnlyList<ReasonCount>> RunReasonsAsync(int runId, CancellationToken cancel) =>
        CountReasonsAsync("run_id = @run", [("run", runId)], cancel);

    private async Task<IReadOnlyList<ReasonCount>> CountReasonsAsync(
        string where,
        (string, object?)[] parameters,
        CancellationToken cancel
    ) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        $"select reason, count(*), sum(case when possible_help then 1 else 0 end) from quarantine "
                            + $"where {where} group by reason order by 2 desc, 1",
                        parameters
                    ),
                    r => new ReasonCount(Reasons.Parse(r.GetString(0))!.Value, r.GetInt64(1), r.GetInt64(2)),
                    cancel
                ),
            cancel
        );

    public Task<ReplayCounts> ReplayAsync(
        int runId,
        IReadOnlyList<KioskEvent> loaded,
        IReadOnlyList<Refusal> refused,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                var hourly = new HourlyCounts();
                var bySource = new SortedDictionary<int, Counts>();
                foreach (var kioskEvent in loaded)
                {
                    if (await ReleaseAsync(connection, transaction, kioskEvent, runId, cancel) is not { } counts)
                        continue;
                    hourly.Add(kioskEvent);
                    Count(kioskEvent.SourceId, counts);
                }

                foreach (var refusal in refused)
                {
                    if (await ReexplainAsync(connection, transaction, refusal, cancel))
                        Count(refusal.SourceId, new Counts(1, 0, 0, 1, 0, 0, refusal.PossibleHelp ? 1 : 0));
                }

                foreach (var (sourceId, counts) in bySource)
                {
                    await MoveInLedgerAsync(connection, transaction, sourceId, counts, cancel);
                    await AddToRunAsync(connection, transaction, runId, sourceId, counts, cancel);
                }

                await UpsertHourlyAsync(connection, transaction, hourly, cancel);
                var all = bySource.Values.Aggregate(default(Counts), Counts.Add);
                return new ReplayCounts(all.Ratings, all.Support, all.Quarantined);

                void Count(int sourceId, Counts counts) =>
                    bySource[sourceId] = bySource.GetValueOrDefault(sourceId) + counts;
            },
            cancel
        );

    /// <summary>Adds the hourly counts of a transaction to the tables.</summary>
    protected internal abstract Task UpsertHourlyAsync(
        DbConnection connection,
        DbTransaction transaction,
        HourlyCounts hourly,
        CancellationToken cancel
    );

    /// <summary>Marks a refusal as replayed and stores its event; null when it is no longer held (somebody else was
    /// quicker).</summary>
    private async Task<Counts?> ReleaseAsync(
        DbConnection connection,
        DbTransaction transaction,
        KioskEvent kioskEvent,
        int runId,
        CancellationToken cancel
    )
    {
        const string Release = """
            update quarantine set state = 'replayed', resolved_at = @now, resolved_run_id = @run
            where quarantine_id = @id and state = 'held' returning possible_help
            """;
        var help = await ReadAsync(
            Command(connection, transaction, Release, ("id", kioskEvent.Id), ("now", TimeValue(Now)), ("run", runId)),
            r => r.GetBoolean(0),
            cancel
        );
        if (help.Count == 0)
            return null;
        var rating = kioskEvent.Kind is PressKind.Rating;
        var insert = rating
            ? "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, "
                + "source_id, rating_type_id) values (@id, @at, @position, @exhibition, @source, @type)"
            : $"""
                insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id, arrived_at, clock_wrong)
                select @id, @at, @position, @exhibition, @source, @type, case when s.kind = '{SourceIdentity.Stream}' then q.received_at end, q.clock_wrong
                from quarantine q join source s on s.source_id = q.source_id where q.quarantine_id = @id
                """;
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                insert,
                ("id", kioskEvent.Id),
                ("at", TimeValue(StoredInstants.Of(kioskEvent.At))),
                ("position", kioskEvent.Position),
                ("exhibition", kioskEvent.ExhibitionId),
                ("source", kioskEvent.SourceId),
                ("type", kioskEvent.TypeId)
            ),
            cancel
        );
        return new Counts(1, rating ? 1 : 0, rating ? 0 : 1, 0, 0, 0, help[0] ? 1 : 0);
    }

    private static async Task<bool> ReexplainAsync(
        DbConnection connection,
        DbTransaction transaction,
        Refusal refusal,
        CancellationToken cancel
    )
    {
        const string Sql = """
            update quarantine set reason = @reason, detail = @detail, site = @site,
                exhibition_id = coalesce(cast(@exhibition as integer), exhibition_id), support_type_id = coalesce(cast(@type as smallint), support_type_id)
            where quarantine_id = @id and state = 'held'
            """;
        return await ExecuteAsync(
                Command(
                    connection,
                    transaction,
                    Sql,
                    ("reason", refusal.Reason.Code()),
                    ("detail", refusal.Detail),
                    ("site", refusal.Site),
                    ("exhibition", refusal.ExhibitionId),
                    ("type", refusal.SupportTypeId),
                    ("id", EventId.Of(refusal.SourceId, refusal.Position))
                ),
                cancel
            ) == 1;
    }

    private async Task MoveInLedgerAsync(
        DbConnection connection,
        DbTransaction transaction,
        int sourceId,
        Counts counts,
        CancellationToken cancel
    )
    {
        if (counts.Ratings + counts.Support == 0)
            return;
        const string Sql = """
            update source
            set quarantined = quarantined - @moved, ratings = ratings + @ratings, support = support + @support, epoch = epoch + 1, updated_at = @now
            where source_id = @source
            """;
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                Sql,
                ("moved", counts.Ratings + counts.Support),
                ("ratings", counts.Ratings),
                ("support", counts.Support),
                ("now", TimeValue(Now)),
                ("source", sourceId)
            ),
            cancel
        );
    }
}
