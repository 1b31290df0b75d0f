using System.Globalization;
using System.Net;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;
using Npgsql;

namespace MuseumPipeline.Tests.Commands.Security;

/// <summary>Every command does its work under the role that is made for it, and that role can do nothing else.</summary>
public sealed class GrantsTests(PostgresServer server) : IAsyncLifetime
{
    private const string Denied = "42501";

    private readonly MuseumProcess museum = new();
    private readonly List<string> roles = [];
    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await server.FreshDatabaseAsync();
        As(database.Connection.Username!);
        await DoAsync("db", "migrate");
    }

    public async ValueTask DisposeAsync()
    {
        museum.Dispose();
        await database.DisposeAsync();
        foreach (var role in roles)
            await server.ExecuteAsync($"drop role if exists {role}");
    }

    private void As(string user)
    {
        var to = database.Connection;
        museum.Environment["LOCAL_HOST"] = to.Host!;
        museum.Environment["LOCAL_PORT"] = to.Port.ToString(CultureInfo.InvariantCulture);
        museum.Environment["LOCAL_DB"] = to.Database!;
        museum.Environment["LOCAL_USERNAME"] = user;
        museum.Environment["LOCAL_PASSWORD"] = to.Password!;
    }

    private async Task<string> DoAsync(params string[] command)
    {
        var outcome = await museum.RunAsync(command);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', command)}: {outcome.Error}");
        return outcome.Out;
    }

    /// <summary>A user that has the role for something and nothing else.</summary>
    private async Task<string> UserAsync(string purpose)
    {
        As(database.Connection.Username!);
        var (role, user) = ($"{database.Name}_{purpose}", $"{database.Name}_{purpose}_user");
        await database.ExecuteAsync(await DoAsync("db", "grants", "--for", purpose, "--role", role));
        var password = database.Connection.Password!.Replace("'", "''", StringComparison.Ordinal);
        await database.ExecuteAsync($"create role {user} login password '{password}' in role {role}");
        roles.AddRange([user, role]);
        As(user);
        return user;
    }

    private NpgsqlConnectionStringBuilder ConnectionOf(string user) =>
        new(database.Connection.ConnectionString) { Username = user, Pooling = false };

    private async Task<string?> FaultOfAsync(string user, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionOf(user).ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        try
        {
            await command.ExecuteNonQueryAsync(Cancel);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    private async Task RefusedAsync(string user, params string[] statements)
    {
        foreach (var sql in statements)
            Assert.True(await FaultOfAsync(user, sql) == Denied, $"{user}: {sql}");
    }

    [Fact]
    public async Task A_load_loads_replays_verifies_and_removes()
    {
        var user = await UserAsync("load");

        await DoAsync("load", "-b", Samples.Day);
        await DoAsync("load", "-b", Samples.Day);
        await DoAsync("runs");
        await DoAsync("db", "status");
        await DoAsync("quarantine", "list");
        await DoAsync("quarantine", "replay", "--all");
        await DoAsync("verify");
        var source = (await museum.RunAsync("sources", "list", "--json"))
            .Json.GetProperty("sources")
            .EnumerateArray()
            .Select(row => row.GetProperty("source").GetString()!)
            .First(name => name.EndsWith(".csv", StringComparison.Ordinal));
        await DoAsync("sources", "remove", source);
        await RefusedAsync(
            user,
            "select * from dashboard_user",
            "select * from dashboard_key",
            "update audit_event set detail = ''",
            "delete from audit_event",
            "insert into dashboard_user (name) values ('eve')",
            "create table theirs (a integer)"
        );
    }

    [Fact]
    public async Task A_consumer_consumes()
    {
        As(database.Connection.Username!);
        await DoAsync("load", "-b", Samples.Day);
        var user = await UserAsync("consume");

        await DoAsync("consume", "--from", Samples.Messages);
        await DoAsync("quarantine", "replay", "--all");
        await RefusedAsync(user, "select * from dashboard_token", "delete from incident_action");
    }

    [Fact]
    public async Task A_report_reads_and_writes_nothing()
    {
        await DoAsync("load", "-b", Samples.Day);
        var user = await UserAsync("report");

        await DoAsync("report", "--week", "2023-W10", "--for", "exhibitions", "-o", "week.html");
        await DoAsync("report", "--week", "2023-W10", "--for", "security", "-o", "week.html");
        await DoAsync("runs");
        await DoAsync("db", "status");
        await DoAsync("export", "parquet", "--to", "parquet");
        await RefusedAsync(
            user,
            "insert into run default values",
            "delete from rating_instance",
            "select * from dashboard_user",
            "select * from audit_actor",
            "select * from recipient"
        );
    }

    [Fact]
    public async Task Other_programs_see_the_views_alone()
    {
        await DoAsync("load", "-b", Samples.Day);
        var user = await UserAsync("bi");

        foreach (var view in (string[])["rating_info", "support_info", "exhibition_info"])
            Assert.Null(await FaultOfAsync(user, $"select * from {view}"));
        await RefusedAsync(user, "select * from rating_instance", "select * from quarantine", "delete from exhibition");
    }

    [Fact]
    public async Task A_dashboard_reads_and_acknowledges_and_touches_no_press()
    {
        await DoAsync("load", "-b", Samples.Day);
        var user = await UserAsync("serve");
        await using var owner = new PostgresTestStore(database);
        await using var lent = new PostgresTestStore(new TestDatabase(server, database.Name, ConnectionOf(user)));
        await using (await DashboardServer.OpenAsync(owner, users: ["viewer", "security", "operator"])) { }
        var press = await (await LivePresses.BeginAsync(owner.Store)).EmergencyAsync(TimeProvider.System.GetUtcNow());
        await using var dashboard = await DashboardServer.OpenAsync(lent);
        var guard = await dashboard.LoginAsync("security");

        await using var stream = await LiveStream.OpenAsync(dashboard, guard);
        foreach (var path in (string[])["ratings", "safety", "help", "data/live", "data/kiosks", "data/quarantine"])
            await dashboard.JsonAsync($"/api/v1/{path}", guard);
        await dashboard.JsonAsync("/api/v1/data/audit", await dashboard.LoginAsync("operator"));
        await OkAsync($"/api/v1/help/{press}/acknowledge", new { note = "on my way" });
        await OkAsync($"/api/v1/help/{press}/resolve", new { outcome = "First aid", note = "a plaster" });
        await OkAsync("/api/v1/annotations", new { day = "2023-03-06", text = "a quiet day" });
        await OkAsync("/api/v1/exhibition/target", new { exhibition = "EXH_01", mean = 3.0 });
        await OkAsync(
            "/account/password",
            new { current = DashboardServer.Password, password = "seventeen quiet walruses" }
        );
        await OkAsync("/logout", new { });
        await RefusedAsync(
            user,
            "update rating_instance set exhibition_id = 1",
            "delete from support_instance",
            "update quarantine set state = 'superseded'",
            "update incident_action set who = 'somebody else'",
            "update dashboard_user set role = 'operator'",
            "insert into dashboard_user (name) values ('eve')",
            "delete from audit_event"
        );

        async Task OkAsync(string path, object body)
        {
            using var answer = await dashboard.PostAsync(path, body, guard);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(Cancel)}");
            if (answer.Headers.Contains("Set-Cookie") && answer.StatusCode == HttpStatusCode.NoContent)
                guard = DashboardServer.CookieOf(answer).Split(';')[0];
        }
    }

    [Fact]
    public async Task It_is_done_at_once_by_whoever_may_and_others_are_told()
    {
        var role = $"{database.Name}_applied";
        roles.Add(role);
        await database.ExecuteAsync($"create role {role} nologin");
        Assert.Contains(
            "may do what bi needs",
            await DoAsync("db", "grants", "--for", "bi", "--role", role, "--apply"),
            StringComparison.Ordinal
        );
        var unusable = await museum.RunAsync("db", "grants", "--for", "bi", "--role", "no good");
        Assert.Equal(2, unusable.ExitCode);
        Assert.Contains("--role: found 'no good', expected ", unusable.Error, StringComparison.Ordinal);
        var refused = await museum.RunAsync("db", "grants", "--for", "bi", "--role", $"{role}_not", "--apply");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("permission denied to create role", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_has_no_roles()
    {
        using var embedded = new MuseumProcess();
        Assert.Equal(0, (await embedded.RunAsync("db", "migrate")).ExitCode);
        var outcome = await embedded.RunAsync("db", "grants", "--for", "serve");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("the embedded database has no roles", outcome.Error, StringComparison.Ordinal);
    }
}
