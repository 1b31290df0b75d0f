using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Tests.Settings;

/// <summary>How the dashboard is reached, who may log in, and who is alerted.</summary>
public sealed class SettingsServeTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static MuseumSettings Read(Dictionary<string, string> environment) =>
        SettingsReader.Read(
            new SettingLayers(
                new Dictionary<string, string>(),
                environment,
                new Dictionary<string, string>(),
                null,
                Path.GetTempPath()
            ),
            Needs.Database | Needs.Serve
        );

    private static string Faults(Dictionary<string, string> environment) =>
        Assert.Throws<MuseumException>(() => Read(environment)).Message;

    [Fact]
    public void By_default_it_is_for_this_machine_and_tells_nobody()
    {
        var serve = Read([]).Serve;
        Assert.Equal(
            (false, null, false, null, TimeSpan.FromMinutes(5), null),
            (serve.LoginRequired, serve.Tls, serve.BehindProxy, serve.Oidc, serve.EscalateAfter, serve.Webhook)
        );
    }

    [Fact]
    public void Everything_that_is_set_arrives()
    {
        var serve = Read(
            new()
            {
                ["MUSEUM_LOGIN"] = "required",
                ["MUSEUM_BEHIND_PROXY"] = "true",
                ["MUSEUM_TRUSTED_PROXIES"] = "10.0.0.5, 10.1.0.0/16,fd00::/8",
                ["MUSEUM_OIDC_AUTHORITY"] = "https://login.example.org/realms/museum",
                ["MUSEUM_OIDC_CLIENT_ID"] = "museum",
                ["MUSEUM_OIDC_CLIENT_SECRET"] = "hunter22",
                ["MUSEUM_ESCALATE_MINUTES"] = "3",
                ["MUSEUM_WEBHOOK"] = "https://hooks.example.org/museum",
                ["MUSEUM_WEBHOOK_HOSTS"] = "other.example, Hooks.example.org",
                ["MUSEUM_WEBHOOK_SECRET"] = Key,
            }
        ).Serve;
        Assert.Equal(
            (true, true, "10.0.0.5/32 10.1.0.0/16 fd00::/8"),
            (serve.LoginRequired, serve.BehindProxy, string.Join(' ', serve.TrustedProxies))
        );
        Assert.Equal(
            ("museum", "hunter22", "roles"),
            (serve.Oidc!.ClientId, serve.Oidc.ClientSecret!.Reveal(), serve.Oidc.RoleClaim)
        );
        Assert.Equal(
            (TimeSpan.FromMinutes(3), new Uri("https://hooks.example.org/museum")),
            (serve.EscalateAfter, serve.Webhook!.Address)
        );
    }

    [Theory]
    [InlineData(
        "https://hooks.example.org/",
        "elsewhere.example",
        Key,
        "its host hooks.example.org is not one of MUSEUM_WEBHOOK_HOSTS"
    )]
    [InlineData(
        "http://hooks.example.org/",
        "hooks.example.org",
        Key,
        "expected https: plain http may not leave this machine"
    )]
    [InlineData("https://me:hunter2@hooks.example.org/", "hooks.example.org", Key, "holds a user name or password")]
    [InlineData("https://hooks.example.org/", "hooks.example.org", "hunter2", "MUSEUM_WEBHOOK_SECRET is too short")]
    [InlineData("https://hooks.example.org/", "hooks.example.org", "", "MUSEUM_WEBHOOK_SECRET is not set")]
    [InlineData("hooks.example.org", "hooks.example.org", Key, "expected an address such as https://")]
    public void A_webhook_that_must_not_be_is_refused(string address, string hosts, string secret, string fault)
    {
        var message = Faults(
            new()
            {
                ["MUSEUM_WEBHOOK"] = address,
                ["MUSEUM_WEBHOOK_HOSTS"] = hosts,
                ["MUSEUM_WEBHOOK_SECRET"] = secret,
            }
        );
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://dashboard.museum.example", "")]
    [InlineData("https://museum.example:8443/", "")]
    [InlineData("https://museum.example/dashboard", "/dashboard")]
    [InlineData("https://museum.example/apps/m-1/", "/apps/m-1")]
    public void The_path_of_the_public_address_is_the_prefix(string address, string prefix) =>
        Assert.Equal(prefix, Read(new() { ["MUSEUM_PUBLIC_URL"] = address }).Serve.Prefix);

    [Theory]
    [InlineData("http://museum.example")]
    [InlineData("https://museum.example/?a=b")]
    [InlineData("https://museum.example/a//b")]
    [InlineData("https://museum.example/a%20b")]
    [InlineData("https://museum.example/mus\u00e9e")]
    [InlineData("https://museum.example/;a=b")]
    [InlineData("https://museum.example/data")]
    [InlineData("https://museum.example/API/x")]
    [InlineData("/museum")]
    public void What_is_no_public_address_is_refused(string address) =>
        Assert.Contains(
            $"MUSEUM_PUBLIC_URL (environment): found '{address}'",
            Faults(new() { ["MUSEUM_PUBLIC_URL"] = address }),
            StringComparison.Ordinal
        );

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        var message = Faults(
            new()
            {
                ["MUSEUM_LOGIN"] = "maybe",
                ["MUSEUM_TLS_CERTIFICATE"] = "/no/such.pem",
                ["MUSEUM_TRUSTED_PROXIES"] = "proxy.example",
                ["MUSEUM_OIDC_CLIENT_ID"] = "museum",
                ["MUSEUM_ESCALATE_MINUTES"] = "0",
            }
        );
        Assert.StartsWith("the configuration has 6 faults:", message, StringComparison.Ordinal);
        foreach (
            var part in (string[])
                [
                    "MUSEUM_LOGIN (environment): found 'maybe', expected one of required, public",
                    "MUSEUM_TLS_CERTIFICATE (environment): found '/no/such.pem', expected an existing PEM file",
                    "MUSEUM_TLS_KEY is not set, and MUSEUM_TLS_CERTIFICATE (environment) needs it",
                    "MUSEUM_TRUSTED_PROXIES (environment): found 'proxy.example'",
                    "MUSEUM_OIDC_AUTHORITY is not set, and MUSEUM_OIDC_CLIENT_ID (environment) needs it",
                    "MUSEUM_ESCALATE_MINUTES (environment): found '0'",
                ]
        )
            Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
