using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Tokens;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Security;

public sealed class SqliteTokenTests() : TokenContract(TestStore.SqliteAsync);

public sealed class PostgresTokenTests(PostgresServer server) : TokenContract(() => TestStore.PostgresAsync(server));

/// <summary>A program reads with a token, and does nothing else with it.</summary>
public abstract class TokenContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly OperatorMove Move = new("test", "users token add", "");

    private DashboardServer server = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(Cancel);
        await Database.Store.Museums.AddAsync(
            new("LMS", "Liverpool Museum of Science", "lms", "lms", new(10, 45), new(16, 15), "Europe/London"),
            Cancel
        );
        server = await DashboardServer.OpenAsync(lent: Database, users: "operator");
    }

    protected override async ValueTask EndAsync() => await server.DisposeAsync();

    private async Task<string> AddAsync(string name, DateTimeOffset? expires = null, params string[] museums)
    {
        var (token, hash) = Bearer.Draw();
        var added = new ReadToken(name, museums.Length == 0 ? null : museums, DateTimeOffset.UtcNow, expires);
        Assert.True(await Database.Store.Tokens.AddAsync(added, hash, Move, Cancel));
        return token;
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string token, HttpMethod? method = null)
    {
        using var answer = await server.SendAsync(
            method ?? HttpMethod.Get,
            path,
            method == HttpMethod.Post ? JsonContent.Create(new { }) : null,
            null,
            ("Authorization", $"Bearer {token}"),
            ("X-Museum", "1")
        );
        return answer.StatusCode;
    }

    [Fact]
    public async Task It_reads_until_it_is_revoked()
    {
        var token = await AddAsync("notebook");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/v1/museums", token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/v1/ratings", token, HttpMethod.Head));
        Assert.True(await Database.Store.Tokens.RevokeAsync("notebook", Move, Cancel));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/v1/museums", token));
        Assert.False(await Database.Store.Tokens.RevokeAsync("notebook", Move, Cancel));
    }

    [Fact]
    public async Task It_changes_nothing_and_sees_nothing_of_operators()
    {
        var token = await AddAsync("notebook");

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/api/v1/data/audit", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/v1/live", token));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await StatusAsync("/api/v1/data/quarantine/replay", token, HttpMethod.Post)
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/v1/help/act", token, HttpMethod.Post));
    }

    [Fact]
    public async Task What_is_no_token_lets_nobody_in()
    {
        var old = await AddAsync("old", DateTimeOffset.UtcNow.AddSeconds(-1));
        var (unknown, _) = Bearer.Draw();

        foreach (var wrong in (string[])[old, unknown, "", "museum_", "x", unknown[..^1], unknown + "0"])
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/v1/museums", wrong));
        // A page is no call: there a token is nothing.
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync("/ratings", await AddAsync("new")));
    }

    /// <summary>A program's HTTP library looks there for what to send; of a session it knows nothing.</summary>
    [Theory]
    [InlineData("GET", "/api/v1/museums", null, "Bearer realm=\"museum\"")]
    [InlineData("HEAD", "/api/v1/ratings", null, "Bearer realm=\"museum\"")]
    [InlineData("GET", "/api/v1/museums", "museum_no", "Bearer realm=\"museum\", error=\"invalid_token\"")]
    [InlineData("GET", "/api/v1/live", null, "Session realm=\"museum\"")]
    [InlineData("POST", "/api/v1/help/act", "museum_no", "Session realm=\"museum\"")]
    [InlineData("POST", "/login", null, "Session realm=\"museum\"")]
    public async Task A_refusal_names_what_is_taken_instead(string method, string path, string? token, string challenge)
    {
        using var answer = await server.SendAsync(
            new HttpMethod(method),
            path,
            method == "POST" ? JsonContent.Create(new { name = "operator", password = "wrong" }) : null,
            null,
            [("X-Museum", "1"), .. token is null ? [] : new[] { ("Authorization", $"Bearer {token}") }]
        );

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(challenge, Assert.Single(answer.Headers.GetValues("WWW-Authenticate")));
    }

    [Fact]
    public async Task It_sees_the_museums_it_is_limited_to()
    {
        var token = await AddAsync("lms", null, "LMS");

        using var museums = await server.GetAsync("/api/v1/museums", null, ("Authorization", $"Bearer {token}"));
        var codes = (await museums.Content.ReadFromJsonAsync<JsonElement>(Cancel))
            .GetProperty("museums")
            .EnumerateArray()
            .Select(museum => museum.GetProperty("code").GetString());

        Assert.Equal(["LMS"], codes);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("/api/v1/ratings?museum=LMNH", token));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/api/v1/ratings", token));
    }

    [Fact]
    public async Task The_database_knows_its_hash_alone_and_the_name_once()
    {
        var token = await AddAsync("notebook");

        var rows = await Database.QueryAsync("select * from dashboard_token");
        Assert.DoesNotContain(token[7..], Assert.Single(rows), StringComparison.Ordinal);
        Assert.False(
            await Database.Store.Tokens.AddAsync(
                new ReadToken("notebook", null, DateTimeOffset.UtcNow, null),
                Bearer.Draw().Hash,
                Move,
                Cancel
            )
        );
        Assert.Equal(
            ["token notebook"],
            (await Database.Store.OperatorLog.ListAsync(10, Cancel))
                .Where(action => action.Command == "users token add")
                .Select(action => action.Target)
        );
    }
}
