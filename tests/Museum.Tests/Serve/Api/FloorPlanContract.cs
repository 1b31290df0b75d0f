using System.Net;
using System.Text.Json;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class SqliteFloorPlanTests() : FloorPlanContract(TestStore.SqliteAsync);

public sealed class PostgresFloorPlanTests(PostgresServer server)
    : FloorPlanContract(() => TestStore.PostgresAsync(server));

/// <summary>The floors through the API: their order, their exhibitions, who waits there, and their pictures.</summary>
public abstract class FloorPlanContract(Func<Task<TestStore>> create) : ApiContract(create)
{
    private static readonly OperatorMove Move = new("ada", "museums floor-plan", "");

    private static IEnumerable<JsonElement> Exhibitions(JsonElement view) =>
        view.GetProperty("floors").EnumerateArray().SelectMany(f => f.GetProperty("exhibitions").EnumerateArray());

    private static string Calls(JsonElement calls) =>
        string.Join(
            ' ',
            ((string[])["emergencies", "assistance", "other", "unreadable", "onTheWay"]).Select(kind =>
                calls.GetProperty(kind).GetInt32()
            )
        );

    [Fact]
    public async Task Floors_come_from_the_top_down_with_the_ratings_of_their_exhibitions()
    {
        var view = await AskAsync("floor-plan?range=all");
        var rows = (await AskAsync("ratings?range=all")).GetProperty("exhibitions").EnumerateArray().ToList();

        Assert.Equal(
            await Database.QueryAsync(
                """
                select f.floor, count(*) from exhibition e join floor f on f.floor_id = e.floor_id
                group by f.floor order by case f.floor when 'Vault' then 0 else cast(f.floor as integer) end desc
                """
            ),
            view.GetProperty("floors")
                .EnumerateArray()
                .Select(f => $"{f.GetProperty("floor").GetString()}|{f.GetProperty("exhibitions").GetArrayLength()}")
        );
        Assert.Equal(
            rows.Select(row => row.GetRawText()).Order(StringComparer.Ordinal),
            Exhibitions(view).Select(e => e.GetProperty("rating").GetRawText()).Order(StringComparer.Ordinal)
        );
        // A rank is one among all, whatever is chosen.
        var vault = Exhibitions(await AskAsync("floor-plan?range=all&floor=Vault")).ToList();
        Assert.NotEmpty(vault);
        Assert.All(vault, e => Assert.Contains(e.GetProperty("rating").GetRawText(), rows.Select(r => r.GetRawText())));
    }

    [Fact]
    public async Task A_picture_is_sent_so_that_it_can_do_nothing_but_be_seen_and_its_places_with_it()
    {
        var exhibition = Exhibitions(await AskAsync("floor-plan?range=all")).First().GetProperty("rating");
        var (id, floor) = (
            exhibition.GetProperty("publicId").GetString()!,
            exhibition.GetProperty("floor").GetString()!
        );
        var plans = Database.Store.FloorPlans;
        await plans.SetAsync(1, new(floor, "image/svg+xml", 3, 2, "abc"), "<svg/>"u8.ToArray(), Move, Cancel);
        await plans.PlaceAsync(1, id, new(0.25, 0.75), Move, Cancel);

        var view = await AskAsync("floor-plan?range=all");
        var placed = Assert.Single(Exhibitions(view), e => e.GetProperty("x").ValueKind is JsonValueKind.Number);
        Assert.Equal(
            (id, 0.25, 0.75),
            (
                placed.GetProperty("rating").GetProperty("publicId").GetString(),
                placed.GetProperty("x").GetDouble(),
                placed.GetProperty("y").GetDouble()
            )
        );
        using var picture = await Http.GetAsync($"floor-plan/picture?floor={floor}", Cancel);
        Assert.Equal(
            ("image/svg+xml", "<svg/>", "nosniff"),
            (
                picture.Content.Headers.ContentType!.MediaType,
                await picture.Content.ReadAsStringAsync(Cancel),
                picture.Headers.GetValues("X-Content-Type-Options").Single()
            )
        );
        var policy = picture.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.EndsWith("; sandbox", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.Equal("no-cache, private", $"{picture.Headers.CacheControl}");
        using var known = await Http.GetAsync($"floor-plan/picture?floor={floor}&digest=abc", Cancel);
        Assert.Contains("immutable", $"{known.Headers.CacheControl}", StringComparison.Ordinal);
        using var gone = await Http.GetAsync("floor-plan/picture?floor=9", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        // A page of faults has the usual policy.
        Assert.Contains(
            "script-src 'self'",
            gone.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Who_waits_is_counted_where_they_wait_until_somebody_goes()
    {
        var live = await LivePresses.BeginAsync(Database.Store);
        var at = new DateTimeOffset(2023, 3, 7, 12, 40, 0, TimeSpan.Zero);
        var emergency = await live.EmergencyAsync(at);
        await live.AssistanceAsync(at);
        await live.AssistanceAsync(at);
        Assert.Equal("1 2 0 0 0", await WaitingAsync());

        await Database.Store.Incidents.ActAsync(
            long.Parse(emergency, System.Globalization.CultureInfo.InvariantCulture),
            new IncidentMove(IncidentMove.Acknowledge, "ada", ""),
            Cancel
        );
        Assert.Equal("0 2 0 0 1", await WaitingAsync());

        async Task<string> WaitingAsync()
        {
            var view = await AskAsync("floor-plan?range=all");
            var there = Exhibitions(view)
                .Single(e => e.GetProperty("rating").GetProperty("publicId").GetString() == "EXH_02");
            Assert.All(
                Exhibitions(view).Where(e => e.GetRawText() != there.GetRawText()),
                e => Assert.Equal("0 0 0 0 0", Calls(e.GetProperty("calls")))
            );
            return Calls(there.GetProperty("calls"));
        }
    }

    [Fact]
    public async Task The_table_is_the_same_in_a_row_for_each_exhibition()
    {
        var csv = await Http.GetStringAsync("floor-plan?range=all&format=csv", Cancel);
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("floor,publicId,name,x,y,votes,mean", lines[0], StringComparison.Ordinal);
        Assert.Equal(Exhibitions(await AskAsync("floor-plan?range=all")).Count(), lines.Length - 1);
    }
}
