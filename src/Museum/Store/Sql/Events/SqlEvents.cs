using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Store.Sql.Events;

internal sealed class SqlEvents(SqlDatabase database) : IEvents
{
    private const int MostIds = 500;

    public Task<IReadOnlyList<EventRow>> ListAsync(EventFilter filter, CancellationToken cancel) =>
        filter.Exhibitions.Count == 0 || filter.Values is { Count: 0 }
            ? Task.FromResult<IReadOnlyList<EventRow>>([])
            : database.ConnectedAsync<IReadOnlyList<EventRow>>(
                async session => await ReadAsync(session, filter),
                cancel
            );

    public Task<IReadOnlyList<EventRow>> FindAsync(
        PressKind kind,
        IReadOnlyCollection<long> ids,
        CancellationToken cancel
    )
    {
        var table = PressTable.Of(kind).Name;
        return database.ConnectedAsync<IReadOnlyList<EventRow>>(
            async session =>
            {
                List<EventRow> rows = [];
                foreach (var some in ids.Chunk(MostIds))
                {
                    var values = new Values();
                    var wanted = values.List("id", some);
                    rows.AddRange(
                        await session.ReadAsync(
                            Select(kind, $"select * from {table}_instance where {table}_instance_id in ({wanted})"),
                            Read,
                            values.All
                        )
                    );
                }

                return [.. rows.OrderBy(row => row.At).ThenBy(row => row.Id)];
            },
            cancel
        );
    }

    public Task<IReadOnlyList<RetiredHour>> RetiredAsync(
        PressKind kind,
        DateTimeOffset from,
        DateTimeOffset until,
        IReadOnlyList<int> exhibitions,
        IReadOnlyList<int>? values,
        CancellationToken cancel
    )
    {
        if (exhibitions.Count == 0 || values is { Count: 0 })
            return Task.FromResult<IReadOnlyList<RetiredHour>>([]);
        var parameters = new Values(("from", database.Dialect.Hour(from)), ("until", database.Dialect.Hour(until)));
        var sql = $"""
            select hour, cast(sum(presses) as bigint) from retired_hourly
            where kind = '{Words.Of(kind)}' and hour >= @from and hour < @until
              and exhibition_id in ({parameters.List("e", exhibitions)}){OfButtons(kind, values, "type_id", parameters)}
            group by hour
            """;
        return database.ConnectedAsync<IReadOnlyList<RetiredHour>>(
            async session => await session.ReadAsync(sql, r => new RetiredHour(r.Time(), r.Long()), parameters.All),
            cancel
        );
    }

    private static Task<List<EventRow>> ReadAsync(SqlSession session, EventFilter filter)
    {
        var (_, kind, time) = PressTable.Of(filter.Kind);
        var values = new Values(("from", filter.From), ("until", filter.Until), ("most", filter.Most));
        var where =
            $"{time} < @until and exhibition_id in ({values.List("e", filter.Exhibitions)})"
            + OfButtons(filter.Kind, filter.Values, $"{kind}_type_id", values);
        var presses = $"{kind}_instance";
        if (filter.NoRepeats is { } within)
        {
            // A repeat is judged by the press before it, which may be before the first that is wanted.
            presses = $"""
                (select *, lag({time}) over (
                             partition by exhibition_id, {kind}_type_id order by {time}, {kind}_instance_id) as before
                 from {presses} where {time} >= @reach and {where}) as presses
                """;
            where = $"(before is null or not ({session.Dialect.Within("before", time)}))";
            values.Add(("reach", filter.From - within), ("seconds", within.TotalSeconds));
        }

        where += $" and {time} >= @from";
        if (filter.After is { } after)
        {
            where += $" and ({time} > @at or ({time} = @at and {kind}_instance_id > @id))";
            values.Add(("at", after.At), ("id", after.Id));
        }

        return session.ReadAsync(
            Select(
                filter.Kind,
                $"select * from {presses} where {where} order by {time}, {kind}_instance_id limit @most"
            ),
            Read,
            values.All
        );
    }

    private static string OfButtons(PressKind of, IReadOnlyList<int>? wanted, string type, Values values)
    {
        var kind = PressTable.Of(of).Name;
        return wanted is null
            ? ""
            : $" and {type} in (select {kind}_type_id from {kind}_type where {kind}_type_value in "
                + $"({values.List("v", wanted)}))";
    }

    private static string Select(PressKind of, string presses)
    {
        var (_, kind, time) = PressTable.Of(of);
        var added =
            of is PressKind.Rating
                ? "cast(null as text), 0"
                : "p.arrived_at, case when p.clock_wrong then 1 else 0 end";
        return $"""
            select p.{kind}_instance_id, p.{time}, p.exhibition_id, t.{kind}_type_value, t.{kind}_description,
                   {added}, s.source_id, s.kind, s.location, s.name, p.position
            from ({presses}) as p
            join {kind}_type t on t.{kind}_type_id = p.{kind}_type_id
            join source s on s.source_id = p.source_id
            order by p.{time}, p.{kind}_instance_id
            """;
    }

    private static EventRow Read(Row r) =>
        new(
            r.Long(),
            r.Time(),
            r.Int(),
            r.Int(),
            r.Text(),
            r.TimeOrNull(),
            r.Int() == 1,
            new EventSource(r.Int(), r.Text(), r.Text(), r.Text()),
            r.Long()
        );

    /// <summary>The parameters of a statement, as it is put together.</summary>
    private sealed class Values(params ReadOnlySpan<(string, object?)> first)
    {
        private readonly List<(string, object?)> all = [.. first];

        public (string, object?)[] All => [.. all];

        public void Add(params ReadOnlySpan<(string, object?)> more) => all.AddRange(more);

        public string List<T>(string letter, IReadOnlyCollection<T> wanted)
        {
            var names = wanted.Select((_, place) => $"{letter}{place}").ToList();
            all.AddRange(names.Zip(wanted, (name, value) => (name, (object?)value)));
            return string.Join(", ", names.Select(name => "@" + name));
        }
    }
}
