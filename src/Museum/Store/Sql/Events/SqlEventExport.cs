using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Store.Sql.Events;

internal sealed class SqlEventExport(SqlDatabase database) : IEventExport
{
    private const long FirstPrime = 1_000_000_007,
        SecondPrime = 998_244_353;

    public Task<IReadOnlyList<ExportPart>> PartsAsync(CancellationToken cancel) =>
        database.SnapshotAsync<IReadOnlyList<ExportPart>>(
            async session =>
            {
                List<Sums> sums = [];
                foreach (var (_, table, time) in PressTable.All)
                    sums.AddRange(await EventSumsAsync(session, table, time));
                sums.AddRange(await RefusalSumsAsync(session, "", []));
                return
                [
                    .. sums.GroupBy(sum => (sum.Set, sum.MuseumId, sum.Museum, sum.Month))
                        .Select(part => PartOf(part.Key, part))
                        .OrderBy(part => part.Set)
                        .ThenBy(part => part.Museum, StringComparer.Ordinal)
                        .ThenBy(part => part.Month, StringComparer.Ordinal),
                ];
            },
            cancel
        );

    public Task<ExportPart> EventsAsync(
        ExportPart part,
        Action<ExportNames> begin,
        Func<ExportedEvent, ValueTask> take,
        CancellationToken cancel
    ) =>
        database.SnapshotAsync(
            async session =>
            {
                begin(await NamesAsync(session));
                List<Sums> sums = [];
                foreach (var (kind, table, time) in PressTable.All)
                {
                    var (where, values) = Within(part, time);
                    where += " and exhibition_id in (select exhibition_id from exhibition where museum_id = @museum)";
                    // As the database sums them, without reading the table a second time.
                    var (rows, first, second) = (0L, 0L, 0L);
                    var added =
                        kind is PressKind.Rating
                            ? "cast(null as text), 0"
                            : "arrived_at, case when clock_wrong then 1 else 0 end";
                    await session.EachAsync(
                        $"""
                        select {table}_instance_id, {time}, exhibition_id, {table}_type_value, {added}, source_id, position
                        from {table}_instance join {table}_type using ({table}_type_id) where {where}
                        """,
                        r =>
                        {
                            var press = new ExportedEvent(
                                kind,
                                r.Long(),
                                r.Time(),
                                r.Int(),
                                r.Int(),
                                r.TimeOrNull(),
                                r.Int() == 1,
                                r.Int(),
                                r.Long()
                            );
                            rows++;
                            first += press.Id % FirstPrime;
                            second += press.Id % SecondPrime;
                            return take(press);
                        },
                        values
                    );
                    if (rows > 0)
                        sums.Add(new(part.Set, part.MuseumId, part.Museum, part.Month, table, rows, first, second));
                }

                return PartOf((part.Set, part.MuseumId, part.Museum, part.Month), sums);
            },
            cancel
        );

    public Task<ExportPart> RefusalsAsync(
        ExportPart part,
        Action<ExportNames> begin,
        Func<ExportedRefusal, ValueTask> take,
        CancellationToken cancel
    ) =>
        database.SnapshotAsync(
            async session =>
            {
                begin(await NamesAsync(session));
                var (where, values) = Within(part, "received_at");
                var sums = await RefusalSumsAsync(session, $" and {where} and q.museum_id = @museum", values);
                await session.EachAsync(
                    $"""
                    select quarantine_id, reason, possible_help, raw, raw_length, site, created_at, received_at,
                           state, source_id, position
                    from quarantine where {where} and museum_id = @museum
                    """,
                    r =>
                        take(
                            new ExportedRefusal(
                                r.Long(),
                                r.Text(),
                                r.Flag(),
                                r.BytesOrNull() ?? [],
                                r.Long(),
                                r.TextOrNull(),
                                r.TimeOrNull(),
                                r.Time(),
                                r.Text(),
                                r.Int(),
                                r.Long()
                            )
                        ),
                    values
                );
                return PartOf((part.Set, part.MuseumId, part.Museum, part.Month), sums);
            },
            cancel
        );

    private static async Task<ExportNames> NamesAsync(SqlSession session)
    {
        var exhibitions = await session.ReadAsync(
            "select exhibition_id, public_id, site from exhibition",
            r => KeyValuePair.Create(r.Int(), (r.Text(), r.Text()))
        );
        var sources = await session.ReadAsync(
            "select source_id, kind, location, name from source",
            r => new EventSource(r.Int(), r.Text(), r.Text(), r.Text())
        );
        return new(exhibitions.ToDictionary(), sources.ToDictionary(source => source.Id));
    }

    /// <summary>How many rows there are, and the sums of their keys by two primes: what changes when any key
    /// does.</summary>
    private Task<List<Sums>> EventSumsAsync(SqlSession session, string table, string time) =>
        session.ReadAsync(
            $"""
            select m.museum_id, m.code, s.month, cast(sum(s.n) as bigint), cast(sum(s.a) as bigint),
                   cast(sum(s.b) as bigint)
            from (
              select exhibition_id, {database.Dialect.MonthOf(time)} as month, count(*) as n,
                     sum({table}_instance_id % {FirstPrime}) as a, sum({table}_instance_id % {SecondPrime}) as b
              from {table}_instance group by 1, 2) as s
            join exhibition e using (exhibition_id) join museum m using (museum_id) group by 1, 2, 3
            """,
            r => new Sums(ExportSet.Events, r.Int(), r.Text(), r.Text(), table, r.Long(), r.Long(), r.Long())
        );

    private Task<List<Sums>> RefusalSumsAsync(SqlSession session, string and, (string, object?)[] values) =>
        session.ReadAsync(
            $"""
            select m.museum_id, m.code, {database.Dialect.MonthOf("q.received_at")},
                   q.state || '/' || q.reason || '/' || cast(q.possible_help as text), count(*),
                   cast(sum(q.quarantine_id % {FirstPrime}) as bigint), cast(sum(q.quarantine_id % {SecondPrime}) as bigint)
            from quarantine q join museum m on m.museum_id = q.museum_id where 1 = 1 {and} group by 1, 2, 3, 4
            """,
            r => new Sums(ExportSet.Refusals, r.Int(), r.Text(), r.Text(), r.Text(), r.Long(), r.Long(), r.Long()),
            values
        );

    private static (string Where, (string, object?)[] Values) Within(ExportPart part, string time)
    {
        var from = DateTimeOffset.ParseExact(
            part.Month + "-01Z",
            "yyyy-MM-ddK",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );
        return (
            $"{time} >= @from and {time} < @until",
            [("museum", part.MuseumId), ("from", from), ("until", from.AddMonths(1))]
        );
    }

    private static ExportPart PartOf((ExportSet Set, int Id, string Code, string Month) of, IEnumerable<Sums> sums)
    {
        List<Sums> parts = [.. sums.OrderBy(sum => sum.Of, StringComparer.Ordinal)];
        return new(
            of.Set,
            of.Id,
            of.Code,
            of.Month,
            parts.Sum(sum => sum.Rows),
            string.Join(
                ' ',
                parts.Select(sum =>
                    string.Create(CultureInfo.InvariantCulture, $"{sum.Of}:{sum.Rows}:{sum.First}:{sum.Second}")
                )
            )
        );
    }

    /// <param name="Of">The table; of refusals what a replay may change: it makes another stamp.</param>
    private sealed record Sums(
        ExportSet Set,
        int MuseumId,
        string Museum,
        string Month,
        string Of,
        long Rows,
        long First,
        long Second
    );
}
