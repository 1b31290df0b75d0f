using System.Runtime.InteropServices;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Dashboard;

/// <summary>The hourly counts, and the first and the last press they hold.</summary>
internal sealed partial class SqlCounts
{
    /// <summary>The newest press of a partition is among so many of its last: kiosks' clocks differ, but not by
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
                // Only a part is read because streams went on: the newest is at their end. Nothing else is quick where
                // no index is by time.
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

    /// <summary>
    /// As they are, and summed here: a database takes three times as long to turn half a million of them into columns
    /// as it takes to send them.
    /// </summary>
    private static async Task<List<HourlyRow>> HourlyRowsAsync(SqlSession session, int museumId, DateTimeOffset? from)
    {
        var rows = new Dictionary<(int Exhibition, DateTimeOffset Hour), HourlyRow>();
        foreach (var (kind, table, _) in Presses)
        {
            var types = await session.ReadAsync(
                $"select {table}_type_id, {table}_type_value from {table}_type",
                r => KeyValuePair.Create(r.Int(), r.Int())
            );
            var values = types.ToDictionary();
            var sql = $"""
                select exhibition_id, hour, {table}_type_id, presses from {table}_hourly
                where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
                """;
            await using var command = from is { } first
                ? session.Command(
                    $"{sql} and hour >= @from",
                    ("museum", museumId),
                    ("from", first.AddTicks(-(first.UtcTicks % TimeSpan.TicksPerHour)))
                )
                : session.Command(sql, ("museum", museumId));
            await using var reader = await command.ExecuteReaderAsync(session.Cancel);
            var r = new Row(reader);
            while (await reader.ReadAsync(session.Cancel))
            {
                var (exhibition, hour) = (r.FromTheStart().Int(), r.Time());
                ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, (exhibition, hour), out var known);
                if (!known)
                    row = new HourlyRow(exhibition, hour, 0, 0, 0, 0, 0, 0, 0);
                row = row.Plus(kind, values[r.Int()], r.Long());
            }
        }

        List<HourlyRow> sorted = [.. rows.Values];
        sorted.Sort(
            (a, b) =>
                a.ExhibitionId != b.ExhibitionId ? a.ExhibitionId.CompareTo(b.ExhibitionId) : a.Hour.CompareTo(b.Hour)
        );
        return sorted;
    }

    /// <summary>The first or the last press within the hour that is known to hold it.</summary>
    private static Task<DateTimeOffset?> EdgeAsync(
        SqlSession session,
        int museumId,
        string edge,
        DateTimeOffset hour
    ) =>
        session.OneAsync(
            $"""
            select {edge}(at) from (
              select {edge}(rating_created_at) as at from rating_instance
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
                ("first", EventId.Of(source, 0)),
                ("last", EventId.Of(source, EventId.PositionsPerSource - 1))
            );
            if (newest is null || last > newest)
                newest = last;
        }

        return newest;
    }
}
