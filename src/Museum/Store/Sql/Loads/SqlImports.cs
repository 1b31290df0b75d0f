using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Loads;

internal sealed class SqlImports(SqlDatabase database) : IImports
{
    /// <summary>The source whose rows keep their numbers: its keys have nothing but a position.</summary>
    private const int KeepsNumbers = 0;

    private const string Empty = """
        select (select count(*) from exhibition) + (select count(*) from source) + (select count(*) from floor)
             + (select count(*) from department)
        """;

    private const string Mark =
        "select source_id from source where location = @location and name = @name and state <> 'replaced'";

    public Task<TakenPlaces> TakePlacesAsync(
        SourceIdentity identity,
        IReadOnlyList<OldExhibition> exhibitions,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            async session =>
            {
                var source = await session.NumberAsync(Mark, ("location", identity.Location), ("name", identity.Name));
                if (source is not null || await session.NumberAsync(Empty) > 0)
                {
                    if (source is null)
                        await session.AddSourceAsync(identity, null);
                    return await ByNameAsync(session, identity.MuseumId, exhibitions, source is KeepsNumbers);
                }

                await session.AddSourceAsync(identity, null, KeepsNumbers);
                await KeepAsync(session, "floor", exhibitions.Select(e => e.Floor));
                await KeepAsync(session, "department", exhibitions.Select(e => e.Department));
                foreach (var exhibition in exhibitions)
                    await InsertAsync(session, identity.MuseumId, exhibition, keep: true);
                await session.ExecuteAsync(session.Dialect.Renumber("exhibition"));
                return new(exhibitions.ToDictionary(e => e.Id, e => e.Id), exhibitions.Count);
            },
            cancel
        );

    /// <summary>Names with their old numbers, and the next numbers after them.</summary>
    private static async Task KeepAsync(SqlSession session, string table, IEnumerable<OldName> names)
    {
        foreach (var name in names.Where(n => n.Id is not null).DistinctBy(n => n.Name))
            await session.NamedAsync(table, name.Name, name.Id);
        await session.ExecuteAsync(session.Dialect.Renumber(table));
    }

    /// <param name="kept">Exhibitions that came with their numbers are known by them, whatever they are called
    /// now.</param>
    private static async Task<TakenPlaces> ByNameAsync(
        SqlSession session,
        int museumId,
        IReadOnlyList<OldExhibition> exhibitions,
        bool kept
    )
    {
        var known = await session.ReadAsync(
            "select exhibition_id, exhibition_name from exhibition where museum_id = @museum order by exhibition_id",
            r => (Id: r.Int(), Name: r.Text()),
            ("museum", museumId)
        );
        var (map, created) = (new Dictionary<int, int>(), 0);
        foreach (var exhibition in exhibitions)
        {
            var same = known.FindIndex(e =>
                kept ? e.Id == exhibition.Id : OldExhibition.IsSame(e.Name, exhibition.Name)
            );
            if (same < 0)
                created++;
            map[exhibition.Id] =
                same >= 0 ? known[same].Id : await InsertAsync(session, museumId, exhibition, keep: false);
        }

        return new(map, created);
    }

    private static async Task<int> InsertAsync(SqlSession session, int museumId, OldExhibition old, bool keep)
    {
        var sql = $"""
            insert into exhibition ({(keep ? "exhibition_id, " : "")}museum_id, public_id, site, exhibition_name,
                exhibition_start_date, exhibition_description, floor_id, department_id)
            values ({(keep ? "@id, " : "")}@museum, @old, @old, @name, @start, @description, @floor, @department)
            returning exhibition_id
            """;
        List<(string, object?)> values =
        [
            ("museum", museumId),
            ("old", $"{OldExhibition.Prefix}{old.Id}"),
            ("name", old.Name),
            ("start", old.Start),
            ("description", old.Description),
            ("floor", await session.NamedAsync("floor", old.Floor.Name)),
            ("department", await session.NamedAsync("department", old.Department.Name)),
        ];
        if (keep)
            values.Add(("id", old.Id));
        var id = (await session.NumberAsync(sql, [.. values]))!.Value;
        return session.Checked("exhibition", id, HourlyCounts.MostExhibitions - 1);
    }

    public async Task<IReadOnlySet<long>> KnownAsync(
        int sourceId,
        PressKind kind,
        OldStretch stretch,
        CancellationToken cancel
    )
    {
        var table = kind is PressKind.Rating ? "rating_instance" : "support_instance";
        var shift = OldRows.HeldAt(kind, 0);
        var sql = $"""
            select position from {table} where {table}_id between @first and @last
            union all
            select position - @shift from quarantine where quarantine_id between @first + @shift and @last + @shift
            """;
        var (first, last) = (EventId.Of(sourceId, stretch.First), EventId.Of(sourceId, stretch.Last));
        var own = kind is PressKind.Rating ? RetiredKind.Rating : RetiredKind.Support;
        return await database.ConnectedAsync(
            async session =>
            {
                var known = await session.ReadAsync(
                    sql,
                    r => r.Long(),
                    ("first", first),
                    ("last", last),
                    ("shift", shift)
                );
                known.AddRange((await session.KeysAsync(first, last, own)).Select(Position));
                var refused = await session.KeysAsync(first + shift, last + shift, RetiredKind.Refusal);
                known.AddRange(refused.Select(key => Position(key - shift)));
                return known.ToHashSet();
            },
            cancel
        );

        static long Position(long key) => key % EventId.PositionsPerSource;
    }
}
