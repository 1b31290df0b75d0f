using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;

namespace MuseumPipeline.Store.Sql.Events;

internal sealed class SqlEvents(SqlDatabase database) : IEvents
{
    public Task<IReadOnlyList<EventRow>> ListAsync(EventFilter filter, CancellationToken cancel) =>
        filter.Exhibitions.Count == 0 || filter.Values is { Count: 0 }
            ? Task.FromResult<IReadOnlyList<EventRow>>([])
            : database.ConnectedAsync<IReadOnlyList<EventRow>>(
                async session => await ReadAsync(session, filter),
                cancel
            );

    public Task<EventRow?> FindAsync(PressKind kind, long id, CancellationToken cancel)
    {
        var table = PressTable.Of(kind).Name;
        return database.ConnectedAsync(
            async session =>
                (
                    await session.ReadAsync(
                        Select(kind, $"select * from {table}_instance where {table}_instance_id = @id"),
                        Read,
                        ("id", id)
                    )
                ).FirstOrDefault(),
            cancel
        );
    }

    private static Task<List<EventRow>> ReadAsync(SqlSession session, EventFilter filter)
    {
        var (_, kind, time) = PressTable.Of(filter.Kind);
        List<(string, object?)> values = [("from", filter.From), ("until", filter.Until), ("most", filter.Most)];
        var where = $"{time} >= @from and {time} < @until and exhibition_id in ({List("e", filter.Exhibitions)})";
        if (filter.Values is { } wanted)
            where +=
                $" and {kind}_type_id in (select {kind}_type_id from {kind}_type "
                + $"where {kind}_type_value in ({List("v", wanted)}))";
        if (filter.After is { } after)
        {
            where += $" and ({time} > @at or ({time} = @at and {kind}_instance_id > @id))";
            values.AddRange([("at", after.At), ("id", after.Id)]);
        }

        return session.ReadAsync(
            Select(
                filter.Kind,
                $"select * from {kind}_instance where {where} order by {time}, {kind}_instance_id limit @most"
            ),
            Read,
            [.. values]
        );

        string List(string letter, IReadOnlyList<int> numbers) =>
            string.Join(
                ", ",
                numbers.Select(
                    (number, place) =>
                    {
                        values.Add(($"{letter}{place}", number));
                        return $"@{letter}{place}";
                    }
                )
            );
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
}
