using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Calls;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sql.Quarantine;

/// <summary>The quarantine: listing and counting. <c>SqlQuarantine.Replay.cs</c> turns refusals into events,
/// <c>SqlQuarantine.ByDay.cs</c> counts held ones by day.</summary>
internal sealed partial class SqlQuarantine(SqlDatabase database, IBulkWriter bulk) : IQuarantine
{
    public Task<IReadOnlyList<QuarantineRow>> ListAsync(QuarantineFilter filter, CancellationToken cancel)
    {
        var search = new Search("q.quarantine_id > @after", ("after", filter.AfterId));
        if (filter.Id is { } id)
            search.And("q.quarantine_id = @id", ("id", id));
        if (filter.Reason is { } reason)
            search.And("q.reason = @reason", ("reason", reason.Code()));
        if (filter.State is { } state)
            search.And("q.state = @state", ("state", state));
        if (filter.PossibleHelpOnly)
            search.And("q.possible_help");
        return ReadAsync(search, "s.header", "q.raw", $"order by q.quarantine_id limit {filter.Most}", cancel);
    }

    public Task<IReadOnlyList<QuarantineRow>> NewestAsync(RefusalFilter filter, CancellationToken cancel)
    {
        var search = SearchOf(filter);
        if (filter.Before is { } before)
            search.And("q.quarantine_id < @before", ("before", before));
        return ReadAsync(
            search,
            $"cast(null as {database.Dialect.BytesType})",
            $"substr(q.raw, 1, {filter.RawMost})",
            $"order by q.quarantine_id desc limit {filter.Most}",
            cancel
        );
    }

    public Task<long> CountAsync(RefusalFilter filter, CancellationToken cancel)
    {
        var search = SearchOf(filter);
        return database.ConnectedAsync(
            async session =>
                await session.NumberAsync(
                    $"select count(*) from quarantine q where {search.Where}",
                    [.. search.Parameters]
                ) ?? 0,
            cancel
        );
    }

    private Search SearchOf(RefusalFilter filter)
    {
        // Written out: SQLite uses a partial index only if the condition is in the statement's text.
        var state = filter.State is "replayed" ? "replayed" : "held";
        var search = new Search($"q.museum_id = @museum and q.state = '{state}'", ("museum", filter.MuseumId));
        if (filter.Reason is { } reason)
            search.And("q.reason = @reason", ("reason", reason.Code()));
        if (filter.Site is { } site)
            search.And("q.site = @site", ("site", site));
        if (filter.PossibleHelpOnly)
            search.And("q.possible_help");
        if (filter.Days is { } days)
        {
            var day = database.Dialect.LocalDay(HelpSql.HeldWhen);
            search.And(
                $"{day} between @first and @last",
                ("zone", days.TimeZone),
                ("first", days.From.DayNumber),
                ("last", days.To.DayNumber)
            );
        }

        if (filter.Exhibitions is { } exhibitions)
        {
            var names = exhibitions.Select((_, place) => $"e{place}").ToList();
            search.And(
                names.Count == 0 ? "1 = 0" : $"q.exhibition_id in ({string.Join(", ", names.Select(n => "@" + n))})",
                [.. names.Zip(exhibitions, (name, id) => (name, (object?)id))]
            );
        }

        return search;
    }

    private async Task<IReadOnlyList<QuarantineRow>> ReadAsync(
        Search search,
        string header,
        string raw,
        string order,
        CancellationToken cancel
    )
    {
        var sql = $"""
            select q.quarantine_id, q.museum_id, q.source_id, s.kind, s.location, s.name, s.version, {header},
                   q.position, q.reason, q.detail, q.possible_help, {raw}, q.raw_length, q.site, q.exhibition_id,
                   q.created_at, q.received_at, q.state, q.resolved_at, q.discarded
            from quarantine q join source s on s.source_id = q.source_id
            where {search.Where}
            {order}
            """;
        return await database.ConnectedAsync(session => session.ReadAsync(sql, Read, [.. search.Parameters]), cancel);
    }

    private static QuarantineRow Read(Row r) =>
        new(
            r.Long(),
            r.Int(),
            r.Int(),
            r.Text(),
            r.Text(),
            r.Text(),
            r.Text(),
            r.BytesOrNull(),
            r.Long(),
            ReadReason(r),
            r.Text(),
            r.Flag(),
            r.BytesOrNull() ?? [], // SQLite's substr returns null for zero bytes
            r.Long(),
            r.TextOrNull(),
            r.IntOrNull(),
            r.TimeOrNull(),
            r.Time(),
            r.Text(),
            r.TimeOrNull()
        )
        {
            Discarded = r.TextOrNull(),
        };

    private static Reason ReadReason(Row r)
    {
        var code = r.Text();
        return Reasons.Parse(code) ?? throw new InvalidOperationException($"unknown reason {code}");
    }

    public Task<IReadOnlyList<ReasonCount>> CountsAsync(CancellationToken cancel) =>
        CountReasonsAsync(database, "state = 'held'", [], cancel);

    public static async Task<IReadOnlyList<ReasonCount>> CountReasonsAsync(
        SqlDatabase database,
        string where,
        (string, object?)[] parameters,
        CancellationToken cancel
    ) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    $"select reason, count(*), sum(case when possible_help then 1 else 0 end) from quarantine "
                        + $"where {where} group by reason order by 2 desc, 1",
                    r => new ReasonCount(ReadReason(r), r.Long(), r.Long()),
                    parameters
                ),
            cancel
        );

    /// <summary>The ledger's own sum: its count of quarantined records is the number held, and the number that were held
    /// when they were retired.</summary>
    public Task<long> HeldAsync(int museumId, CancellationToken cancel)
    {
        const string Sql = """
            select cast(coalesce(sum(quarantined), 0) as bigint) - (
                     select cast(coalesce(sum(r.held), 0) as bigint)
                     from retired r join source s on s.source_id = r.source_id where s.museum_id = @museum)
            from source where museum_id = @museum and state <> 'replaced'
            """;
        return database.ConnectedAsync(
            async session => await session.NumberAsync(Sql, ("museum", museumId)) ?? 0,
            cancel
        );
    }

    /// <summary>Conditions, and their parameters.</summary>
    private sealed class Search(string where, (string, object?) value)
    {
        public string Where { get; private set; } = where;

        public List<(string, object?)> Parameters { get; } = [value];

        public void And(string condition, params (string, object?)[] values)
        {
            Where += $" and {condition}";
            Parameters.AddRange(values);
        }
    }
}
