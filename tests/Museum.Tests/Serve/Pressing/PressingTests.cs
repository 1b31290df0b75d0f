using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Simulate;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Pressing;

/// <summary>The kiosk's routes; the whole way of a press is tested in a browser, over a real demo.</summary>
public sealed class PressingTests : IAsyncLifetime
{
    private static readonly StreamIdentity Stream = new(1, "cluster-1", "lmnh", "topic-1");
    private readonly TestStore database = TestStore.Sqlite();
    private readonly List<KioskPress> sent = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private Task<DashboardServer> OpenAsync(bool demo = true, params string[] users) =>
        DashboardServer.OpenAsync(
            database,
            kiosk: demo
                ? new(
                    Stream,
                    (press, _) =>
                    {
                        sent.Add(press);
                        return Task.FromResult(new SentPress(0, sent.Count - 1, "{}"));
                    }
                )
                : null,
            users: users
        );

    [Theory]
    [InlineData("GET", "/kiosk")]
    [InlineData("HEAD", "/kiosk")]
    [InlineData("GET", "/kiosk.js")]
    [InlineData("GET", "/kiosk.css")]
    [InlineData("GET", "/kiosk.html")]
    [InlineData("GET", "/kiosk/museum")]
    [InlineData("POST", "/kiosk/presses")]
    [InlineData("GET", "/kiosk/presses/0/0")]
    public async Task Only_a_demo_has_a_kiosk(string method, string path)
    {
        await using var server = await OpenAsync(demo: false, users: "operator");
        using var answer = await server.SendAsync(
            new HttpMethod(method),
            path,
            method == "POST" ? JsonContent.Create(new { exhibition = "EXH_02", rating = 4 }) : null,
            await server.LoginAsync("operator"),
            ("X-Museum", "1")
        );
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_press_is_called_stored_once_it_is_a_row_and_refused_once_it_is_in_quarantine()
    {
        var live = await LivePresses.BeginAsync(database.Store);
        await using var server = await OpenAsync(users: "viewer");
        var cookie = await server.LoginAsync("viewer");

        Assert.Equal(("Waiting", "lmnh:0@0"), await FateAsync(0));
        await live.RatingAsync(DateTimeOffset.UtcNow);
        Assert.Equal(("Stored", "lmnh:0@0"), await FateAsync(0));
        await live.EmergencyAsync(DateTimeOffset.UtcNow);
        Assert.Equal(("Stored", "lmnh:0@1"), await FateAsync(1));
        foreach (var nowhere in (string[])["1/0", "0/-1", "x/0"])
        {
            using var answer = await server.GetAsync($"/kiosk/presses/{nowhere}", cookie);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        async Task<(string, string)> FateAsync(long offset)
        {
            var fate = await server.JsonAsync($"/kiosk/presses/0/{offset}", cookie);
            var state = fate.GetProperty("state").GetString()!;
            return (char.ToUpperInvariant(state[0]) + state[1..], fate.GetProperty("place").GetString()!);
        }
    }

    [Fact]
    public async Task A_press_carries_its_exhibitions_number_and_nothing_is_sent_for_what_is_no_button()
    {
        await LivePresses.BeginAsync(database.Store);
        await using var server = await OpenAsync(users: "viewer");
        var cookie = await server.LoginAsync("viewer");

        await RefusedAsync(new { }, "exhibition: found '', expected the public id of one of the museum's");
        await RefusedAsync(
            new { exhibition = "2", rating = 1 },
            "exhibition: found '2', expected the public id of one of the museum's"
        );
        await RefusedAsync(
            new { exhibition = "EXH_02" },
            "rating, help: found no button of a kiosk, expected the value of one button"
        );

        using (await server.PostAsync("/kiosk/presses", new { exhibition = "EXH_02", rating = 3 }, cookie))
        using (await server.PostAsync("/kiosk/presses", new { exhibition = "EXH_02", help = 1 }, cookie))
            Assert.Equal([KioskPress.Rating("2", 3), KioskPress.Help("2", 1)], sent);

        async Task RefusedAsync(object press, string why)
        {
            using var refused = await server.PostAsync("/kiosk/presses", press, cookie);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(
                why,
                (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
            );
        }
    }

    [Fact]
    public async Task Somebody_who_may_not_see_the_museum_has_no_kiosk_of_it()
    {
        await LivePresses.BeginAsync(database.Store);
        await database.Store.Museums.AddAsync(
            new MuseumFacts("OTHER", "Another", "other", "other", new(9, 0), new(17, 0), "Europe/London"),
            Cancel
        );
        await using var server = await OpenAsync(users: "viewer");
        await database.Store.Users.LimitAsync("viewer", ["OTHER"], new("test", "users museums", ""), Cancel);
        var cookie = await server.LoginAsync("viewer");

        using var museum = await server.GetAsync("/kiosk/museum", cookie);
        using var press = await server.PostAsync("/kiosk/presses", new { exhibition = "EXH_02", rating = 3 }, cookie);
        using var fate = await server.GetAsync("/kiosk/presses/0/0", cookie);

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (museum.StatusCode, press.StatusCode, fate.StatusCode)
        );
        Assert.Empty(sent);
    }

    [Fact]
    public void Its_message_is_a_real_kiosks()
    {
        var at = new DateTimeOffset(2024, 10, 21, 9, 21, 24, TimeSpan.FromHours(1)).AddTicks(2_547_190);
        Assert.Equal(
            """{"at": "2024-10-21T09:21:24.254719+01:00", "site": "5", "val": 4}""",
            KioskMessage.Of(at, "5", 4, null)
        );
        Assert.Equal(
            """{"at": "2024-10-21T09:21:24.254719+01:00", "site": "0", "val": -1, "type": 1}""",
            KioskMessage.Of(at, "0", -1, 1)
        );
    }
}
