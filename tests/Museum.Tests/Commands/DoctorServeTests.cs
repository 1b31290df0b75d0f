using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MuseumPipeline.Tests.Serve.Incidents;
using MuseumPipeline.Tests.Serve.Security;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

/// <summary>The dashboard's settings, each wrong in turn.</summary>
public sealed class DoctorServeTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly MuseumProcess _museum = new();

    public DoctorServeTests() => _museum.Environment["MUSEUM_LISTEN"] = $"{FreePorts.One()}";

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task Without_settings_the_dashboard_is_for_whoever_runs_it_and_asks_for_no_login()
    {
        var checks = await ExamineAsync(0);

        Assert.Contains(
            $"this machine only, for {Environment.UserName} without a login, not encrypted",
            Found(checks, "dashboard", "ok"),
            StringComparison.Ordinal
        );
        Assert.Contains("MUSEUM_WEBHOOK", Found(checks, "webhook", "absent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_dashboard_is_for_everybody_on_this_machine()
    {
        _museum.Environment["MUSEUM_LOGIN"] = "public";

        Assert.Contains(
            "this machine only, for everybody on this machine (MUSEUM_LOGIN=public), not encrypted",
            Found(await ExamineAsync(0), "dashboard", "ok"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_address_others_reach_needs_a_login_and_encryption()
    {
        _museum.Environment["MUSEUM_LISTEN"] = $"0.0.0.0:{FreePorts.One()}";

        var check = Only(await ExamineAsync(3), "dashboard", "wrong");

        Assert.Contains("would not start", Text(check, "found"), StringComparison.Ordinal);
        Assert.Contains("museum users add", Text(check, "fix"), StringComparison.Ordinal);
        Assert.Contains("MUSEUM_TLS_CERTIFICATE", Text(check, "fix"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_in_the_database_is_somebody_who_may_log_in()
    {
        _museum.Environment["MUSEUM_LOGIN"] = "required";
        Assert.DoesNotContain(
            "MUSEUM_TLS_CERTIFICATE",
            Text(Only(await ExamineAsync(3), "dashboard", "wrong"), "fix"),
            StringComparison.Ordinal
        );
        Assert.Equal(0, (await _museum.RunAsync("db", "migrate")).ExitCode);
        using (var adding = _museum.Start("users", "add", "ada", "--role", "operator", "--password-stdin"))
        {
            await adding.StandardInput.WriteLineAsync("a long enough password");
            adding.StandardInput.Close();
            Assert.Equal(0, (await MuseumProcess.FinishAsync(adding)).ExitCode);
        }

        Assert.Contains(
            "with a login (1 user)",
            Found(await ExamineAsync(0), "dashboard", "ok"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Users_that_cannot_be_asked_for_are_not_a_fault_of_the_settings()
    {
        foreach (
            var (key, value) in new[]
            {
                ("IP", "127.0.0.1"),
                ("PORT", "1"),
                ("NAME", "museum"),
                ("USERNAME", "museum"),
                ("PASSWORD", "a-password-of-its-own"),
                ("SSL_MODE", "disable"),
            }
        )
            _museum.Environment[$"DATABASE_{key}"] = value;
        _museum.Environment["MUSEUM_LOGIN"] = "required";

        var checks = await ExamineAsync(4, "a-password-of-its-own");

        Assert.Contains("was not checked", Found(checks, "dashboard", "absent"), StringComparison.Ordinal);
        Assert.DoesNotContain(checks, c => Text(c, "name") == "dashboard" && Text(c, "state") == "wrong");
    }

    [Fact]
    public async Task A_port_that_is_taken_may_be_the_running_dashboard()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        _museum.Environment["MUSEUM_LISTEN"] = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        Assert.Contains("already", Found(await ExamineAsync(0), "dashboard", "doubtful"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "ok", "days left; its key belongs to it")]
    [InlineData(3, "doubtful", "days left")]
    [InlineData(-1, "wrong", "it has expired")]
    public async Task A_certificate_is_judged_by_the_days_it_has_left(int days, string state, string found)
    {
        Certify(days);

        var text = Found(await ExamineAsync(state == "wrong" ? 3 : 0), "certificate", state);

        Assert.Contains("is for dashboard.test", text, StringComparison.Ordinal);
        Assert.Contains(found, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("certificate.pem", "nothing", "is not a certificate in PEM", "MUSEUM_TLS_CERTIFICATE")]
    [InlineData("key.pem", "nothing", "is not a private key in PEM", "MUSEUM_TLS_KEY")]
    [InlineData("key.pem", null, "does not belong to", "MUSEUM_TLS_KEY")]
    public async Task A_file_that_is_not_what_it_should_be_is_named(
        string file,
        string? text,
        string found,
        string setting
    )
    {
        Certify(400);
        var stranger = TestCertificates.For("dashboard.test").ServerKey;
        _museum.Write(file, text ?? stranger);

        var check = Only(await ExamineAsync(3, stranger.Split('\n')[1]), "certificate", "wrong");

        Assert.Contains(found, Text(check, "found"), StringComparison.Ordinal);
        Assert.Equal(setting, check.GetProperty("settings")[0].GetString());
    }

    [Theory]
    [InlineData(null, null, "ok", "offers the authorization code flow")]
    [InlineData("issuer", "https://somebody.example/", "wrong", "https://somebody.example/")]
    [InlineData("token_endpoint", "http://somebody.example/", "wrong", "token_endpoint")]
    [InlineData("authorization_endpoint", null, "wrong", "no authorization endpoint")]
    [InlineData("response_types_supported", "id_token", "wrong", "authorization code flow")]
    public async Task A_provider_is_judged_by_its_own_document(string? entry, string? value, string state, string found)
    {
        await using var provider = await OidcProvider.StartAsync();
        if (entry is not null)
            provider.Discovery[entry] = entry == "response_types_supported" ? new[] { value } : value;
        UseProvider(provider.Authority);

        var checks = await ExamineAsync(state == "wrong" ? 3 : 0, "a secret of the client");

        Assert.Contains(found, Found(checks, "provider", state), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_not_there_or_somewhere_else_is_named()
    {
        await using var provider = await OidcProvider.StartAsync();
        UseProvider(new(provider.Authority, "realm"));
        Assert.Contains("answered 404", Found(await ExamineAsync(4), "provider", "wrong"), StringComparison.Ordinal);

        UseProvider(new($"http://127.0.0.1:{FreePorts.One()}"));
        Assert.Contains("refused", Found(await ExamineAsync(4), "provider", "wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_is_connected_to_and_told_nothing()
    {
        await using var server = await WebhookServer.StartAsync("127.0.0.1");
        _museum.Write("authority.pem", server.Authority);
        UseWebhook($"https://127.0.0.1:{server.Port}/a-path-of-its-own", "127.0.0.1");
        Assert.Contains(
            "TLS handshake",
            Found(await ExamineAsync(4, "a-path-of-its-own"), "webhook", "wrong"),
            StringComparison.Ordinal
        );

        _museum.Environment["SSL_CERT_FILE"] = Path.Combine(_museum.Directory, "authority.pem");
        Assert.Contains(
            "its certificate is valid",
            Found(await ExamineAsync(0, "a-path-of-its-own"), "webhook", "ok"),
            StringComparison.Ordinal
        );
        Assert.Empty(server.Told);
    }

    [Theory]
    [InlineData("https://localhost/", "localhost", 3, "private addresses only")]
    [InlineData("https://museum.invalid/", "museum.invalid", 4, "there is no machine with the name museum.invalid")]
    [InlineData("https://127.0.0.1:1/", "127.0.0.1", 4, "cannot be reached")]
    public async Task A_webhook_that_leads_nowhere_or_into_the_house_is_wrong(
        string address,
        string host,
        int exitCode,
        string found
    )
    {
        UseWebhook(address, host);

        Assert.Contains(found, Found(await ExamineAsync(exitCode), "webhook", "wrong"), StringComparison.Ordinal);
    }

    private void Certify(int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=dashboard.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("dashboard.test");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(days));
        _museum.Write("certificate.pem", certificate.ExportCertificatePem());
        _museum.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        _museum.Environment["MUSEUM_TLS_CERTIFICATE"] = "certificate.pem";
        _museum.Environment["MUSEUM_TLS_KEY"] = "key.pem";
    }

    private void UseProvider(Uri authority)
    {
        _museum.Environment["MUSEUM_OIDC_AUTHORITY"] = authority.AbsoluteUri;
        _museum.Environment["MUSEUM_OIDC_CLIENT_ID"] = OidcProvider.Client;
        _museum.Environment["MUSEUM_OIDC_CLIENT_SECRET"] = "a secret of the client";
    }

    private void UseWebhook(string address, string host)
    {
        _museum.Environment["MUSEUM_WEBHOOK"] = address;
        _museum.Environment["MUSEUM_WEBHOOK_HOSTS"] = host;
        _museum.Environment["MUSEUM_WEBHOOK_SECRET"] = Secret;
    }

    // No secret is shown, neither to people nor to programs.
    private async Task<List<JsonElement>> ExamineAsync(int exitCode, params string[] secrets)
    {
        var (people, programs) = (await _museum.RunAsync("doctor"), await _museum.RunAsync("doctor", "--json"));
        Assert.Equal((exitCode, exitCode), (people.ExitCode, programs.ExitCode));
        foreach (var secret in (string[])[Secret, .. secrets])
            Assert.All(
                (string[])[people.Out, people.Error, programs.Out, programs.Error],
                text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)
            );
        return [.. programs.Json.GetProperty("checks").EnumerateArray()];
    }

    private static JsonElement Only(List<JsonElement> checks, string name, string state) =>
        Assert.Single(checks, c => Text(c, "name") == name && Text(c, "state") == state);

    private static string Found(List<JsonElement> checks, string name, string state) =>
        Text(Only(checks, name, state), "found");

    private static string Text(JsonElement check, string part) => check.GetProperty(part).GetString() ?? "";
}
