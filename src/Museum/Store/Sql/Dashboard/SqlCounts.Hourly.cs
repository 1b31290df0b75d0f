using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Dashboard;

/// <summary>The hourly counts, and the first and the last press they hold.</summary>
internal sealed partial class SqlCounts
{
    /// <summary>The newest press of a partition is among this many of its last: kiosks' clocks differ, but not by
    /// more.</summary>
    private const int Tail = 1000;

    public Task<HourlyReading> HourlyAsync(int museumId, DateTimeOffset? from, CancellationToken cancel) =>
        database.SnapshotAsync(
            async session =>
            {
                var ledgers = await LedgersAsync(session);
                var rows = await HourlyRowsAsync(session, museumId, from);
                var ledger = ledgers.Find(l => l.MuseumId == museumId) ?? MuseumLedger.Empty(museumId);
                if (rows.Count == 0)
                    return new HourlyReading(ledger, rows, null, null);
                var (oldest, newest) = (rows.Min(row => row.Hour), rows.Max(row => row.Hour));
                // Only a part is read because streams advanced: the newest press is at their end. Nothing else is fast
                // without an index by time.
                var last = from is null ? null : await NewestOfStreamsAsync(session, museumId);
                if (last is null || last < newest)
                    last = await EdgeAsync(session, museumId, "max", newest);
                var first = from is null
                    ? await EdgeAsync(session, museumId, "min", oldest) ?? oldest
                    : (DateTimeOffset?)null;
                return new HourlyReading(ledger, rows, first, last);
            },
            cancel
        );

    /// <summary>Sent as they are: a database takes three times as long to turn half a million of them into columns as
    /// to send them.</summary>
    private static async Task<List<HourlyRow>> HourlyRowsAsync(SqlSession session, int museumId, DateTimeOffset? from)
    {
        var buttons = await SqlButtons.ReadAsync(session);
        var rows = new List<HourlyRow>();
        foreach (var (kind, table, _) in PressTable.All)
        {
            var types = kind is PressKind.Rating ? buttons.Ratings : buttons.Support;
            var values = types.ToDictionary(type => (int)type.Id, type => type.Value);
            var sql = $"""
                select exhibition_id, hour, {table}_type_id, presses from {table}_hourly
                where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
                """;
            rows.AddRange(
                from is { } first
                    ? await session.ReadAsync(
                        $"{sql} and hour >= @from",
                        Read,
                        ("museum", museumId),
                        ("from", first.AddTicks(-(first.UtcTicks % TimeSpan.TicksPerHour)))
                    )
                    : await session.ReadAsync(sql, Read, ("museum", museumId))
            );

            HourlyRow Read(Row r) => new(r.Int(), r.Time(), kind, values[r.Int()], r.Long());
        }

        return rows;
    }

    /// <summary>The first or the last press in the hour known to hold it.</summary>
    private static Task<DateTimeOffset?> EdgeAsync(
        SqlSession session,
        int museumId,
        string edge,
        DateTimeOffset hour
    ) =>
        session.OneAsync(
            $"""
            select {edge}(at) from (
              select {edge}({(edge == "min" ? "first_at" : "last_at")}) as at
              from retired r join source s on s.source_id = r.source_id where s.museum_id = @museum and not r.pending
              union all
              select {edge}(rating_created_at) from rating_instance
              where rating_created_at >= @from and rating_created_at < @to
                and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
              union all
              select {edge}(instance_created_at) from support_instance
              where instance_created_at >= @from and instance_created_at < @to
                and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
            ) as edges
            """,
            r => r.TimeOrNull(),
            ("museum", museumId),
            ("from", hour),
            ("to", hour.AddHours(1))
        );

    private static async Task<DateTimeOffset?> NewestOfStreamsAsync(SqlSession session, int museumId)
    {
        var sources = await session.ReadAsync(
            "select source_id from source where museum_id = @museum and kind = @kind and state <> 'replaced'",
            r => r.Int(),
            ("museum", museumId),
            ("kind", SourceIdentity.Stream)
        );
        var sql = $"""
            select max(at) from (
              select max(at) as at from (
                select rating_created_at as at from rating_instance
                where rating_instance_id between @first and @last order by rating_instance_id desc limit {Tail}) as r
              union all
              select max(at) from (
                select instance_created_at as at from support_instance
                where support_instance_id between @first and @last order by support_instance_id desc limit {Tail}) as s
            ) as tails
            """;
        DateTimeOffset? newest = null;
        foreach (var source in sources)
        {
            var last = await session.OneAsync(
                sql,
                r => r.TimeOrNull(),
                ("first", EventId.RangeOf(source).First),
                ("last", EventId.RangeOf(source).Last)
            );
            if (newest is null || last > newest)
                newest = last;
        }

        return newest;
    }
}
