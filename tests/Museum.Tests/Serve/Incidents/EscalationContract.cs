using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Incidents;

public sealed class SqliteEscalationTests() : EscalationContract(TestStore.SqliteAsync);

public sealed class PostgresEscalationTests(PostgresServer server)
    : EscalationContract(() => TestStore.PostgresAsync(server));

/// <summary>Emergencies that nobody acknowledged, two servers over one database, and a webhook.</summary>
public abstract class EscalationContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Now);
    private MuseumStore store = null!,
        other = null!;
    private LivePresses presses = null!;
    private WebhookServer told = null!;

    protected override async ValueTask BeginAsync()
    {
        (store, other) = (Database.Another(clock), Database.Another(clock));
        presses = await LivePresses.BeginAsync(store);
        told = await WebhookServer.StartAsync("127.0.0.1");
    }

    protected override async ValueTask EndAsync()
    {
        await told.DisposeAsync();
        await store.DisposeAsync();
        await other.DisposeAsync();
    }

    private Escalator Server(MuseumStore over)
    {
        var settings = new WebhookSettings(new Uri($"https://127.0.0.1:{told.Port}/"), new Secret(new string('k', 32)));
        // Its quick tries are of this moment, whatever the time of the database.
        var webhook = new Webhook(
            settings,
            TimeProvider.System,
            TimeSpan.FromMilliseconds(10),
            tls: TestTls.Trusting(told.Authority)
        );
        return new(
            over.Incidents,
            new HelpPresses(over.HelpCalls, clock),
            new LiveEvents(Microsoft.Extensions.Options.Options.Create(new JsonOptions())),
            new DashboardOptions(new(System.Net.IPAddress.Loopback, 0)),
            clock,
            NullLoggerFactory.Instance,
            webhook
        );
    }

    private static Task LookAsync(params IReadOnlyList<Escalator> servers) =>
        Task.WhenAll(
            servers.Select(async server =>
            {
                await server.EscalateAsync(Cancel);
                await server.TellAsync(Cancel);
            })
        );

    private Task<List<string>> RowsAsync() =>
        Database.QueryAsync(
            "select press_id, attempts, delivered_at is not null, coalesce(problem, '') from escalation order by "
                + "press_id"
        );

    [Fact]
    public async Task Of_two_servers_one_tells_once()
    {
        var press = await presses.EmergencyAsync(Now);
        Escalator one = Server(store),
            two = Server(other);
        clock.Advance(TimeSpan.FromMinutes(4));
        await LookAsync(one, two);
        Assert.Empty(told.Told);
        clock.Advance(TimeSpan.FromMinutes(2));
        for (var look = 0; look < 5; look++)
            await LookAsync(one, two);

        var message = Assert.Single(told.Told);
        var body = JsonDocument.Parse(message.Body).RootElement;
        Assert.Equal(
            ("escalation", press),
            (body.GetProperty("type").GetString(), body.GetProperty("press").GetProperty("id").GetString())
        );
        Assert.Equal(message.Headers["Idempotency-Key"], body.GetProperty("id").GetString());
        Assert.Equal(
            Now.AddMinutes(6),
            (
                await new HelpPresses(other.HelpCalls, clock).ReadAsync(
                    [long.Parse(press, System.Globalization.CultureInfo.InvariantCulture)],
                    Cancel
                )
            )[0].EscalatedAt
        );
    }

    [Fact]
    public async Task What_is_no_emergency_and_what_is_in_hand_is_not_escalated()
    {
        await presses.AssistanceAsync(Now);
        var taken = await presses.EmergencyAsync(Now);
        await presses.EmergencyAsync(Now.AddDays(-2));
        var id = long.Parse(taken, System.Globalization.CultureInfo.InvariantCulture);
        await store.Incidents.ActAsync(id, new IncidentMove(IncidentMove.Acknowledge, "Ada", ""), Cancel);
        clock.Advance(TimeSpan.FromMinutes(10));
        var server = Server(store);
        await LookAsync(server);
        Assert.Empty(await RowsAsync());

        await store.Incidents.ActAsync(id, new IncidentMove(IncidentMove.Reopen, "Ada", ""), Cancel);
        clock.Advance(TimeSpan.FromMinutes(4));
        await LookAsync(server);
        Assert.Empty(await RowsAsync());
        clock.Advance(TimeSpan.FromMinutes(2));
        await LookAsync(server);
        Assert.StartsWith(taken, Assert.Single(await RowsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_my_way_stops_the_escalation_and_it_resumes_where_the_call_is_not_resolved_in_time()
    {
        var press = await presses.EmergencyAsync(Now);
        var id = long.Parse(press, System.Globalization.CultureInfo.InvariantCulture);
        var server = Server(store);
        clock.Advance(TimeSpan.FromMinutes(6));
        await LookAsync(server);
        Assert.Single(await RowsAsync());
        await store.Incidents.ActAsync(id, new IncidentMove(IncidentMove.Acknowledge, "Ada", ""), Cancel);
        clock.Advance(TimeSpan.FromMinutes(29));
        await LookAsync(server);
        Assert.Single(await RowsAsync());
        Assert.False((await new HelpPresses(store.HelpCalls, clock).ReadAsync([id], Cancel))[0].Overdue);
        clock.Advance(TimeSpan.FromMinutes(2));
        await LookAsync(server);
        await LookAsync(Server(store));
        Assert.Equal(2, (await RowsAsync()).Count);
        var now = (await new HelpPresses(store.HelpCalls, clock).ReadAsync([id], Cancel))[0];
        Assert.Equal((true, "Ada", clock.GetUtcNow()), (now.Overdue, now.AcknowledgedBy, now.EscalatedAt));
        await store.Incidents.ActAsync(id, new IncidentMove(IncidentMove.Resolve, "Ada", "", "Other"), Cancel);
        clock.Advance(TimeSpan.FromHours(1));
        await LookAsync(server);
        Assert.Equal(2, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task A_held_record_that_says_emergency_is_escalated_too()
    {
        await presses.RatingAsync(Now);
        var yes = Database is SqliteTestStore ? "1" : "true";
        var raw = Database is SqliteTestStore ? "x'00'" : "'\\x00'::bytea";
        foreach (var (id, type) in new[] { (10_000_000_500, "2"), (10_000_000_501, "1"), (10_000_000_502, "null") })
        {
            await Database.QueryAsync(
                $"""
                insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, support_type_id, received_at, run_id, state)
                select {id}, 1, min(source_id), 500, 'invalid_at', 'found it', {yes}, {raw}, 1, {type}, '2026-11-24T10:00:00.000000Z', 1, 'held' from source
                """
            );
        }

        clock.Advance(TimeSpan.FromMinutes(6));
        await LookAsync(Server(store));
        Assert.StartsWith("10000000500|", Assert.Single(await RowsAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_taken_is_reported_again_later_under_the_same_name_and_the_reason_is_kept()
    {
        await presses.EmergencyAsync(Now);
        clock.Advance(TimeSpan.FromMinutes(6));
        Escalator one = Server(store),
            two = Server(other);
        told.Answer = StatusCodes.Status500InternalServerError;
        await LookAsync(one, two);
        await LookAsync(one, two);
        Assert.EndsWith("|answered 500", Assert.Single(await RowsAsync()), StringComparison.Ordinal);
        Assert.Equal(3, told.Told.Count);

        told.Answer = StatusCodes.Status200OK;
        clock.Advance(TimeSpan.FromMinutes(2));
        await LookAsync(one, two);
        await LookAsync(one, two);
        Assert.Equal(4, told.Told.Count);
        Assert.Single(told.Told.Select(t => t.Headers["Idempotency-Key"]).Distinct());
        Assert.Equal(
            1,
            await Database.NumberAsync(
                "select count(*) from escalation where attempts = 2 and delivered_at is not null and problem is null"
            )
        );
    }
}
