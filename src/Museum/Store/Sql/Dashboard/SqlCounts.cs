using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql.Dashboard;

/// <summary>The dashboard's counts; <c>SqlCounts.Hourly.cs</c> reads the hourly counts.</summary>
internal sealed partial class SqlCounts(SqlDatabase database) : ICounts
{
    public Task<Catalogue> CatalogueAsync(CancellationToken cancel)
    {
        const string Exhibitions = """
            select e.exhibition_id, e.museum_id, e.public_id, e.site, e.exhibition_name, f.floor, d.department_name,
                   e.exhibition_start_date
            from exhibition e join floor f using (floor_id) join department d using (department_id)
            order by e.museum_id, e.public_id
            """;
        return database.SnapshotAsync(
            async session => new Catalogue(
                await session.ReadAsync($"select {SqlMuseums.Columns} from museum order by museum_id", SqlMuseums.Read),
                await session.ReadAsync(
                    Exhibitions,
                    r => new ExhibitionCard(
                        r.Int(),
                        r.Int(),
                        r.Text(),
                        r.Text(),
                        r.Text(),
                        r.Text(),
                        r.Text(),
                        r.DayOrNull()
                    )
                ),
                await SqlButtons.ReadAsync(session),
                await LedgersAsync(session)
            ),
            cancel
        );
    }

    private static async Task<List<MuseumLedger>> LedgersAsync(SqlSession session)
    {
        const string Sql = """
            select museum_id, kind, count(*), cast(sum(cast(source_id as bigint)) as bigint),
                   cast(sum(epoch) as bigint), cast(sum(ratings) as bigint), cast(sum(support) as bigint)
            from source where state <> 'replaced' group by museum_id, kind
            """;
        var sums = await session.ReadAsync(
            Sql,
            r => (Museum: r.Int(), Kind: r.Text(), Sum: new LedgerSum(r.Long(), r.Long(), r.Long(), r.Long(), r.Long()))
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

    public async Task<IReadOnlyList<RepeatRow>> RepeatsAsync(
        int museumId,
        DateTimeOffset from,
        DateTimeOffset until,
        TimeSpan within,
        CancellationToken cancel
    )
    {
        var rows = new List<RepeatRow>();
        foreach (var (kind, table, at) in PressTable.All)
        {
            var sql = $"""
                select exhibition_id, {database.Dialect.HourOf("at")}, {table}_type_value, count(*)
                from (
                  select exhibition_id, {table}_type_id, {at} as at,
                         lag({at}) over (partition by exhibition_id, {table}_type_id order by {at}) as before
                  from {table}_instance
                  where {at} >= @reach and {at} < @to
                    and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
                ) as presses join {table}_type using ({table}_type_id)
                where at >= @from and {database.Dialect.Within("before", "at")}
                group by 1, 2, 3
                """;
            rows.AddRange(
                await database.SnapshotAsync(
                    session =>
                        session.ReadAsync(
                            sql,
                            r => new RepeatRow(r.Int(), r.Time(), kind, r.Int(), r.Long()),
                            ("museum", museumId),
                            ("reach", from - within),
                            ("from", from),
                            ("to", until),
                            ("seconds", within.TotalSeconds)
                        ),
                    cancel
                )
            );
        }

        return rows;
    }

    public async Task<IReadOnlyList<(int ExhibitionId, DateTimeOffset At)>> LastPressesAsync(
        int museumId,
        DateTimeOffset hour,
        CancellationToken cancel
    )
    {
        const string Sql = """
            select exhibition_id, max(at) from (
              select exhibition_id, rating_created_at as at from rating_instance
              where rating_created_at >= @from and rating_created_at < @to
              union all
              select exhibition_id, instance_created_at from support_instance
              where instance_created_at >= @from and instance_created_at < @to) as presses
            where exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)
            group by exhibition_id
            """;
        return await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    Sql,
                    r => (r.Int(), r.Time()),
                    ("museum", museumId),
                    ("from", hour),
                    ("to", hour.AddHours(1))
                ),
            cancel
        );
    }
}
