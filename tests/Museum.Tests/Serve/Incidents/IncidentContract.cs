using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Incidents;

public sealed class SqliteIncidentTests() : IncidentContract(TestStore.SqliteAsync);

public sealed class PostgresIncidentTests(PostgresServer server)
    : IncidentContract(() => TestStore.PostgresAsync(server));

/// <summary>What is done about a call for help, over either database.</summary>
public abstract class IncidentContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private DashboardServer server = null!;
    private string press = null!,
        guard = null!;

    protected override async ValueTask BeginAsync()
    {
        server = await DashboardServer.OpenAsync(Database, users: ["viewer", "security"]);
        press = await (await LivePresses.BeginAsync(server.Store)).EmergencyAsync(TimeProvider.System.GetUtcNow());
        guard = await server.LoginAsync("security");
    }

    protected override ValueTask EndAsync() => server.DisposeAsync();

    private Task<HttpResponseMessage> ActAsync(string action, object body, string? cookie = null, string? id = null) =>
        server.PostAsync($"/api/v1/help/{id ?? press}/{action}", body, cookie ?? guard);

    [Fact]
    public async Task A_guard_takes_an_emergency_in_hand_and_gives_it_back()
    {
        using var taken = await ActAsync("acknowledge", new { note = "on my way", name = "somebody else" });
        var now = await taken.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        using var twice = await ActAsync("acknowledge", new { note = "me too" });
        using var back = await ActAsync("reopen", new { note = "not there" });
        using var again = await ActAsync("reopen", new { note = "still not there" });

        Assert.Equal(
            ("acknowledged", "security", "on my way"),
            (
                now.GetProperty("state").GetString(),
                now.GetProperty("acknowledgedBy").GetString(),
                now.GetProperty("note").GetString()
            )
        );
        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.Conflict),
            (twice.StatusCode, back.StatusCode, again.StatusCode)
        );
        Assert.Equal("application/problem+json", twice.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            [$"security|acknowledge|press {press}|on my way", $"security|reopen|press {press}|not there"],
            await Database.QueryAsync(
                "select who, command, target, detail from operator_action where target like 'press %' order by "
                    + "action_id"
            )
        );
    }

    [Fact]
    public async Task A_viewer_may_look_and_not_act()
    {
        using var refused = await ActAsync("acknowledge", new { note = "" }, await server.LoginAsync("viewer"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(0, await Database.NumberAsync("select count(*) from incident_action"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData(null)]
    public async Task Whoever_reopens_a_call_says_why(string? note)
    {
        using var taken = await ActAsync("acknowledge", new { note });
        using var refused = await ActAsync("reopen", new { note });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (taken.StatusCode, refused.StatusCode));
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(
            "note: found no text, expected why the call is open again, in a few words",
            problem.GetProperty("detail").GetString()
        );
        Assert.Equal(1, await Database.NumberAsync("select count(*) from incident_action"));
    }

    [Fact]
    public async Task Of_two_guards_at_once_one_has_it()
    {
        var both = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ActAsync("acknowledge", new { note = "" })));
        Assert.Single(both, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await Database.NumberAsync("select count(*) from incident_action"));
    }

    [Fact]
    public async Task What_is_no_incident_and_what_is_no_note_is_refused()
    {
        await Database.QueryAsync(
            """
            insert into source (source_id, museum_id, kind, location, name, version, size, state, created_at, updated_at)
            values (77, 1, 'object', 'b', 'n', 'v', 1, 'loading', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z')
            """
        );
        await Database.QueryAsync(
            "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, support_type_id) values (770000000001, '2024-01-01T00:00:00Z', 1, 1, 77, 2)"
        );
        foreach (
            var (expected, id, note) in new[]
            {
                (HttpStatusCode.NotFound, "1", ""),
                (HttpStatusCode.NotFound, "no-number", ""),
                (HttpStatusCode.Conflict, "770000000001", ""),
                (HttpStatusCode.BadRequest, press, new string('x', 501)),
                (HttpStatusCode.BadRequest, press, "\0"),
                (HttpStatusCode.OK, press, new string('x', 500)),
            }
        )
        {
            using var answer = await ActAsync("acknowledge", new { note }, id: id);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Without_a_login_who_acts_gives_a_name()
    {
        await using var open = await DashboardServer.OpenAsync();
        var other = await (await LivePresses.BeginAsync(open.Store)).EmergencyAsync(TimeProvider.System.GetUtcNow());
        using var nameless = await open.PostAsync($"/api/v1/help/{other}/acknowledge", new { note = "" });
        using var named = await open.PostAsync($"/api/v1/help/{other}/acknowledge", new { note = "", name = "Ada" });
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.OK), (nameless.StatusCode, named.StatusCode));
    }

    [Fact]
    public async Task A_reset_takes_what_was_done_with_what_it_was_done_about()
    {
        using (await ActAsync("acknowledge", new { note = "" }))
            await server.Store.Maintenance.ResetInteractionsAsync(Cancel);
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "select (select count(*) from incident_action) + (select count(*) from escalation)"
            )
        );
    }
}
