using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Curation;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteFloorPlansTests() : FloorPlansContract(TestStore.SqliteAsync);

public sealed class PostgresFloorPlansTests(PostgresServer server)
    : FloorPlansContract(() => TestStore.PostgresAsync(server));

/// <summary>Pictures of floors and places on them, over either database.</summary>
public abstract class FloorPlansContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly OperatorMove Move = new("ada", "museums floor-plan", "");
    private static readonly FloorPlan First = new("1", "image/png", 640, 480, "abc");
    private int other;

    private IFloorPlans Plans => Database.Store.FloorPlans;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        other = (
            await Database.Store.Museums.AddAsync(
                new("LMS", "Science", "lms", "lms", new(9, 0), new(17, 0), "Europe/London"),
                CancellationToken.None
            )
        ).Id;
        await AddAsync(1, "EXH_00", "0", "1");
        await AddAsync(1, "EXH_01", "1", "Vault");
        await AddAsync(other, "EXH_00", "0", "1");
    }

    private Task<Change> AddAsync(int museum, string id, string site, string floor) =>
        Database.Store.Museums.UpsertExhibitionAsync(
            museum,
            new ExhibitionFacts(id, site, $"Name of {id}", floor, "Zoology", new DateOnly(2021, 3, 3), "…"),
            CancellationToken.None
        );

    [Fact]
    public async Task A_floor_has_one_picture_which_the_next_one_replaces_and_each_museum_its_own()
    {
        await Plans.SetAsync(1, First, [1, 2, 3], Move, Cancel);
        await Plans.SetAsync(1, First with { MediaType = "image/webp", Width = 9, Digest = "def" }, [4], Move, Cancel);
        await Plans.SetAsync(other, First, [5], Move, Cancel);

        var plan = Assert.Single((await Plans.ListAsync(1, Cancel)).Pictures);
        Assert.Equal(new("1", "image/webp", 9, 480, "def"), plan);
        var kept = await Plans.PictureAsync(1, "1", Cancel);
        Assert.Equal([4], kept!.Value.Picture);
        Assert.Equal(plan, kept.Value.Plan);
        Assert.Equal([5], (await Plans.PictureAsync(other, "1", Cancel))!.Value.Picture);
        Assert.Null(await Plans.PictureAsync(1, "Vault", Cancel));

        Assert.True(await Plans.RemoveAsync(1, "1", Move, Cancel));
        Assert.False(await Plans.RemoveAsync(1, "1", Move, Cancel));
        Assert.Empty((await Plans.ListAsync(1, Cancel)).Pictures);
        Assert.Single((await Plans.ListAsync(other, Cancel)).Pictures);
    }

    [Fact]
    public async Task An_exhibition_is_at_one_place_or_nowhere()
    {
        await Plans.PlaceAsync(1, "EXH_00", new(0.25, 0.5), Move, Cancel);
        await Plans.PlaceAsync(1, "EXH_00", new(0, 1), Move, Cancel);
        await Plans.PlaceAsync(1, "EXH_01", new(0.1, 0.1), Move, Cancel);
        await Plans.PlaceAsync(1, "EXH_01", null, Move, Cancel);

        Assert.Equal([new PlanPlace(0, 1)], (await Plans.ListAsync(1, Cancel)).Places.Values);
        Assert.Empty((await Plans.ListAsync(other, Cancel)).Places);
        Assert.Equal(
            ["ada", "ada", "ada", "ada"],
            (await Database.Store.OperatorLog.ListAsync(9, Cancel)).Select(action => action.Who)
        );
    }

    [Fact]
    public async Task What_the_museum_does_not_have_is_refused_and_what_it_has_is_named()
    {
        var floor = await Assert.ThrowsAsync<MuseumException>(() =>
            Plans.SetAsync(1, First with { Floor = "9" }, [1], Move, Cancel)
        );
        var exhibition = await Assert.ThrowsAsync<MuseumException>(() =>
            Plans.PlaceAsync(1, "EXH_09", new(0, 0), Move, Cancel)
        );
        Assert.Equal("found no exhibition on a floor '9', expected one of 1, Vault", floor.Message);
        Assert.Equal("found no exhibition 'EXH_09', expected the public id of one: EXH_00, EXH_01", exhibition.Message);
        Assert.Empty(await Database.Store.OperatorLog.ListAsync(9, Cancel));
    }
}
