using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Curation;

internal sealed class SqlFloorPlans(SqlDatabase database) : IFloorPlans
{
    private const string Plan = "f.floor, p.media_type, p.width, p.height, p.digest";
    private const string Plans = "floor_plan p join floor f on f.floor_id = p.floor_id where p.museum_id = @museum";
    private const string OfFloor =
        "museum_id = @museum and floor_id = (select floor_id from floor where floor = @floor)";

    public Task<FloorPlans> ListAsync(int museumId, CancellationToken cancel) =>
        database.ConnectedAsync(
            async session =>
            {
                var pictures = await session.ReadAsync(
                    $"select {Plan} from {Plans} order by f.floor",
                    Read,
                    ("museum", museumId)
                );
                var places = await session.ReadAsync(
                    """
                    select p.exhibition_id, p.x, p.y from exhibition_place p
                    join exhibition e on e.exhibition_id = p.exhibition_id where e.museum_id = @museum
                    """,
                    r => KeyValuePair.Create(r.Int(), new PlanPlace(r.Real(), r.Real())),
                    ("museum", museumId)
                );
                return new FloorPlans(pictures, places.ToDictionary());
            },
            cancel
        );

    public Task<(FloorPlan Plan, byte[] Picture)?> PictureAsync(int museumId, string floor, CancellationToken cancel) =>
        database.ConnectedAsync<(FloorPlan Plan, byte[] Picture)?>(
            async session =>
            {
                var found = await session.ReadAsync(
                    $"select {Plan}, p.picture from {Plans} and f.floor = @floor",
                    r => (Read(r), r.BytesOrNull()!),
                    ("museum", museumId),
                    ("floor", floor)
                );
                return found is [var one, ..] ? one : null;
            },
            cancel
        );

    public Task SetAsync(int museumId, FloorPlan plan, byte[] picture, OperatorMove move, CancellationToken cancel)
    {
        const string Set = """
            insert into floor_plan (museum_id, floor_id, media_type, width, height, digest, picture)
            values (@museum, @floor, @type, @width, @height, @digest, @picture)
            on conflict (museum_id, floor_id) do update set media_type = excluded.media_type, width = excluded.width,
              height = excluded.height, digest = excluded.digest, picture = excluded.picture
            """;
        return database.TransactAsync(
            async session =>
            {
                var floors = await FloorsAsync(session, museumId);
                if (!floors.TryGetValue(plan.Floor, out var floor))
                    throw new MuseumException(
                        ExitCode.Configuration,
                        $"found no exhibition on a floor '{plan.Floor}', expected one of "
                            + $"{string.Join(", ", floors.Keys.Order(StringComparer.Ordinal))}"
                    );
                await session.ExecuteAsync(
                    Set,
                    ("museum", museumId),
                    ("floor", floor),
                    ("type", plan.MediaType),
                    ("width", plan.Width),
                    ("height", plan.Height),
                    ("digest", plan.Digest),
                    ("picture", picture)
                );
                return await session.RecordAsync($"floor {plan.Floor} of museum {museumId}", move);
            },
            cancel
        );
    }

    public Task<bool> RemoveAsync(int museumId, string floor, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(
            session =>
                session.ChangeAsync(
                    $"floor {floor} of museum {museumId}",
                    move,
                    $"delete from floor_plan where {OfFloor}",
                    ("museum", museumId),
                    ("floor", floor)
                ),
            cancel
        );

    public Task PlaceAsync(
        int museumId,
        string publicId,
        PlanPlace? place,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        database.TransactAsync(
            async session =>
            {
                var id = await session.NumberAsync(
                    "select exhibition_id from exhibition where museum_id = @museum and public_id = @id",
                    ("museum", museumId),
                    ("id", publicId)
                );
                if (id is null)
                    throw new MuseumException(
                        ExitCode.Configuration,
                        $"found no exhibition '{publicId}', expected the public id of one: "
                            + await IdsAsync(session, museumId)
                    );
                await PutAsync(session, id.Value, place);
                return await session.RecordAsync(string.Create(CultureInfo.InvariantCulture, $"exhibition {id}"), move);
            },
            cancel
        );

    private static Task<int> PutAsync(SqlSession session, long exhibition, PlanPlace? place) =>
        place is { } there
            ? session.ExecuteAsync(
                """
                insert into exhibition_place (exhibition_id, x, y) values (@exhibition, @x, @y)
                on conflict (exhibition_id) do update set x = excluded.x, y = excluded.y
                """,
                ("exhibition", (int)exhibition),
                ("x", there.X),
                ("y", there.Y)
            )
            : session.ExecuteAsync(
                "delete from exhibition_place where exhibition_id = @exhibition",
                ("exhibition", (int)exhibition)
            );

    private static async Task<Dictionary<string, int>> FloorsAsync(SqlSession session, int museumId) =>
        (
            await session.ReadAsync(
                """
                select distinct f.floor, f.floor_id from floor f join exhibition e on e.floor_id = f.floor_id
                where e.museum_id = @museum
                """,
                r => KeyValuePair.Create(r.Text(), r.Int()),
                ("museum", museumId)
            )
        ).ToDictionary(StringComparer.Ordinal);

    private static async Task<string> IdsAsync(SqlSession session, int museumId) =>
        string.Join(
            ", ",
            await session.ReadAsync(
                "select public_id from exhibition where museum_id = @museum order by public_id",
                r => r.Text(),
                ("museum", museumId)
            )
        );

    private static FloorPlan Read(Row r) => new(r.Text(), r.Text(), r.Int(), r.Int(), r.Text());
}
