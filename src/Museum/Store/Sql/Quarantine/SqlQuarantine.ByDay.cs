using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Calls;

namespace MuseumPipeline.Store.Sql.Quarantine;

/// <summary>Held refusals, counted by day. The counts are not stored: the ledger says what must be counted
/// again.</summary>
internal sealed partial class SqlQuarantine
{
    /// <summary>No kiosk's number is longer, but foreign data may be.</summary>
    internal const int LongestSite = 64;

    public Task<RefusedReading> ByDayAsync(
        int museumId,
        string timeZone,
        RefusedMarks? known,
        CancellationToken cancel
    ) =>
        database.SnapshotAsync(
            async session =>
            {
                const string Replays =
                    "select cast(coalesce(sum(x.read), 0) as bigint) from run_source x join run r on r.run_id = "
                    + "x.run_id where r.command = 'quarantine replay'";
                var replays = await session.NumberAsync(Replays) ?? 0;
                var before = known is not null && known.Replays == replays ? known.Sources : null;
                var sources = await session.ReadAsync(
                    "select source_id, epoch, quarantined from source "
                        + "where museum_id = @museum and state <> 'replaced' and quarantined > 0",
                    r => (Id: r.Int(), Epoch: r.Long(), Held: r.Long()),
                    ("museum", museumId)
                );
                var counter = new DayCounter(session, museumId, timeZone);
                var all = before is null ? (await counter.AllAsync()).ToLookup(row => row.SourceId) : null;
                var marks = new Dictionary<int, RefusedMark>(sources.Count);
                List<RefusedSource> changed = [];
                foreach (var (id, epoch, held) in sources)
                {
                    var mark = before?.GetValueOrDefault(id) ?? default;
                    if (mark.Epoch == epoch && mark.Held == held)
                    {
                        marks[id] = mark;
                        continue;
                    }

                    List<DayRow> rows = all is not null ? [.. all[id]] : await counter.OfAsync(id, mark.LastId);
                    var onTop = mark.Held > 0 && mark.Held + rows.Sum(row => row.Count.Count) == held;
                    if (mark.Held > 0 && !onTop)
                        rows = await counter.OfAsync(id, 0);
                    marks[id] = new(epoch, held, rows.Count == 0 ? mark.LastId : rows.Max(row => row.LastId));
                    changed.Add(new(id, onTop, [.. rows.Select(row => (row.Day, row.Count))]));
                }

                changed.AddRange(
                    (known?.Sources.Keys ?? [])
                        .Where(id => !marks.ContainsKey(id))
                        .Select(id => new RefusedSource(id, false, []))
                );
                return new RefusedReading(new(replays, marks), changed);
            },
            cancel
        );

    private sealed class DayCounter(SqlSession session, int museumId, string timeZone)
    {
        /// <summary>Everything the museum holds.</summary>
        public Task<List<DayRow>> AllAsync() => ReadAsync("", "", []);

        /// <summary>Only of this source, and only ids after this one.</summary>
        public Task<List<DayRow>> OfAsync(int source, long after) =>
            ReadAsync(
                "and q.quarantine_id > @after and q.quarantine_id <= @last",
                "and x.last_id > @after and x.last_id <= @last",
                [("after", Math.Max(after, EventId.Of(source, 0) - 1)), ("last", EventId.RangeOf(source).Last)]
            );

        /// <summary>What is held, and what was held when it was retired.</summary>
        private Task<List<DayRow>> ReadAsync(string only, string onlyRetired, (string, object?)[] values)
        {
            var sql = $"""
                select q.source_id, {session.Dialect.LocalDay(HelpSql.HeldWhen)},
                       substr(q.site, 1, {LongestSite}), q.exhibition_id, q.reason,
                       case when q.possible_help then 1 else 0 end,
                       case when q.support_type_id is null then 0 else 1 end, count(*), max(q.quarantine_id)
                from quarantine q
                where q.museum_id = @museum and q.state = 'held' {only}
                group by 1, 2, 3, 4, 5, 6, 7
                union all
                select x.source_id, {session.Dialect.LocalDay("x.hour")}, x.site, x.exhibition_id, x.reason,
                       case when x.possible_help then 1 else 0 end, case when x.kind_known then 1 else 0 end,
                       cast(sum(x.refusals) as bigint), max(x.last_id)
                from retired_refusal x join source s on s.source_id = x.source_id
                where s.museum_id = @museum {onlyRetired}
                group by 1, 2, 3, 4, 5, 6, 7
                """;
            return session.ReadAsync(sql, Read, [("museum", museumId), ("zone", timeZone), .. values]);
        }

        private static DayRow Read(Row r) =>
            new(
                r.Int(),
                DateOnly.FromDayNumber(r.Int()),
                new(r.TextOrNull(), r.IntOrNull(), ReadReason(r), r.Int() == 1, r.Int() == 1, r.Long()),
                r.Long()
            );
    }

    private readonly record struct DayRow(int SourceId, DateOnly Day, RefusedCount Count, long LastId);
}
