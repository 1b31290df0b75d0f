using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class LoginTests : IAsyncLifetime
{
    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static OperatorMove Move => new("test", "test", "");

    public async ValueTask InitializeAsync() =>
        server = await DashboardServer.OpenAsync(users: ["viewer", "security", "operator"]);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Whoever_logs_in_again_right_after_their_sessions_were_ended_is_in_at_once()
    {
        await using var still = await DashboardServer.OpenAsync(
            clock: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow()),
            users: ["viewer"]
        );
        var before = await still.LoginAsync("viewer");
        await still.JsonAsync("/api/v1/me", before);
        await still.Store.Users.EndSessionsAsync("viewer", Move, Cancel);
        var after = await still.LoginAsync("viewer");
        Assert.Equal("viewer", (await still.JsonAsync("/api/v1/me", after)).GetProperty("name").GetString());
        using var ended = await still.GetAsync("/api/v1/me", before);
        Assert.Equal(HttpStatusCode.Unauthorized, ended.StatusCode);
    }

    [Fact]
    public async Task An_anonymous_request_gets_the_login_and_nothing_else()
    {
        foreach (var page in (string[])["/", "/ratings", "/safety", "/data", "/no/such/page"])
        {
            using var answer = await server.GetAsync(page);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal(
                "/login",
                answer.Headers.Location!.IsAbsoluteUri
                    ? answer.Headers.Location.AbsolutePath
                    : answer.Headers.Location.OriginalString.Split('?')[0]
            );
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
        }

        foreach (
            var call in (string[])
                ["/api/v1/me", "/api/v1/live", "/api/v1/openapi.json", "/api/v1/help", "/api/v1/no-such"]
        )
        {
            using var answer = await server.GetAsync(call);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain(
                "openapi",
                await answer.Content.ReadAsStringAsync(Cancel),
                StringComparison.OrdinalIgnoreCase
            );
        }

        using var login = await server.GetAsync("/login");
        Assert.Equal("text/html", login.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_files_of_the_bundle_are_not_for_the_anonymous()
    {
        foreach (
            var name in MuseumPipeline.Serve.Pages.Assets.All.Keys.Where(name =>
                !name.EndsWith(".html", StringComparison.Ordinal)
            )
        )
        {
            using var answer = await server.GetAsync("/" + name);
            Assert.Equal(
                MuseumPipeline.Serve.Pages.Assets.OfTheLogin.Contains(name)
                    ? HttpStatusCode.OK
                    : HttpStatusCode.Redirect,
                answer.StatusCode
            );
        }
    }

    [Theory]
    [InlineData("viewer", false, false)]
    [InlineData("security", true, false)]
    [InlineData("operator", true, true)]
    public async Task A_password_gives_a_cookie_that_says_who_one_is(string name, bool acknowledge, bool operate)
    {
        var me = await server.JsonAsync("/api/v1/me", await server.LoginAsync(name.ToUpperInvariant()));
        Assert.Equal(
            JsonSerializer.Serialize(
                new
                {
                    name,
                    role = name,
                    loginRequired = true,
                    canAcknowledge = acknowledge,
                    canOperate = operate,
                    outcomes = new ServeSettings().Outcomes,
                    museums = (string[]?)null,
                }
            ),
            me.GetRawText()
        );
    }

    [Fact]
    public async Task The_cookie_can_be_read_by_no_script_and_goes_nowhere_else()
    {
        using var answer = await server.PostAsync(
            "/login",
            new { name = "viewer", password = DashboardServer.Password }
        );
        var parts = DashboardServer.CookieOf(answer).Split("; ").Select(part => part.ToLowerInvariant()).ToList();
        Assert.StartsWith($"__host-museum-{server.Address.Port}=", parts[0], StringComparison.Ordinal);
        Assert.Superset(new HashSet<string> { "path=/", "secure", "httponly", "samesite=strict" }, parts.ToHashSet());
        Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("viewer", "wrong password")]
    [InlineData("nobody", DashboardServer.Password)]
    public async Task A_wrong_password_and_a_name_nobody_has_are_answered_alike(string name, string password)
    {
        using var answer = await server.PostAsync("/login", new { name, password });
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Equal(
            "name or password is wrong",
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
        );
    }

    [Fact]
    public void No_password_fits_a_name_nobody_has() => Assert.False(Passwords.Fits(null, DashboardServer.Password));

    [Fact]
    public async Task Another_password_another_role_and_removal_end_what_was_given_before()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var other = await DashboardServer.OpenAsync(
            clock: clock,
            users: ["viewer", "security", "operator"]
        );
        foreach (
            var (user, change) in new (string, Func<MuseumStore, Task<bool>>)[]
            {
                ("viewer", s => s.Users.ChangeAsync("viewer", null, Passwords.Hash("another one"), Move, Cancel)),
                ("security", s => s.Users.ChangeAsync("security", "viewer", null, Move, Cancel)),
                ("operator", s => s.Users.RemoveAsync("operator", Move, Cancel)),
            }
        )
        {
            var cookie = await other.LoginAsync(user);
            Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/v1/me", cookie)).StatusCode);
            Assert.True(await change(other.Store));
            clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/v1/me", cookie)).StatusCode);
        }
    }

    [Fact]
    public async Task Sessions_are_ended_by_name_or_all_and_the_password_still_counts()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var other = await DashboardServer.OpenAsync(clock: clock, users: ["viewer", "security"]);
        var (viewer, security) = (await other.LoginAsync("viewer"), await other.LoginAsync("security"));
        Assert.True(await other.Store.Users.EndSessionsAsync("viewer", Move, Cancel));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (await StatusAsync(viewer), await StatusAsync(security))
        );
        viewer = await other.LoginAsync("viewer");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(viewer));
        Assert.True(await other.Store.Users.EndSessionsAsync(null, Move, Cancel));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (await StatusAsync(viewer), await StatusAsync(security))
        );

        async Task<HttpStatusCode> StatusAsync(string cookie) =>
            (await other.GetAsync("/api/v1/me", cookie)).StatusCode;
    }

    [Fact]
    public async Task A_cookie_counts_at_another_server_over_the_same_database()
    {
        await using var another = new Borrowed(server.Database);
        await using var other = await DashboardServer.OpenAsync(another);
        // Behind one address both have one name for it.
        var cookie = await server.LoginAsync("security");
        cookie = cookie.Replace($"-{server.Address.Port}=", $"-{other.Address.Port}=", StringComparison.Ordinal);
        var me = await other.JsonAsync("/api/v1/me", cookie);
        Assert.Equal("security", me.GetProperty("name").GetString());
    }

    /// <summary>Browsers look at the host of a cookie and never at the port.</summary>
    [Fact]
    public async Task Two_dashboards_on_one_host_keep_their_logins_apart()
    {
        await using var other = await DashboardServer.OpenAsync(users: ["viewer"]);
        var jar = new CookieContainer();
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = jar });
        foreach (var dashboard in new[] { server, other })
        {
            using var login = new HttpRequestMessage(HttpMethod.Post, new Uri(dashboard.Address, "/login"))
            {
                Content = JsonContent.Create(new { name = "viewer", password = DashboardServer.Password }),
                Headers = { { "X-Museum", "1" } },
            };
            using var entered = await browser.SendAsync(login, Cancel);
            Assert.Equal(HttpStatusCode.NoContent, entered.StatusCode);
            // A browser treats 127.0.0.1 as secure; this client does not, and is told.
            foreach (var cookie in entered.Headers.GetValues("Set-Cookie"))
                jar.SetCookies(dashboard.Address, cookie.Replace("; secure", "", StringComparison.OrdinalIgnoreCase));
        }

        foreach (var dashboard in new[] { server, other })
        {
            using var me = await browser.GetAsync(new Uri(dashboard.Address, "/api/v1/me"), Cancel);
            Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        }

        Assert.Equal(2, jar.GetCookies(server.Address).Count);
    }

    [Fact]
    public async Task Whoever_is_limited_to_a_museum_sees_no_other()
    {
        await server.Store.Museums.AddAsync(
            new("PAST", "Museum of the Past", "past", "past", new(9, 0), new(17, 0), "Europe/London"),
            Cancel
        );
        var emergency = await (await LivePresses.BeginAsync(server.Store)).EmergencyAsync(
            TimeProvider.System.GetUtcNow()
        );
        Assert.True(await server.Store.Users.LimitAsync("security", ["PAST"], Move, Cancel));
        var cookie = await server.LoginAsync("security");

        JsonElement museums;
        do
        {
            // Numbers may be a second old.
            await Task.Delay(100, Cancel);
            museums = (await server.JsonAsync("/api/v1/museums", cookie)).GetProperty("museums");
        } while (museums.GetArrayLength() == 0);
        Assert.Equal(["PAST"], museums.EnumerateArray().Select(m => m.GetProperty("code").GetString()));
        Assert.Equal(
            "PAST",
            (await server.JsonAsync("/api/v1/ratings?range=today", cookie))
                .GetProperty("period")
                .GetProperty("museum")
                .GetString()
        );
        Assert.Equal(0, (await server.JsonAsync("/api/v1/help", cookie)).GetProperty("presses").GetArrayLength());
        foreach (
            var call in (string[])
                [
                    "ratings?museum=LMNH",
                    "help?museum=lmnh",
                    "safety?museum=LMNH",
                    "data/live?museum=LMNH",
                    "live?museum=LMNH",
                    "ratings?museum=*",
                    "help/events?museum=*",
                    "annotations?museum=Lmnh",
                ]
        )
        {
            using var refused = await server.GetAsync("/api/v1/" + call, cookie);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var said = await refused.Content.ReadAsStringAsync(Cancel);
            Assert.Contains("expected one of PAST", said, StringComparison.Ordinal);
        }

        using var acted = await server.PostAsync($"/api/v1/help/{emergency}/acknowledge", new { note = "" }, cookie);
        Assert.Equal(HttpStatusCode.NotFound, acted.StatusCode);
        await using var stream = await LiveStream.OpenAsync(server, cookie, "?museum=*");
        Assert.Equal("PAST", (await stream.NextAsync("snapshot")).GetProperty("museum").GetString());
        Assert.Equal("PAST", (await stream.NextAsync("heartbeat")).GetProperty("museum").GetString());
    }

    [Fact]
    public async Task A_cookie_somebody_made_up_is_worth_nothing() =>
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await server.GetAsync("/api/v1/me", "__Host-museum=CfDJ8AAAA")).StatusCode
        );

    [Fact]
    public async Task A_form_logs_in_without_a_script_and_leads_to_a_page_of_ours_only()
    {
        foreach (
            var (next, where) in new[]
            {
                ("/safety?range=7d", "/safety?range=7d"),
                ("//evil.example", "/"),
                ("/\\evil.example", "/"),
                ("https://evil.example", "/"),
                ("", "/"),
            }
        )
        {
            using var form = new FormUrlEncodedContent([
                new("name", "viewer"),
                new("password", DashboardServer.Password),
                new("next", next),
            ]);
            using var answer = await server.SendAsync(
                HttpMethod.Post,
                "/login",
                form,
                null,
                ("Origin", server.Address.GetLeftPart(UriPartial.Authority))
            );
            Assert.Equal(
                (HttpStatusCode.SeeOther, where),
                (answer.StatusCode, answer.Headers.Location!.OriginalString)
            );
        }
    }

    [Theory]
    [InlineData("/é", "/%C3%A9")]
    [InlineData("/safety?note=ü 😀", "/safety?note=%C3%BC%20%F0%9F%98%80")]
    [InlineData("/.//evil.example", "/.//evil.example")]
    public async Task A_page_whose_address_is_not_ASCII_is_gone_to_all_the_same(string next, string location)
    {
        using var form = new FormUrlEncodedContent([
            new("name", "viewer"),
            new("password", DashboardServer.Password),
            new("next", next),
        ]);
        using var answer = await server.SendAsync(
            HttpMethod.Post,
            "/login",
            form,
            null,
            ("Origin", server.Address.GetLeftPart(UriPartial.Authority))
        );
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(location, answer.Headers.GetValues("Location").Single());
    }

    [Fact]
    public async Task Logging_out_takes_the_cookie_away()
    {
        using var answer = await server.PostAsync("/logout", new { }, await server.LoginAsync("viewer"));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Contains(
            "expires=Thu, 01 Jan 1970",
            DashboardServer.CookieOf(answer),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public async Task Guesses_at_one_name_and_from_one_address_are_slowed_down()
    {
        var answers = new List<HttpStatusCode>();
        for (var guess = 0; guess < 12; guess++)
            answers.Add(
                (await server.PostAsync("/login", new { name = "viewer", password = $"guess {guess}" })).StatusCode
            );
        Assert.Equal(
            (10, HttpStatusCode.TooManyRequests),
            (answers.Count(a => a == HttpStatusCode.Unauthorized), answers[^1])
        );
        for (var guess = 0; guess < 10; guess++)
            answers.Add(
                (await server.PostAsync("/login", new { name = $"somebody {guess}", password = "a guess" })).StatusCode
            );
        using var late = await server.PostAsync(
            "/login",
            new { name = "security", password = DashboardServer.Password }
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, late.StatusCode);
        Assert.True(late.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_stranger_who_guesses_at_a_name_makes_himself_wait_and_not_the_one_whose_name_it_is()
    {
        await using var other = await DashboardServer.OpenAsync(serve: new() { BehindProxy = true }, users: "viewer");
        for (var guess = 0; guess < 10; guess++)
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync($"guess {guess}", "2001:db8:0:1::5"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(DashboardServer.Password, "2001:db8:0:1:ffff::9"));
        Assert.Equal(HttpStatusCode.NoContent, await TryAsync(DashboardServer.Password, "2001:db8:0:2::5"));
        Assert.Equal(HttpStatusCode.NoContent, await TryAsync(DashboardServer.Password, "192.0.2.1"));

        async Task<HttpStatusCode> TryAsync(string password, string address)
        {
            using var answer = await other.PostAsync(
                "/login",
                new { name = "viewer", password },
                null,
                ("X-Forwarded-For", address),
                ("X-Forwarded-Proto", "https"),
                ("Host", "museum.example")
            );
            return answer.StatusCode;
        }
    }

    [Fact]
    public void Guesses_at_one_name_from_many_addresses_count_together_and_those_refused_at_an_address_do_not()
    {
        using var guesses = Limits.ByName(new Familiar(TimeProvider.System));
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => Try("ada", "192.0.2.0")));
        Assert.Equal(50, Enumerable.Range(1, 100).Count(n => Try("ada", $"192.0.2.{n}")));
        Assert.True(Try("eve", "192.0.2.1"));

        bool Try(string name, string address)
        {
            using var lease = guesses.AttemptAcquire(new(name, address));
            return lease.IsAcquired;
        }
    }

    /// <summary>A second server's view of the first one's database: closing it is the first one's affair.</summary>
    private sealed class Borrowed(TestStore database) : TestStore
    {
        private readonly MuseumStore store = database.Another();

        public override MuseumStore Store => store;

        public override MuseumStore Another(TimeProvider? clock = null) => database.Another(clock);

        public override Task<List<string>> QueryAsync(string sql) => database.QueryAsync(sql);

        public override ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
