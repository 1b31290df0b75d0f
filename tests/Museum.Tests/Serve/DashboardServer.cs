using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Model;
using MuseumPipeline.Serve;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve;

/// <summary>The dashboard over its own or a lent database, and clients without cookies: a test itself says what a
/// browser would send.</summary>
internal sealed class DashboardServer(TestStore database, bool lent, Dashboard dashboard) : IAsyncDisposable
{
    public const string Password = "correct horse";

    private static readonly Secret Key = new("the same key for every server of the tests");

    private readonly HttpClient client = new(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = dashboard.Address,
    };

    public Uri Address => dashboard.Address;

    public TestStore Database => database;

    public MuseumStore Store => database.Store;

    /// <summary>The server's services.</summary>
    public IServiceProvider Services => dashboard.Services;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="lent">The caller disposes it.</param>
    /// <param name="users">Names that are their roles too; the password is <see cref="Password"/>.</param>
    public static async Task<DashboardServer> OpenAsync(
        TestStore? lent = null,
        ServeSettings? serve = null,
        IPEndPoint? listen = null,
        TimeProvider? clock = null,
        ILoggerProvider? notes = null,
        PressingKiosk? kiosk = null,
        RecordPlaces? records = null,
        params string[] users
    )
    {
        var database = lent ?? TestStore.Sqlite();
        await database.Store.Maintenance.MigrateAsync(Cancel);
        foreach (var user in users)
            await database.Store.Users.AddAsync(
                user,
                user,
                Passwords.Hash(Password),
                new OperatorMove("test", "users add", user),
                Cancel
            );
        try
        {
            var options = new DashboardOptions(listen ?? new IPEndPoint(IPAddress.Loopback, 0))
            {
                Kiosk = kiosk,
                Records = records,
                Serve = (serve ?? new()) is { KeyGiven: false } usual ? usual with { Key = Key } : serve!,
            };
            ILoggerFactory logs = notes is null ? NullLoggerFactory.Instance : new LoggerFactory([notes]);
            return new(
                database,
                lent is not null,
                await Dashboard.OpenAsync(options, database.Store, clock ?? TimeProvider.System, logs, Cancel)
            );
        }
        catch
        {
            if (lent is null)
                await database.DisposeAsync();
            throw;
        }
    }

    public Task<HttpResponseMessage> GetAsync(
        string path,
        string? cookie = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(HttpMethod.Get, path, null, cookie, headers);

    /// <summary>As the page does it: with the header of every change.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string path,
        object body,
        string? cookie = null,
        params (string Name, string Value)[] headers
    ) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body), cookie, [("X-Museum", "1"), .. headers]);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        string? cookie,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    public async Task<JsonElement> JsonAsync(string path, string? cookie = null)
    {
        using var response = await GetAsync(path, cookie);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    /// <summary>The cookie as a browser would send it back.</summary>
    public async Task<string> LoginAsync(string name, string password = Password)
    {
        using var response = await PostAsync("/login", new { name, password });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return CookieOf(response).Split(';')[0];
    }

    public static string CookieOf(HttpResponseMessage response) =>
        Assert.Single(
            response.Headers.GetValues("Set-Cookie"),
            c => c.StartsWith(Login.CookieName(new()), StringComparison.Ordinal)
        );

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await dashboard.DisposeAsync();
        if (!lent)
            await database.DisposeAsync();
    }
}
