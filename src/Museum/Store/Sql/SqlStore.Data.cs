using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

public abstract partial class SqlStore
{
    public async Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(
        int museumId,
        DateTimeOffset hour,
        CancellationToken cancel
    )
    {
        const string Sql = """
            select exhibition_id, max(at) from (
              select exhibition_id, rating_created_at as at from rating_instance where rating_created_at >= @from and rating_created_at < @to
              union all
              select exhibition_id, instance_created_at from support_instance where instance_created_at >= @from and instance_created_at < @to) as presses
            where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
            group by exhibition_id
            """;
        return await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        Sql,
                        ("museum", museumId),
                        ("from", TimeValue(hour)),
                        ("to", TimeValue(hour.AddHours(1)))
                    ),
                    r => (r.GetInt32(0), ReadTime(r, 1)!.Value),
                    cancel
                ),
            cancel
        );
    }

    public async Task<IReadOnlyList<QuarantineRow>> RefusalsAsync(RefusalFilter filter, CancellationToken cancel)
    {
        List<(string, object?)> parameters =
        [
            ("museum", filter.MuseumId),
            ("most", filter.Most),
            ("raw", filter.RawMost),
        ];
        // Written out: SQLite uses a partial index only for what it can read in the statement.
        var where = $"q.museum_id = @museum and q.state = '{(filter.State is "replayed" ? "replayed" : "held")}'";
        if (filter.Before is { } before)
            Add("q.quarantine_id < @before", "before", before);
        if (filter.Reason is { } reason)
            Add("q.reason = @reason", "reason", reason.Code());
        if (filter.Site is { } site)
            Add("q.site = @site", "site", site);
        if (filter.PossibleHelpOnly)
            where += " and q.possible_help";
        var sql = $"""
            select q.quarantine_id, q.museum_id, q.source_id, s.kind, s.location, s.name, s.version, cast(null as {BytesType}), q.position, q.reason, q.detail, q.possible_help,
                   substr(q.raw, 1, @raw), q.raw_length, q.site, q.exhibition_id, q.created_at, q.received_at, q.state, q.resolved_at
            from quarantine q join source s on s.source_id = q.source_id
            where {where}
            order by q.quarantine_id desc
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

    /// <summary>The ledger's own sum: what it says of quarantine is what is held.</summary>
    public Task<long> RefusalsHeldAsync(int museumId, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
                await NumberAsync(
                    Command(
                        connection,
                        null,
                        "select cast(coalesce(sum(quarantined), 0) as bigint) from source where museum_id = "
                            + "@museum and state <> 'replaced'",
                        ("museum", museumId)
                    ),
                    cancel
                ) ?? 0,
            cancel
        );
}
