using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class OidcTests : IAsyncLifetime
{
    private readonly HttpClient browser = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });
    private OidcProvider provider = null!;
    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        provider = await OidcProvider.StartAsync();
        server = await DashboardServer.OpenAsync(
            serve: new()
            {
                Oidc = new OidcSettings(
                    provider.Authority,
                    OidcProvider.Client,
                    new Secret(OidcProvider.ClientSecret),
                    "roles"
                ),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await server.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task Who_the_provider_vouches_for_comes_in_and_continues_where_they_were()
    {
        using var done = await ComeAsync("/safety?range=7d");
        Assert.Equal("/safety?range=7d", done.Headers.Location!.OriginalString);
        Assert.Contains("samesite=lax", DashboardServer.CookieOf(done), StringComparison.OrdinalIgnoreCase);
        var me = await server.JsonAsync("/api/v1/me", DashboardServer.CookieOf(done).Split(';')[0]);
        Assert.Equal(
            """{"name":"ada (127.0.0.1)","role":"security","loginRequired":true,"canAcknowledge":true,"canOperate":false"""
                + ""","outcomes":["First aid","Lost child","Directions or a question","Something broken","Pressed by mistake","Nobody there","Other"],"museums":null}""",
            me.GetRawText()
        );
    }

    [Fact]
    public async Task The_highest_of_several_roles_counts_and_strange_ones_do_not()
    {
        provider.Person =
        [
            ("email", "ada@museum.example"),
            ("email_verified", "true"),
            ("roles", "viewer"),
            ("roles", "operator"),
            ("roles", "king"),
        ];
        using var done = await ComeAsync("/");
        var me = await server.JsonAsync("/api/v1/me", DashboardServer.CookieOf(done).Split(';')[0]);
        Assert.Equal(
            ("ada@museum.example (127.0.0.1)", "operator"),
            (me.GetProperty("name").GetString(), me.GetProperty("role").GetString())
        );
    }

    [Fact]
    public async Task Somebody_without_a_role_is_led_back_without_a_cookie()
    {
        provider.Person = [("preferred_username", "eve"), ("roles", "king")];
        using var done = await ComeAsync("/");
        Assert.Equal("/login?problem=no-role", done.Headers.Location!.OriginalString);
        Assert.DoesNotContain(
            Cookies(done),
            cookie => cookie.StartsWith(Login.CookieName(new()), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_token_of_somebody_elses_is_not_believed()
    {
        provider.Forged = true;
        using var done = await ComeAsync("/");
        Assert.Equal("/login?problem=provider", done.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(SecurityAlgorithms.None)]
    [InlineData(SecurityAlgorithms.HmacSha256)]
    public async Task A_token_that_is_not_signed_or_signed_with_what_the_client_knows_is_not_believed(string algorithm)
    {
        provider.Algorithm = algorithm;
        using var done = await ComeAsync("/");
        Assert.Equal("/login?problem=provider", done.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_token_whose_signature_was_cut_off_is_not_believed()
    {
        provider.Cut = true;
        using var done = await ComeAsync("/");
        Assert.Equal("/login?problem=provider", done.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task The_client_s_secret_follows_no_redirect(int status)
    {
        await using var stranger = await OidcProvider.StartAsync();
        provider.Redirect = (status, new Uri(stranger.Authority, "token"));
        using var done = await ComeAsync("/");
        Assert.Equal("/login?problem=provider", done.Headers.Location!.OriginalString);
        Assert.Equal(0, stranger.Asked);
    }

    [Theory]
    [InlineData("issuer", "https://evil.example/")]
    [InlineData("authorization_endpoint", "javascript:alert(1)//")]
    [InlineData("authorization_endpoint", "http://evil.example/authorize")]
    [InlineData("token_endpoint", "http://evil.example/token")]
    [InlineData("jwks_uri", "http://evil.example/keys")]
    public async Task A_document_that_speaks_for_others_is_not_followed(string entry, string value)
    {
        provider.Discovery[entry] = value;
        using var asked = await server.GetAsync("/login/oidc");
        Assert.Equal("/login?problem=provider", asked.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData(255, "/")]
    [InlineData(256, "/login?problem=provider")]
    public async Task A_subject_longer_than_the_standard_allows_is_refused(int length, string to)
    {
        provider.Subject = new string('4', length);
        using var done = await ComeAsync("/");
        Assert.Equal(to, done.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Whom_the_provider_does_not_vouch_for_is_in_the_audit()
    {
        provider.Forged = true;
        using var forged = await ComeAsync("/");
        provider.Forged = false;
        provider.Person = [("preferred_username", "eve"), ("roles", "king")];
        using var without = await ComeAsync("/");
        await server.Services.GetRequiredService<AuditTrail>().StopAsync(Cancel);

        var rows = await server.Store.Audit.ListAsync(10, Cancel);
        Assert.Equal(
            [("", "oidc", "not vouched for"), ("eve (127.0.0.1)", "oidc", "no role")],
            rows.Where(row => row.Event == AuditTrail.Refused)
                .Select(row => (row.Who, row.Provider, row.Detail))
                .OrderBy(row => row.Who, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Answers_that_are_refused_are_limited_before_the_provider_is_asked_again()
    {
        provider.Forged = true;
        for (var n = 0; n < 20; n++)
        {
            using var refused = await ComeAsync("/");
            Assert.Equal("/login?problem=provider", refused.Headers.Location!.OriginalString);
        }

        using var limited = await server.GetAsync("/login/oidc/done?code=made-up&state=made-up");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        Assert.Equal(20, provider.Asked);
    }

    [Theory]
    [InlineData("cross-site", "/login")]
    [InlineData("same-origin", null)]
    [InlineData("none", null)]
    public async Task Another_site_s_page_begins_no_login(string site, string? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/login/oidc"));
        request.Headers.Add("Sec-Fetch-Site", site);
        using var answer = await browser.SendAsync(request, Cancel);
        if (to is null)
            Assert.StartsWith(
                provider.Authority.AbsoluteUri,
                answer.Headers.Location!.OriginalString,
                StringComparison.Ordinal
            );
        else
            Assert.Equal(to, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("eve", "false", "42 (127.0.0.1)")]
    [InlineData("viewer", null, "viewer (127.0.0.1)")]
    [InlineData(" ADA ", null, "ada (127.0.0.1)")]
    [InlineData("ada\u202Enimda", null, "42 (127.0.0.1)")]
    [InlineData("a\u200Bda", null, "42 (127.0.0.1)")]
    public async Task A_name_is_normalised_shown_with_its_provider_and_never_one_that_nobody_verified(
        string name,
        string? verified,
        string shown
    )
    {
        provider.Person = verified is null
            ? [("preferred_username", name), ("roles", "viewer")]
            : [("email", name), ("email_verified", verified), ("roles", "viewer")];
        using var done = await ComeAsync("/");
        var me = await server.JsonAsync("/api/v1/me", DashboardServer.CookieOf(done).Split(';')[0]);
        Assert.Equal(shown, me.GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_answer_nobody_asked_for_is_not_believed()
    {
        using var asked = await server.GetAsync("/login/oidc");
        using var answered = await browser.GetAsync(asked.Headers.Location, Cancel);
        // Without the cookies of the person who asked: a link that somebody was sent.
        using var done = await server.GetAsync(answered.Headers.Location!.PathAndQuery);
        Assert.Equal("/login?problem=provider", done.Headers.Location!.OriginalString);
        Assert.DoesNotContain(
            Cookies(done),
            cookie => cookie.StartsWith(Login.CookieName(new()), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Sessions_a_provider_vouched_for_are_ended_by_name_and_open_streams_with_them_and_new_ones_begin()
    {
        provider.Person = [("preferred_username", "Ada"), ("roles", "security")];
        var ada = await CookieAsync();
        provider.Person = [("preferred_username", "eve"), ("roles", "viewer")];
        var eve = await CookieAsync();
        await using var ended = await LiveStream.OpenAsync(server, ada);
        await using var stays = await LiveStream.OpenAsync(server, eve);

        // Nobody here has the name: only the provider knows her.
        Assert.False(
            await server.Store.Users.EndSessionsAsync("ada (127.0.0.1)", new("test", "users end", ""), Cancel)
        );
        await ended.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (await StatusAsync(ada), await StatusAsync(eve))
        );
        await stays.NextAsync("heartbeat");
        Assert.False(stays.Ended.IsCompleted);

        provider.Person = [("preferred_username", "Ada"), ("roles", "security")];
        ada = await CookieAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ada));
        await server.Store.Users.EndSessionsAsync(null, new("test", "users end", ""), Cancel);
        await stays.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (await StatusAsync(ada), await StatusAsync(eve))
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(await CookieAsync()));

        async Task<string> CookieAsync()
        {
            using var done = await ComeAsync("/");
            return DashboardServer.CookieOf(done).Split(';')[0];
        }

        async Task<HttpStatusCode> StatusAsync(string cookie) =>
            (await server.GetAsync("/api/v1/me", cookie)).StatusCode;
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    public async Task It_leads_nowhere_else(string next)
    {
        using var done = await ComeAsync(next);
        Assert.Equal("/", done.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_login_page_can_tell_which_ways_there_are()
    {
        Assert.Equal("""{"password":false,"oidc":true}""", (await server.JsonAsync("/login/ways")).GetRawText());
        await using var both = await DashboardServer.OpenAsync(
            serve: new()
            {
                Oidc = new OidcSettings(
                    provider.Authority,
                    OidcProvider.Client,
                    new Secret(OidcProvider.ClientSecret),
                    "roles"
                ),
            },
            users: ["viewer"]
        );
        Assert.Equal("""{"password":true,"oidc":true}""", (await both.JsonAsync("/login/ways")).GetRawText());
    }

    [Fact]
    public async Task The_provider_says_which_museums_somebody_may_see_and_none_lets_nobody_in()
    {
        await using var limited = await DashboardServer.OpenAsync(
            serve: new()
            {
                Oidc = new OidcSettings(
                    provider.Authority,
                    OidcProvider.Client,
                    new Secret(OidcProvider.ClientSecret),
                    "roles"
                )
                {
                    MuseumClaim = "museums",
                },
            }
        );
        async Task<(string Role, string Museums, string Code, HttpStatusCode Other)> SeenAsync(
            params (string, string)[] person
        )
        {
            provider.Person = [("preferred_username", "ada"), .. person];
            using var done = await ComeAsync("/", limited);
            var cookie = DashboardServer.CookieOf(done).Split(';')[0];
            var me = await limited.JsonAsync("/api/v1/me", cookie);
            var seen = (await limited.JsonAsync("/api/v1/museums", cookie)).GetProperty("museums");
            using var other = await limited.GetAsync("/api/v1/ratings?museum=PAST", cookie);
            return (
                me.GetProperty("role").GetString()!,
                me.GetProperty("museums").GetRawText(),
                string.Join(' ', seen.EnumerateArray().Select(museum => museum.GetProperty("code").GetString())),
                other.StatusCode
            );
        }

        Assert.Equal(
            ("security", """["LMNH"]""", "LMNH", HttpStatusCode.BadRequest),
            await SeenAsync(("roles", "security"), ("museums", "LMNH"))
        );
        // A museum there is not is no way in to another.
        Assert.Equal("", (await SeenAsync(("roles", "viewer"), ("museums", "PAST"))).Code);
        Assert.Equal("LMNH", (await SeenAsync(("roles", "operator"), ("museums", "PAST"))).Code);

        provider.Person = [("preferred_username", "eve"), ("roles", "security")];
        using var refused = await ComeAsync("/", limited);
        Assert.Equal("/login?problem=no-museum", refused.Headers.Location!.OriginalString);
        Assert.DoesNotContain(
            Cookies(refused),
            cookie => cookie.StartsWith(Login.CookieName(new()), StringComparison.Ordinal)
        );
    }

    /// <summary>The whole login, as a browser does it.</summary>
    private async Task<HttpResponseMessage> ComeAsync(string next, DashboardServer? to = null)
    {
        var server = to ?? this.server;
        using var asked = await server.GetAsync($"/login/oidc?next={Uri.EscapeDataString(next)}");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Contains("code_challenge=", asked.Headers.Location!.Query, StringComparison.Ordinal);
        var cookies = string.Join("; ", Cookies(asked).Select(cookie => cookie.Split(';')[0]));
        using var answered = await browser.GetAsync(asked.Headers.Location, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
        var done = await server.GetAsync(answered.Headers.Location!.PathAndQuery, cookies);
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        return done;
    }

    private static IEnumerable<string> Cookies(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [];
}
