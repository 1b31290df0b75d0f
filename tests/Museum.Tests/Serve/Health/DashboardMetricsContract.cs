using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Serve.Health;

public sealed class SqliteDashboardMetricsTests() : DashboardMetricsContract(TestStore.SqliteAsync);

public sealed class PostgresDashboardMetricsTests(PostgresServer server)
    : DashboardMetricsContract(() => TestStore.PostgresAsync(server));

/// <summary>Who waits for help, in a scrape.</summary>
public abstract class DashboardMetricsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Now);

    [Fact]
    public async Task Open_calls_escalations_and_the_oldest_emergency_are_reported_and_asked_for_once_in_five_seconds()
    {
        await using var store = Database.Another(clock);
        var presses = await LivePresses.BeginAsync(store);
        var first = long.Parse(await presses.EmergencyAsync(Now.AddMinutes(-20)), CultureInfo.InvariantCulture);
        await presses.EmergencyAsync(Now.AddMinutes(-10));
        await presses.AssistanceAsync(Now.AddMinutes(-30));
        await presses.EmergencyAsync(Now.AddDays(-8));
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        using var metrics = new DashboardMetrics(store.Incidents, () => 3, Heard, clock);
        await using var endpoint = await HealthEndpoint.OpenAsync(
            address,
            _ => Task.FromResult((true, "{}")),
            [metrics],
            Cancel
        );
        using var client = new HttpClient { BaseAddress = new($"http://{address}") };

        Assert.Equal((2, 1, 0, 1200, 0, 0), await TellAsync());
        await store.Incidents.ActAsync(first, new IncidentMove(IncidentMove.Acknowledge, "Ada", ""), Cancel);
        Assert.Equal((2, 1, 0, 1200, 0, 0), await TellAsync());
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((1, 1, 0, 605, 0, 0), await TellAsync());

        await store.Incidents.ActAsync(first, new IncidentMove(IncidentMove.Reopen, "Ada", ""), Cancel);
        var overdue = (
            await store.Incidents.OverdueAsync(Now.AddDays(-1), Now.AddMinutes(-5), Now.AddMinutes(-30), 9, Cancel)
        ).Single();
        Assert.True(await store.Incidents.EscalateAsync(overdue, Cancel));
        var escalation = (await store.Incidents.UndeliveredAsync(Now.AddDays(-1), 8, Cancel)).Single();
        Assert.True(await store.Incidents.AttemptAsync(escalation, Cancel));
        await store.Incidents.AttemptedAsync(escalation, "answered 500", Cancel);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((2, 1, 0, 610, 1, 1), await TellAsync());
        Assert.Equal(3, (await store.HelpCalls.CountsAsync(1, clock.GetUtcNow() - Incident.Lapse, Cancel)).Open);

        async Task<(double, double, double, double, double, double)> TellAsync()
        {
            var told = MetricsTests.Parse(await MetricsTests.ScrapeAsync(client));
            Assert.Equal((3, 1), (told["museum_live_streams{}"], told["museum_database_up{}"]));
            double Open(string kind) => told[$"museum_open_help_calls{{kind=\"{kind}\",museum=\"LMNH\"}}"];
            double Of(string name) => told[name + "{museum=\"LMNH\"}"];
            return (
                Open("emergency"),
                Open("assistance"),
                Open("unreadable"),
                Of("museum_oldest_open_emergency_seconds"),
                Of("museum_escalations_total"),
                Of("museum_webhook_undelivered")
            );
        }
    }

    [Fact]
    public async Task What_nobody_knows_while_the_database_does_not_answer_is_not_reported()
    {
        // The database holds no tables.
        var address = new IPEndPoint(IPAddress.Loopback, FreePorts.One());
        using var metrics = new DashboardMetrics(Database.Store.Incidents, () => 0, Heard, clock);
        await using var endpoint = await HealthEndpoint.OpenAsync(
            address,
            _ => Task.FromResult((false, "{}")),
            [metrics],
            Cancel
        );
        using var client = new HttpClient { BaseAddress = new($"http://{address}") };

        var told = MetricsTests.Parse(await MetricsTests.ScrapeAsync(client));

        Assert.Equal(0, told["museum_database_up{}"]);
        Assert.DoesNotContain(told.Keys, key => key.Contains("museum=", StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<Reception>> Heard(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Reception>>([]);
}
