using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Model;
using MuseumPipeline.Model.Files;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Serve.Security.Local;
using MuseumPipeline.Settings;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class GateTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Any, 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task This_machine_alone_without_users_needs_no_login_and_everybody_is_operator()
    {
        await using var server = await DashboardServer.OpenAsync();
        var me = await server.JsonAsync("/api/v1/me");
        Assert.Equal(
            """{"name":null,"role":"operator","loginRequired":false,"canAcknowledge":true,"canOperate":true"""
                + ""","outcomes":["First aid","Lost child","Directions or a question","Something broken","Pressed by mistake","Nobody there","Other"],"museums":null}""",
            me.GetRawText()
        );
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Another_user_of_this_machine_is_not_let_in_without_a_login()
    {
        if (!OperatingSystem.IsLinux() || FileOwner.Own != FileOwner.Root || !File.Exists("/usr/bin/setpriv"))
            Assert.Skip("only root can call as somebody else");
        await using var server = await DashboardServer.OpenAsync();
        await using var open = await DashboardServer.OpenAsync(serve: new() { LoginPublic = true });

        Assert.Equal(
            ("401", "302", "200"),
            (
                await AsNobodyAsync(server, "/api/v1/me"),
                await AsNobodyAsync(server, "/"),
                await AsNobodyAsync(open, "/api/v1/me")
            )
        );
    }

    private static async Task<string> AsNobodyAsync(DashboardServer server, string path)
    {
        var start = new ProcessStartInfo(
            "setpriv",
            [
                "--reuid=65534",
                "--clear-groups",
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                new Uri(server.Address, path).AbsoluteUri,
            ]
        )
        {
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        using var curl = Process.Start(start)!;
        var code = await curl.StandardOutput.ReadToEndAsync(Cancel);
        await curl.WaitForExitAsync(Cancel);
        return code;
    }

    [Fact]
    public async Task The_one_time_address_lets_one_browser_in_and_no_second()
    {
        await using var server = await DashboardServer.OpenAsync();
        var address = server.Services.GetRequiredService<OneTimeAddress>().Path;

        using var wrong = await server.GetAsync(OneTimeAddress.Route + "?token=0123456789abcdef0123456789abcdef");
        using var first = await server.GetAsync(address);
        using var second = await server.GetAsync(address);

        Assert.Equal("/login?problem=once", wrong.Headers.Location!.OriginalString);
        Assert.Equal("/", first.Headers.Location!.OriginalString);
        Assert.Contains("samesite=strict", DashboardServer.CookieOf(first), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("/login?problem=once", second.Headers.Location!.OriginalString);
        Assert.False(second.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_first_user_closes_a_running_server_for_everybody_who_came_without_a_name()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await DashboardServer.OpenAsync(clock: clock);
        using var once = await server.GetAsync(server.Services.GetRequiredService<OneTimeAddress>().Path);
        var cookie = DashboardServer.CookieOf(once).Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/me", cookie)).StatusCode);

        await server.Store.Users.AddAsync(
            "ada",
            "viewer",
            Passwords.Hash(DashboardServer.Password),
            new("test", "users add", ""),
            Cancel
        );
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/api/v1/me", cookie)).StatusCode);
        var ada = await server.LoginAsync("ada");
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/me", ada)).StatusCode);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:9999", true)]
    [InlineData("[::1]", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("192.168.1.5", false)]
    [InlineData("localhost.evil.example:8080", false)]
    public async Task A_name_of_somebody_elses_that_leads_here_gets_nothing(string host, bool answered)
    {
        await using var server = await DashboardServer.OpenAsync();
        foreach (var path in (string[])["/", "/api/v1/me"])
        {
            using var response = await server.GetAsync(path, null, ("Host", host));
            Assert.Equal(answered ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_open_address_is_refused_with_everything_it_lacks_in_one_message()
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() => DashboardServer.OpenAsync(listen: Anywhere));
        Assert.Equal(ExitCode.Configuration, error.ExitCode);
        Assert.StartsWith(
            "MUSEUM_LISTEN: found 0.0.0.0:0, which others can reach; expected somebody who may log in: museum "
                + "users add",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("; and encryption: MUSEUM_TLS_CERTIFICATE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_alone_do_not_open_an_address_without_encryption()
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            DashboardServer.OpenAsync(listen: Anywhere, users: "operator")
        );
        Assert.DoesNotContain("users add", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected encryption", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_on_this_machine_brings_others_to_a_loopback_address()
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            DashboardServer.OpenAsync(serve: new() { BehindProxy = true })
        );
        Assert.Contains(
            "which others can reach; expected somebody who may log in",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_login_may_be_asked_for_on_this_machine_too()
    {
        await Assert.ThrowsAsync<MuseumException>(() =>
            DashboardServer.OpenAsync(serve: new() { LoginRequired = true })
        );
        await using var server = await DashboardServer.OpenAsync(
            serve: new() { LoginRequired = true },
            users: "viewer"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Behind_a_proxy_only_what_came_encrypted_is_answered_and_only_this_machines_word_counts()
    {
        await using var server = await DashboardServer.OpenAsync(serve: new() { BehindProxy = true }, users: "viewer");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await server.GetAsync("/login")).StatusCode);
        using var page = await server.GetAsync(
            "/login",
            null,
            ("X-Forwarded-Proto", "https"),
            ("Host", "museum.example")
        );
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(page.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("dashboard.museum.example", HttpStatusCode.OK)]
    [InlineData("DASHBOARD.museum.example:443", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("dashboard.museum.example:8443", HttpStatusCode.MisdirectedRequest)]
    public async Task Behind_a_proxy_no_name_is_answered_but_the_public_one(string host, HttpStatusCode expected)
    {
        await using var server = await DashboardServer.OpenAsync(
            serve: new() { BehindProxy = true, PublicUrl = new Uri("https://dashboard.museum.example") },
            users: "viewer"
        );

        using var page = await server.GetAsync("/login", null, ("X-Forwarded-Proto", "https"), ("Host", host));

        Assert.Equal(expected, page.StatusCode);
    }

    [Fact]
    public async Task A_redirect_never_names_the_host_that_was_asked_for()
    {
        await using var server = await DashboardServer.OpenAsync(serve: new() { BehindProxy = true }, users: "viewer");

        using var page = await server.GetAsync(
            "/safety",
            null,
            ("X-Forwarded-Proto", "https"),
            ("Host", "evil.example")
        );

        Assert.Equal("/login?next=%2Fsafety", page.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls_and_asks_browsers_to_stay_with_it()
    {
        using var files = new MuseumProcess();
        var pem = TestCertificates.For("dashboard.test");
        files.Write("certificate.pem", pem.ServerCertificate + "\n" + pem.Authority);
        files.Write("key.pem", pem.ServerKey);
        var tls = new TlsFiles(
            Path.Combine(files.Directory, "certificate.pem"),
            Path.Combine(files.Directory, "key.pem")
        );
        await using var server = await DashboardServer.OpenAsync(
            serve: new() { Tls = tls },
            listen: Anywhere,
            users: "viewer"
        );
        using var client = TestTls.Client(pem.Authority, "dashboard.test", server.Address.Port);

        using var page = await client.GetAsync($"https://dashboard.test:{server.Address.Port}/login", Cancel);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task Files_that_are_no_certificate_are_reported_by_name()
    {
        using var files = new MuseumProcess();
        files.Write("a.pem", "nothing");
        var path = Path.Combine(files.Directory, "a.pem");
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            DashboardServer.OpenAsync(serve: new() { Tls = new(path, path) })
        );
        Assert.Contains(
            $"{path} and {path} are no certificate with its key in PEM",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_command_ends_with_3_and_one_message_and_listens_nowhere()
    {
        using var museum = new MuseumProcess();
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        var outcome = await museum.RunAsync("serve", "--listen", $"0.0.0.0:{FreePorts.One()}");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("which others can reach", outcome.Error, StringComparison.Ordinal);
    }
}
