using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>Behind a proxy that serves other things beside it: everything is under <c>/museum</c>, whether the proxy
/// passes that on or takes it away.</summary>
public sealed class PrefixTests : IAsyncLifetime
{
    private const string Public = "https://host.example/museum";

    private DashboardServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Proxies => ["/museum", ""];

    public async ValueTask InitializeAsync() =>
        server = await DashboardServer.OpenAsync(
            serve: new() { BehindProxy = true, PublicUrl = new Uri(Public) },
            users: ["viewer", "security"]
        );

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Pages_name_their_files_under_the_prefix_and_each_is_there(string passed)
    {
        var page = await (await GetAsync(passed + "/login")).Content.ReadAsStringAsync(Cancel);
        var named = Regex.Matches(page, "(?:href|src|action)=\"([^\"]+)\"").Select(match => match.Groups[1].Value);

        Assert.All(named, path => Assert.StartsWith("/museum/", path, StringComparison.Ordinal));
        Assert.Contains("/museum/login.js", named);
        Assert.Contains("/museum/login", named);
        foreach (var path in named.Where(path => Path.HasExtension(path)))
        {
            using var file = await GetAsync(passed + path["/museum".Length..]);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_login_leads_to_the_page_that_was_wanted_with_a_cookie_for_this_path_alone(string passed)
    {
        using var asked = await GetAsync(passed + "/safety?range=7d");
        Assert.Equal("/museum/login?next=%2Fmuseum%2Fsafety%3Frange%3D7d", asked.Headers.Location!.OriginalString);
        using var entered = await EnterAsync(passed, "/museum/safety?range=7d");
        Assert.Equal(
            (HttpStatusCode.SeeOther, "/museum/safety?range=7d"),
            (entered.StatusCode, entered.Headers.Location!.OriginalString)
        );
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Secure-museum=", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/museum; secure;", cookie, StringComparison.Ordinal);

        using var me = await GetAsync(passed + "/api/v1/me", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    [Theory]
    [InlineData("/other")]
    [InlineData("/museums")]
    [InlineData("/museum/../other")]
    [InlineData("/museum/%2e%2E/other")]
    [InlineData("/museum\\..\\other")]
    [InlineData("//museum.example/")]
    [InlineData("https://evil.example/museum/")]
    public async Task The_login_leads_to_nothing_else_of_the_host(string next)
    {
        using var entered = await EnterAsync("/museum", next);

        Assert.Equal("/museum/", entered.Headers.Location!.OriginalString);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_provider_is_told_to_lead_back_under_the_prefix(string passed)
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var with = await DashboardServer.OpenAsync(
            serve: new()
            {
                BehindProxy = true,
                PublicUrl = new Uri(Public),
                Oidc = new(provider.Authority, OidcProvider.Client, new(OidcProvider.ClientSecret), "roles"),
            }
        );
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var asked = await GetAsync(passed + "/login/oidc?next=%2Fmuseum%2Fdata", null, with);
        var cookies = asked.Headers.GetValues("Set-Cookie").ToList();
        Assert.All(
            cookies,
            cookie => Assert.Contains("; path=/museum/login/oidc/done;", cookie, StringComparison.Ordinal)
        );
        using var answered = await browser.GetAsync(asked.Headers.Location, Cancel);
        var back = answered.Headers.Location!.AbsoluteUri;
        Assert.StartsWith($"{Public}/login/oidc/done?", back, StringComparison.Ordinal);
        var sent = string.Join("; ", cookies.Select(cookie => cookie.Split(';')[0]));
        using var done = await GetAsync(passed + back[Public.Length..], sent, with);
        Assert.Equal("/museum/data", done.Headers.Location!.OriginalString);
        using var again = await GetAsync(passed + back[Public.Length..], null, with);
        Assert.Equal("/museum/login?problem=provider", again.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_bare_prefix_is_the_first_page()
    {
        using var bare = await GetAsync("/museum?range=7d");

        Assert.Equal(
            (HttpStatusCode.PermanentRedirect, "/museum/?range=7d"),
            (bare.StatusCode, bare.Headers.Location!.OriginalString)
        );
    }

    [Theory]
    [InlineData("/Museum/login")]
    [InlineData("/museums/login")]
    [InlineData("/museum/museum/login")]
    public async Task Nothing_else_is_taken_for_the_prefix(string path)
    {
        using var entered = await EnterAsync("/museum", null);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie")).Split(';')[0];
        using var answer = await GetAsync(path, cookie);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_description_names_the_prefix_and_the_cookie(string passed)
    {
        using var entered = await EnterAsync(passed, null);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie")).Split(';')[0];
        var text = await (await GetAsync(passed + "/api/v1/openapi.json", cookie)).Content.ReadAsStringAsync(Cancel);

        Assert.Matches("\"servers\":\\s*\\[\\s*{\\s*\"url\":\\s*\"/museum\"", text);
        Assert.Contains("\"__Secure-museum\"", text, StringComparison.Ordinal);
    }

    /// <summary>A path of ours as the prefix could not be told from the page of that name.</summary>
    [Fact]
    public void No_path_of_the_dashboard_itself_may_be_the_prefix()
    {
        var own = server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.Trim('/').Split('/')[0])
            .Where(first => first.Length > 0)
            .Distinct();

        Assert.All(own, first => Assert.Contains(first, PublicAddresses.Own));
    }

    private Task<HttpResponseMessage> EnterAsync(string passed, string? next)
    {
        var form = new FormUrlEncodedContent([
            new("name", "viewer"),
            new("password", DashboardServer.Password),
            .. next is null ? [] : (KeyValuePair<string, string>[])[new("next", next)],
        ]);
        return server.SendAsync(
            HttpMethod.Post,
            passed + "/login",
            form,
            null,
            ("X-Forwarded-Proto", "https"),
            ("Host", "host.example"),
            ("Origin", "https://host.example")
        );
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? cookie = null, DashboardServer? from = null) =>
        (from ?? server).GetAsync(path, cookie, ("X-Forwarded-Proto", "https"), ("Host", "host.example"));
}
