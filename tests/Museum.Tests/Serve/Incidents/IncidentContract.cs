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
    public async Task A_call_has_a_life_new_on_the_way_resolved_and_open_again()
    {
        using (await ActAsync("acknowledge", new { note = "running" })) { }
        using var resolved = await ActAsync("resolve", new { outcome = "First aid", note = "a plaster" });
        using var late = await ActAsync("acknowledge", new { note = "me too" });
        using (await ActAsync("reopen", new { note = "it bleeds again" })) { }
        using var atOnce = await ActAsync("resolve", new { note = "" });
        using var unknown = await ActAsync("resolve", new { outcome = "Aliens" });

        var first = await resolved.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        string? Of(JsonElement of, string name) => of.GetProperty(name).GetString();
        Assert.Equal(
            ("resolved", "security", "security", "First aid", "a plaster"),
            (
                Of(first, "state"),
                Of(first, "acknowledgedBy"),
                Of(first, "resolvedBy"),
                Of(first, "outcome"),
                Of(first, "note")
            )
        );
        Assert.Equal(
            ["take", "resolve"],
            first.GetProperty("actions").EnumerateArray().Select(action => Of(action, "action"))
        );
        Assert.Equal(
            "security has resolved it already",
            (await late.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()
        );
        var last = await atOnce.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal(("resolved", null), (Of(last, "state"), Of(last, "outcome")));
        Assert.True(last.GetProperty("resolutionSeconds").GetDouble() >= 0);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        // Numbers may be a second old; half a minute is more than any machine needs.
        JsonElement response;
        var patience = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), "the answer is in no number after 30 s");
            await Task.Delay(100, Cancel);
            response = (await server.JsonAsync("/api/v1/safety?range=today", guard)).GetProperty("response");
        } while (response.GetProperty("answered").GetInt32() == 0);
        Assert.Equal(
            (1, 1),
            (response.GetProperty("answered").GetInt32(), response.GetProperty("resolved").GetInt32())
        );
    }

    [Fact]
    public async Task What_was_acknowledged_before_that_was_distinguished_is_resolved_without_an_outcome()
    {
        await Database.QueryAsync(
            "insert into incident_action (press_id, museum_id, action, who, note, at) "
                + $"values ({press}, 1, 'acknowledge', 'Ada', 'on my way', '2026-11-24T10:00:00.000000Z')"
        );
        var call = (await server.JsonAsync("/api/v1/help?state=all", guard)).GetProperty("presses")[0];
        Assert.Equal("resolved", call.GetProperty("state").GetString());
        Assert.Equal("Ada", call.GetProperty("resolvedBy").GetString());
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null),
            (call.GetProperty("outcome").ValueKind, call.GetProperty("resolutionSeconds").ValueKind)
        );
        Assert.Equal(0, (await server.JsonAsync("/api/v1/help?state=open", guard)).GetProperty("open").GetInt32());
    }

    [Fact]
    public async Task Many_are_acted_on_at_once_and_whoever_was_slower_is_told_which_and_by_whom()
    {
        var more = await LivePresses.BeginAsync(server.Store);
        string[] ids = [press, await more.EmergencyAsync(Now), await more.AssistanceAsync(Now)];
        using (await ActAsync("acknowledge", new { note = "" }, id: ids[1])) { }

        var acted = await ManyAsync(
            new
            {
                ids,
                action = "acknowledge",
                act = "a",
            }
        );
        Assert.Equal([ids[0], ids[2]], Ids(acted.GetProperty("done")));
        var refused = Assert.Single(acted.GetProperty("refused").EnumerateArray());
        Assert.Equal(
            (ids[1], "security is on the way already"),
            (refused.GetProperty("id").GetString(), refused.GetProperty("why").GetString())
        );
        var resolved = await ManyAsync(
            new
            {
                ids,
                action = "resolve",
                outcome = "Other",
                act = "b",
            }
        );
        Assert.Equal(3, resolved.GetProperty("done").GetArrayLength());
    }

    [Fact]
    public async Task An_act_that_is_sent_again_counts_once_and_is_answered_as_the_first_time()
    {
        var body = new
        {
            ids = new[] { press },
            action = "acknowledge",
            note = "on my way",
            act = "0123456789abcdef",
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ManyAsync(body)));
        Assert.All(answers, answer => Assert.Equal([press], Ids(answer.GetProperty("done"))));
        Assert.Equal(1, await Database.NumberAsync("select count(*) from incident_action"));
        Assert.Equal(1, await Database.NumberAsync("select count(*) from operator_action where target like 'press %'"));
    }

    [Fact]
    public async Task Two_who_act_on_the_same_many_at_once_each_know_which_were_theirs()
    {
        var more = await LivePresses.BeginAsync(server.Store);
        List<string> ids = [press];
        for (var call = 0; call < 20; call++)
            ids.Add(await more.AssistanceAsync(Now));
        var reversed = Enumerable.Reverse(ids).ToList();
        var both = await Task.WhenAll(
            ManyAsync(
                new
                {
                    ids,
                    action = "resolve",
                    note = "one",
                    act = "one",
                }
            ),
            ManyAsync(
                new
                {
                    ids = reversed,
                    action = "resolve",
                    note = "two",
                    act = "two",
                }
            )
        );
        var done = both.SelectMany(answer => Ids(answer.GetProperty("done"))).ToList();
        Assert.Equal(21, done.Count);
        Assert.Equal(ids.Order(), done.Order());
        Assert.Equal(21, both.Sum(answer => answer.GetProperty("refused").GetArrayLength()));
        Assert.Equal(21, await Database.NumberAsync("select count(*) from incident_action"));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static IEnumerable<string> Ids(JsonElement presses) =>
        presses.EnumerateArray().Select(one => one.GetProperty("id").GetString()!);

    private async Task<JsonElement> ManyAsync(object body)
    {
        using var answer = await server.PostAsync("/api/v1/help/act", body, guard);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
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
            "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, "
                + "source_id, support_type_id) values (770000000001, '2024-01-01T00:00:00Z', 1, 1, 77, 2)"
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
