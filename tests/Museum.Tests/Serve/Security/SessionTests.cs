using System.Net;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>When a login ends, for whoever holds its cookie.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private DashboardServer server = null!;

    private static OperatorMove Move => new("test", "test", "");

    public async ValueTask InitializeAsync() =>
        server = await DashboardServer.OpenAsync(clock: clock, users: ["viewer", "security"]);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<HttpStatusCode> LookAsync(string cookie) =>
        (await server.GetAsync("/api/v1/me", cookie)).StatusCode;

    /// <summary>A call for help that does not exist: 404 shows that the request was let in.</summary>
    private async Task<HttpStatusCode> ActAsync(string cookie) =>
        (await server.PostAsync("/api/v1/help/1/acknowledge", new { }, cookie)).StatusCode;

    /// <summary>The cookie after a request, renewed or not.</summary>
    private async Task<string> StayAsync(string cookie, string path = "/api/v1/me")
    {
        using var answer = await server.GetAsync(path, cookie, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.Contains("Set-Cookie") ? DashboardServer.CookieOf(answer).Split(';')[0] : cookie;
    }

    [Fact]
    public async Task A_copy_of_the_cookie_is_worth_nothing_after_the_logout()
    {
        var (cookie, other) = (await server.LoginAsync("viewer"), await server.LoginAsync("viewer"));
        Assert.Equal(HttpStatusCode.OK, await LookAsync(cookie));

        using var left = await server.PostAsync("/logout", new { }, cookie);

        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (await LookAsync(cookie), await LookAsync(other))
        );
    }

    [Fact]
    public async Task And_at_no_other_server_of_the_database()
    {
        await using var second = await DashboardServer.OpenAsync(server.Database);
        var cookie = await server.LoginAsync("viewer");
        var there = $"__Host-museum-{second.Address.Port}={cookie[(cookie.IndexOf('=') + 1)..]}";
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/api/v1/me", there)).StatusCode);

        await server.PostAsync("/logout", new { }, cookie);
        // What a server knows of ended sessions is three seconds old at most.
        await Task.Delay(TimeSpan.FromSeconds(3.5), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("/api/v1/me", there)).StatusCode);
    }

    [Fact]
    public async Task An_open_page_keeps_the_session_until_its_last_hour_and_no_longer()
    {
        var cookie = await server.LoginAsync("viewer");
        for (var thirds = 1; thirds < 36; thirds++)
        {
            clock.Advance(TimeSpan.FromMinutes(20));
            cookie = await StayAsync(cookie);
        }

        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(cookie));
    }

    [Fact]
    public async Task Without_an_open_page_it_ends_after_the_idle_limit()
    {
        var cookie = await server.LoginAsync("viewer");
        clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, await LookAsync(cookie));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(cookie));
    }

    [Fact]
    public async Task Whoever_only_watched_logs_in_again_before_they_act_and_a_reload_does_not_do()
    {
        var cookie = await server.LoginAsync("security");
        for (var look = 0; look < 2; look++)
        {
            clock.Advance(TimeSpan.FromMinutes(20));
            cookie = await StayAsync(cookie);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await ActAsync(cookie));
        Assert.Equal(HttpStatusCode.OK, await LookAsync(cookie));
        cookie = await StayAsync(cookie, "/safety");
        Assert.Equal(HttpStatusCode.Unauthorized, await ActAsync(cookie));
        Assert.NotEqual(HttpStatusCode.Unauthorized, await ActAsync(await server.LoginAsync("security")));
    }

    [Fact]
    public async Task Whoever_opens_pages_and_acts_continues_acting()
    {
        var cookie = await server.LoginAsync("security");
        for (var look = 0; look < 3; look++)
        {
            clock.Advance(TimeSpan.FromMinutes(20));
            cookie = await StayAsync(cookie, "/safety");
            Assert.NotEqual(HttpStatusCode.Unauthorized, await ActAsync(cookie));
        }
    }

    [Fact]
    public async Task The_limits_are_settings()
    {
        var brief = new ServeSettings { Session = TimeSpan.FromHours(1), Idle = TimeSpan.FromMinutes(50) };
        await using var other = await DashboardServer.OpenAsync(serve: brief, clock: clock, users: "viewer");
        var cookie = await other.LoginAsync("viewer");
        clock.Advance(TimeSpan.FromMinutes(49));
        using var look = await other.GetAsync("/api/v1/me", cookie);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        clock.Advance(TimeSpan.FromMinutes(12));
        using var late = await other.GetAsync("/api/v1/me", DashboardServer.CookieOf(look).Split(';')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }
}
