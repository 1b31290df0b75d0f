using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>The whole login in a museum that signs its own certificates: the dashboard and its provider both over TLS,
/// the authority known to this process alone.</summary>
public sealed class OidcTlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_comes_in_where_the_authority_is_known_and_nobody_where_it_is_not()
    {
        var tls = TestCertificates.For("127.0.0.1");
        await using var provider = await OidcProvider.StartAsync(tls);
        Assert.Equal(Uri.UriSchemeHttps, provider.Authority.Scheme);

        var (page, me) = await ComeAsync(provider, tls, knowsAuthority: true);
        Assert.Equal((HttpStatusCode.OK, "/safety"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Equal(
            ("ada (127.0.0.1)", "security"),
            (me.GetProperty("name").GetString(), me.GetProperty("role").GetString())
        );

        (page, _) = await ComeAsync(provider, tls, knowsAuthority: false);
        Assert.Equal("/login?problem=provider", page.RequestMessage!.RequestUri!.PathAndQuery);
    }

    /// <summary>As a browser goes, from redirect to redirect, with a jar for its cookies.</summary>
    private static async Task<(HttpResponseMessage Page, JsonElement Me)> ComeAsync(
        OidcProvider provider,
        TestCertificates tls,
        bool knowsAuthority
    )
    {
        using var museum = new MuseumProcess();
        museum.Write("authority.pem", tls.Authority);
        museum.Write("certificate.pem", tls.ServerCertificate);
        museum.Write("key.pem", tls.ServerKey);
        museum.Environment["MUSEUM_TLS_CERTIFICATE"] = "certificate.pem";
        museum.Environment["MUSEUM_TLS_KEY"] = "key.pem";
        museum.Environment["MUSEUM_OIDC_AUTHORITY"] = provider.Authority.AbsoluteUri;
        museum.Environment["MUSEUM_OIDC_CLIENT_ID"] = OidcProvider.Client;
        museum.Environment["MUSEUM_OIDC_CLIENT_SECRET"] = OidcProvider.ClientSecret;
        if (knowsAuthority)
            museum.Environment["SSL_CERT_FILE"] = Path.Combine(museum.Directory, "authority.pem");
        var address = new Uri($"https://127.0.0.1:{FreePorts.One()}");
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        using var process = museum.Start("serve", "--listen", address.Authority);
        try
        {
            using var browser = new HttpClient(new SocketsHttpHandler { SslOptions = TestTls.Trusting(tls.Authority) })
            {
                BaseAddress = address,
            };
            while (!await AnswersAsync(browser))
                Assert.False(process.HasExited, "it ended before it listened");
            var page = await browser.GetAsync("/login/oidc?next=%2Fsafety", Cancel);
            using var me = await browser.GetAsync("/api/v1/me", Cancel);
            return (page, await me.Content.ReadFromJsonAsync<JsonElement>(Cancel));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient browser)
    {
        try
        {
            return (await browser.GetAsync("/login", Cancel)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(50, Cancel);
            return false;
        }
    }
}
