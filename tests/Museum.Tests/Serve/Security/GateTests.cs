using System.Net;
using MuseumPipeline.Model;
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
    public async Task Files_that_are_no_certificate_are_told_by_name()
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
        var outcome = await museum.RunAsync("serve", "--listen", $"0.0.0.0:{FreePorts.One()}");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("which others can reach", outcome.Error, StringComparison.Ordinal);
    }
}
