using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>What the dashboard counts with.</summary>
public abstract partial class SqlStore
{
    /// <summary>The newest press of a partition is among so many of its last: kiosks' clocks differ, but not by
    /// more.</summary>
    private const int Tail = 1000;

    /// <summary>A transaction that sees one instant, and holds nobody up.</summary>
    protected abstract Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>Whether no more than @seconds lie between two instants, as a condition.</summary>
    protected abstract string Within(string earlier, string later);

    private Task<T> WithSnapshotAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancel) =>
        WithConnectionAsync(
            async connection =>
            {
                await using var transaction = await BeginSnapshotAsync(connection, cancel);
                return await work(connection, transaction);
            },
            cancel
        );

    public Task<Catalogue> CatalogueAsync(CancellationToken cancel)
    {
        const string Exhibitions = """
            select e.exhibition_id, e.museum_id, e.public_id, e.site, e.exhibition_name, f.floor, d.department_name, e.exhibition_start_date
            from exhibition e join floor f using (floor_id) join department d using (department_id)
            order by e.museum_id, e.public_id
            """;
        return WithSnapshotAsync(
            async (connection, transaction) =>
                new Catalogue(
                    await ReadAsync(
                        Command(connection, transaction, $"select {MuseumColumns} from museum order by museum_id"),
                        ReadMuseum,
                        cancel
                    ),
                    await ReadAsync(
                        Command(connection, transaction, Exhibitions),
                        r => new ExhibitionCard(
                            r.GetInt32(0),
                            r.GetInt32(1),
                            r.GetString(2),
                            r.GetString(3),
                            r.GetString(4),
                            r.GetString(5),
                            r.GetString(6),
                            ReadDay(r.GetValue(7))
                        ),
                        cancel
                    ),
                    await LedgersAsync(connection, transaction, cancel)
                ),
            cancel
        );
    }

    private static DateOnly ReadDay(object value) =>
        value switch
        {
            DateOnly day => day,
            DateTime time => DateOnly.FromDateTime(time),
            _ => DateOnly.ParseExact((string)value, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

    private static async Task<List<MuseumLedger>> LedgersAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancel
    )
    {
        const string Sql = """
            select museum_id, kind, count(*), cast(sum(cast(source_id as bigint)) as bigint), cast(sum(epoch) as bigint), cast(sum(ratings) as bigint), cast(sum(support) as bigint)
            from source where state <> 'replaced' group by museum_id, kind
            """;
        var sums = await ReadAsync(
            Command(connection, transaction, Sql),
            r =>
                (
                    Museum: r.GetInt32(0),
                    Kind: r.GetString(1),
                    Sum: new LedgerSum(r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6))
                ),
            cancel
        );
        return
        [
            .. sums.GroupBy(row => row.Museum)
                .Select(museum => new MuseumLedger(
                    museum.Key,
                    Sum(museum.Where(row => row.Kind != SourceIdentity.Stream)),
                    Sum(museum.Where(row => row.Kind == SourceIdentity.Stream))
                )),
        ];

        static LedgerSum Sum(IEnumerable<(int Museum, string Kind, LedgerSum Sum)> rows) =>
            rows.Aggregate(
                default(LedgerSum),
                (all, row) =>
                    new(
                        all.Sources + row.Sum.Sources,
                        all.Ids + row.Sum.Ids,
                        all.Epochs + row.Sum.Epochs,
                        all.Ratings + row.Sum.Ratings,
                        all.Support + row.Sum.Support
                    )
            );
    }

    public Task<HourlyReading> HourlyAsync(int museumId, DateTimeOffset? from, CancellationToken cancel) =>
        WithSnapshotAsync(
            async (connection, transaction) =>
            {
                var ledgers = await LedgersAsync(connection, transaction, cancel);
                var rows = await HourlyRowsAsync(connection, transaction, museumId, from, cancel);
                var ledger = ledgers.Find(l => l.MuseumId == museumId) ?? MuseumLedger.Empty(museumId);
                if (rows.Count == 0)
                    return new HourlyReading(ledger, rows, null, null);
                var (oldest, newest) = (rows.Min(row => row.Hour), rows.Max(row => row.Hour));
                // Only a part is read because streams went on: the newest is at their end. Nothing else is quick where
                // no index is by time.
                var last = from is null ? null : await NewestOfStreamsAsync(connection, transaction, museumId, cancel);
                if (last is null || last < newest)
                    last = await EdgeAsync(connection, transaction, museumId, "max", newest, cancel);
                var first = from is null
                    ? await EdgeAsync(connection, transaction, museumId, "min", oldest, cancel) ?? oldest
                    : (DateTimeOffset?)null;
                return new HourlyReading(ledger, rows, first, last);
            },
            cancel
        );

    /// <summary>
    /// As they are, and summed here: a database takes three times as long to turn half a million of them into columns
    /// as it takes to send them.
    /// </summary>
    private async Task<List<HourlyRow>> HourlyRowsAsync(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        DateTimeOffset? from,
        CancellationToken cancel
    )
    {
        var rows = new Dictionary<(int Exhibition, DateTimeOffset Hour), HourlyRow>();
        foreach (
            var (kind, table) in ((PressKind, string)[])[(PressKind.Rating, "rating"), (PressKind.Support, "support")]
        )
        {
            var values = (
                await ReadAsync(
                    Command(connection, transaction, $"select {table}_type_id, {table}_type_value from {table}_type"),
                    r => (Id: r.GetInt32(0), Value: r.GetInt32(1)),
                    cancel
                )
            ).ToDictionary(t => t.Id, t => t.Value);
            var sql = $"""
                select exhibition_id, hour, {table}_type_id, presses from {table}_hourly
                where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum) {(
                    from is null ? "" : "and hour >= @from"
                )}
                """;
            await using var command = Command(
                connection,
                transaction,
                sql,
                from is { } first
                    ?
                    [
                        ("museum", museumId),
                        ("from", TimeValue(first.AddTicks(-(first.UtcTicks % TimeSpan.TicksPerHour)))),
                    ]
                    : [("museum", museumId)]
            );
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var (exhibition, hour) = (reader.GetInt32(0), ReadTime(reader, 1)!.Value);
                ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, (exhibition, hour), out var known);
                if (!known)
                    row = new HourlyRow(exhibition, hour, 0, 0, 0, 0, 0, 0, 0);
                row = row.Plus(kind, values[reader.GetInt32(2)], reader.GetInt64(3));
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
    private async Task<DateTimeOffset?> EdgeAsync(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        string edge,
        DateTimeOffset hour,
        CancellationToken cancel
    )
    {
        var sql = $"""
            select {edge}(at) from (
              select {edge}(rating_created_at) as at from rating_instance
              where rating_created_at >= @from and rating_created_at < @to and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
              union all
              select {edge}(instance_created_at) from support_instance
              where instance_created_at >= @from and instance_created_at < @to and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
            ) as edges
            """;
        return (
            await ReadAsync(
                Command(
                    connection,
                    transaction,
                    sql,
                    ("museum", museumId),
                    ("from", TimeValue(hour)),
                    ("to", TimeValue(hour.AddHours(1)))
                ),
                r => ReadTime(r, 0),
                cancel
            )
        ).Single();
    }

    private static async Task<DateTimeOffset?> NewestOfStreamsAsync(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        CancellationToken cancel
    )
    {
        var sources = await ReadAsync(
            Command(
                connection,
                transaction,
                "select source_id from source where museum_id = @museum and kind = @kind and state <> 'replaced'",
                ("museum", museumId),
                ("kind", SourceIdentity.Stream)
            ),
            r => r.GetInt32(0),
            cancel
        );
        var sql = $"""
            select max(at) from (
              select max(at) as at from (select rating_created_at as at from rating_instance where rating_instance_id between @first and @last order by rating_instance_id desc limit {Tail}) as r
              union all
              select max(at) from (select instance_created_at as at from support_instance where support_instance_id between @first and @last order by support_instance_id desc limit {Tail}) as s
            ) as tails
            """;
        DateTimeOffset? newest = null;
        foreach (var source in sources)
        {
            var command = Command(
                connection,
                transaction,
                sql,
                ("first", EventId.Of(source, 0)),
                ("last", EventId.Of(source, EventId.PositionsPerSource - 1))
            );
            var last = (await ReadAsync(command, r => ReadTime(r, 0), cancel)).Single();
            if (newest is null || last > newest)
                newest = last;
        }

        return newest;
    }

    public async Task<IReadOnlyList<RepeatRow>> RepeatsAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset until,
        TimeSpan within,
        CancellationToken cancel
    )
    {
        var rows = new List<RepeatRow>();
        foreach (
            var (kind, table, at) in ((PressKind, string, string)[])
                [
                    (PressKind.Rating, "rating", "rating_created_at"),
                    (PressKind.Support, "support", "instance_created_at"),
                ]
        )
        {
            var sql = $"""
                select exhibition_id, {HourOf("at")}, {table}_type_value, count(*)
                from (
                  select exhibition_id, {table}_type_id, {at} as at, lag({at}) over (partition by exhibition_id, {table}_type_id order by {at}) as before
                  from {table}_instance
                  where {at} >= @reach and {at} < @to and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
                ) as presses join {table}_type using ({table}_type_id)
                where at >= @from and {Within("before", "at")}
                group by 1, 2, 3
                """;
            rows.AddRange(
                await WithSnapshotAsync(
                    (connection, transaction) =>
                        ReadAsync(
                            Command(
                                connection,
                                transaction,
                                sql,
                                ("museum", museumId),
                                ("reach", TimeValue(from - within)),
                                ("from", TimeValue(from)),
                                ("to", TimeValue(until)),
                                ("seconds", within.TotalSeconds)
                            ),
                            r => new RepeatRow(
                                r.GetInt32(0),
                                ReadTime(r, 1)!.Value,
                                kind,
                                r.GetInt32(2),
                                r.GetInt64(3)
                            ),
                            cancel
                        ),
                    cancel
                )
            );
        }

        return rows;
    }
}
