using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Live;

public sealed class SqliteLiveTests() : LiveContract(TestStore.SqliteAsync);

public sealed class PostgresLiveTests(PostgresServer server) : LiveContract(() => TestStore.PostgresAsync(server));

/// <summary>Live events over either database, the presses written by another store, as another process would.</summary>
public abstract class LiveContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private DashboardServer server = null!;
    private MuseumStore elsewhere = null!;
    private LivePresses presses = null!;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    protected override async ValueTask BeginAsync()
    {
        server = await DashboardServer.OpenAsync(Database, users: ["viewer", "security", "operator"]);
        elsewhere = Database.Another();
        presses = await LivePresses.BeginAsync(elsewhere);
    }

    protected override async ValueTask EndAsync()
    {
        await elsewhere.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_begins_with_what_there_is_and_continues_with_what_comes()
    {
        var first = await presses.AssistanceAsync(Now);
        await using var stream = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        var snapshot = await stream.NextAsync("snapshot");
        var second = await presses.EmergencyAsync(Now);
        var press = await stream.NextAsync("press");

        Assert.Equal(
            (first, 1),
            (
                Assert.Single(snapshot.GetProperty("presses").EnumerateArray()).GetProperty("id").GetString(),
                snapshot.GetProperty("open").GetInt32()
            )
        );
        Assert.Equal(
            (second, "emergency", "open"),
            (
                press.GetProperty("id").GetString(),
                press.GetProperty("kind").GetString(),
                press.GetProperty("state").GetString()
            )
        );
    }

    [Fact]
    public async Task After_a_reconnect_what_was_missed_is_in_the_snapshot_or_right_behind_it()
    {
        var cookie = await server.LoginAsync("viewer");
        await using (var stream = await LiveStream.OpenAsync(server, cookie))
            await stream.NextAsync("snapshot");
        var missed = await presses.EmergencyAsync(Now);
        await using var again = await LiveStream.OpenAsync(server, cookie);
        var newest = (await again.NextAsync("snapshot")).GetProperty("presses").EnumerateArray().FirstOrDefault();
        if (newest.ValueKind is System.Text.Json.JsonValueKind.Undefined)
            newest = await again.NextAsync("press");
        Assert.Equal(missed, newest.GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_stream_tells_of_every_museum_and_whether_its_presses_arrive()
    {
        await server.Store.Museums.AddAsync(
            new("PAST", "Museum of the Past", "past", "past", new(9, 0), new(17, 0), "Europe/London"),
            Cancel
        );
        await presses.EmergencyAsync(Now);
        var cookie = await server.LoginAsync("viewer");
        while ((await server.JsonAsync("/api/v1/museums", cookie)).GetProperty("museums").GetArrayLength() < 2)
            await Task.Delay(100, Cancel);
        await using var stream = await LiveStream.OpenAsync(server, cookie, "?museum=*");
        var all = new[] { await stream.NextAsync("snapshot"), await stream.NextAsync("snapshot") };
        Assert.Equal(["LMNH", "PAST"], all.Select(one => one.GetProperty("museum").GetString()));
        Assert.Equal([1, 0], all.Select(one => one.GetProperty("open").GetInt32()));
        Assert.Equal("history", all[1].GetProperty("reception").GetProperty("state").GetString());
        var heartbeat = await stream.NextAsync("heartbeat");
        Assert.True(heartbeat.TryGetProperty("reception", out _));
    }

    [Fact]
    public async Task What_is_acknowledged_at_one_server_is_reported_by_every_other()
    {
        var press = await presses.EmergencyAsync(Now);
        await using var stream = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        await stream.NextAsync("snapshot");
        await elsewhere.Incidents.ActAsync(
            long.Parse(press, System.Globalization.CultureInfo.InvariantCulture),
            new IncidentMove(IncidentMove.Acknowledge, "Ada", "on my way"),
            Cancel
        );
        var told = await stream.NextAsync("press");
        Assert.Equal(
            (press, "acknowledged", "Ada"),
            (
                told.GetProperty("id").GetString(),
                told.GetProperty("state").GetString(),
                told.GetProperty("acknowledgedBy").GetString()
            )
        );
    }

    [Fact]
    public async Task A_backlog_is_one_picture_with_all_that_is_open_and_single_presses_follow_again()
    {
        await using var stream = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        await stream.NextAsync("snapshot");
        await presses.BacklogAsync(300, Now);
        var many = await stream.NextAsync("many");
        var next = await presses.EmergencyAsync(Now);
        var press = await stream.NextAsync("press");

        Assert.Equal((200, 300), (many.GetProperty("presses").GetArrayLength(), many.GetProperty("open").GetInt32()));
        Assert.Equal(next, press.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Streams_that_open_while_calls_keep_coming_learn_of_every_call_and_of_its_last_state()
    {
        const int Calls = 24;
        var cookie = await server.LoginAsync("security");
        List<LiveStream> streams = [];
        List<string> ids = [];
        try
        {
            for (var call = 0; call < Calls; call++)
            {
                ids.Add(await presses.AssistanceAsync(Now));
                if (call == Calls / 2)
                    (await server.PostAsync($"/api/v1/help/{ids[0]}/acknowledge", new { }, cookie)).Dispose();
                streams.Add(await LiveStream.OpenAsync(server, cookie));
            }

            foreach (var stream in streams)
            {
                Dictionary<string, string> states = [];
                while (states.Count < Calls || states[ids[0]] == "open")
                {
                    var told = await stream.NextAsync("snapshot", "press");
                    foreach (
                        var press in told.TryGetProperty("presses", out var all)
                            ? all.EnumerateArray().ToList()
                            : [told]
                    )
                        states[press.GetProperty("id").GetString()!] = press.GetProperty("state").GetString()!;
                }

                Assert.Equal(ids.Order(StringComparer.Ordinal), states.Keys.Order(StringComparer.Ordinal));
            }
        }
        finally
        {
            foreach (var stream in streams)
                await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_open_emergency_is_in_every_snapshot_however_many_calls_came_after_it_and_told_once()
    {
        var early = await presses.EmergencyAsync(Now - TimeSpan.FromHours(1));
        await using var stream = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        Assert.Equal([early], IdsOf(await stream.NextAsync("snapshot")));
        await presses.BacklogAsync(300, Now);
        var many = await stream.NextAsync("many");
        await using var later = await LiveStream.OpenAsync(server, await server.LoginAsync("security"));
        var snapshot = await later.NextAsync("snapshot");

        Assert.Equal((200, 301), (IdsOf(many).Count, many.GetProperty("open").GetInt32()));
        Assert.DoesNotContain(early, IdsOf(many));
        Assert.Equal(
            (201, 301, early),
            (IdsOf(snapshot).Count, snapshot.GetProperty("open").GetInt32(), IdsOf(snapshot)[^1])
        );

        static List<string?> IdsOf(System.Text.Json.JsonElement picture) =>
            [.. picture.GetProperty("presses").EnumerateArray().Select(press => press.GetProperty("id").GetString())];
    }

    [Fact]
    public async Task Numbers_that_move_and_a_line_that_stands_are_reported()
    {
        await using var stream = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        await stream.NextAsync("snapshot");
        await stream.NextAsync("changed");
        var at = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        await presses.RatingAsync(at);
        Assert.Equal(at, (await stream.NextAsync("changed")).GetProperty("asOf").GetDateTimeOffset());
        Assert.Equal(at, (await stream.NextAsync("heartbeat")).GetProperty("asOf").GetDateTimeOffset());
    }

    [Fact]
    public async Task The_stream_of_somebody_who_was_removed_ends_and_others_continue()
    {
        await using var removed = await LiveStream.OpenAsync(server, await server.LoginAsync("operator"));
        await using var stays = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        await elsewhere.Users.RemoveAsync("operator", new OperatorMove("test", "users remove", ""), Cancel);
        await removed.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await stays.NextAsync("heartbeat");
        Assert.False(stays.Ended.IsCompleted);
    }

    [Fact]
    public async Task The_stream_of_somebody_whose_sessions_were_ended_ends_and_it_is_written_down()
    {
        await using var ended = await LiveStream.OpenAsync(server, await server.LoginAsync("operator"));
        await using var stays = await LiveStream.OpenAsync(server, await server.LoginAsync("viewer"));
        Assert.True(
            await elsewhere.Users.EndSessionsAsync("operator", new OperatorMove("Ada", "users end", ""), Cancel)
        );
        Assert.False(await elsewhere.Users.EndSessionsAsync("eve", new OperatorMove("Ada", "users end", ""), Cancel));
        await ended.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await stays.NextAsync("heartbeat");
        Assert.False(stays.Ended.IsCompleted);
        Assert.True(await elsewhere.Users.EndSessionsAsync(null, new OperatorMove("Ada", "users end", ""), Cancel));
        await stays.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        var acts = (await elsewhere.OperatorLog.ListAsync(3, Cancel)).Select(act => (act.Who, act.Command, act.Target));
        Assert.Equal(
            [
                ("Ada", "users end", "every user"),
                ("Ada", "users end", "user eve"),
                ("Ada", "users end", "user operator"),
            ],
            acts
        );
        Assert.Equal(
            ["", "eve", "operator"],
            (await elsewhere.Users.SessionStampsAsync(Cancel)).Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_museum_nobody_knows_is_a_bad_question() =>
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await server.GetAsync("/api/v1/live?museum=XYZ", await server.LoginAsync("viewer"))).StatusCode
        );

    [Fact]
    public async Task A_client_that_does_not_read_is_dropped_and_others_notice_nothing()
    {
        var cookie = await server.LoginAsync("viewer");
        var room = (
            await server.Services.GetRequiredService<LiveFeed>().FindAsync(null, new ClaimsPrincipal(), Cancel)
        )[0];
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancel);
        await slow.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /api/v1/live HTTP/1.1\r\nHost: localhost:{server.Address.Port}\r\nCookie: {cookie}\r\n\r\n"
            ),
            Cancel
        );
        await using var quick = await LiveStream.OpenAsync(server, cookie);
        await quick.NextAsync("snapshot");
        while (room.Clients.Count() < 2)
            await Task.Delay(10, Cancel);

        var events = server.Services.GetRequiredService<LiveEvents>();
        var large = events.Json(new { text = new string('x', 50_000) });
        var told = 0;
        for (; room.Clients.Count() == 2; told++)
        {
            await room.TellAsync(events.Press(large));
            // At the pace of one who reads.
            await quick.NextAsync("press");
        }

        Assert.InRange(told, 257, 5_000);
        await room.TellAsync(events.Press(large));
        await quick.NextAsync("press");
    }
}
