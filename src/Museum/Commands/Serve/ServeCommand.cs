using System.CommandLine;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Serve;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Commands.Serve;

/// <summary><c>museum serve</c>: the dashboard, until Ctrl-C.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Option<string> Listen { get; } =
        new("--listen")
        {
            Description =
                "Where to serve it; a port alone is for this machine only. By default MUSEUM_LISTEN, else "
                + "127.0.0.1:8080",
            HelpName = "ADDRESS:PORT",
        };

    public static Command Create()
    {
        var command = new Command("serve", "The dashboard: what visitors like, and where help is needed");
        command.WithCommon(Listen, Options.Target);
        Session.Act(command, Needs.Database, RunAsync);
        return command;
    }

    /// <summary>The same dashboard in a demo.</summary>
    internal static DashboardOptions OptionsOf(Session session) =>
        new(session.Settings.Listen)
        {
            Serve = session.Settings.Serve,
            Target = RatingTarget.Of(session.Settings.TargetMean),
            Replay = Connections.Loading(session),
        };

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = Connections.OpenStore(session);
        await store.Maintenance.MigrateAsync(cancel);
        await using var dashboard = await Dashboard.OpenAsync(
            OptionsOf(session),
            store,
            session.Clock,
            session.Logs,
            cancel
        );
        using var metrics = new DashboardMetrics(
            store.Incidents,
            () => dashboard.Streams,
            dashboard.ReceptionsAsync,
            session.Clock
        );
        await using var health = await HealthEndpoint.OpenAsync(
            session.Settings.Health,
            token => HealthAsync(dashboard, store, session, token),
            [metrics],
            cancel
        );
        await using var notices = ServiceNotices.Open(health, session.Clock, cancel);
        var who = dashboard.LoginRequired ? "with a login" : "for everybody on this machine";
        session.Say($"dashboard  {dashboard.Address}, {who}, over {store.Describe}. Ctrl-C ends it");
        await using var measured = Measurements.Repeat(
            session,
            async token =>
                await ServeMeasurements.TakeAsync(
                    store,
                    await dashboard.ReceptionsAsync(token),
                    session.Clock.GetUtcNow(),
                    token
                )
        );
        await notices.ReadyAsync(Task.CompletedTask);
        await Task.Delay(Timeout.InfiniteTimeSpan, session.Clock, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        return Signals.Received ?? ExitCode.Interrupted;
    }

    /// <summary>It does its work as long as its database answers.</summary>
    private static async Task<(bool Healthy, string Json)> HealthAsync(
        Dashboard dashboard,
        MuseumStore store,
        Session session,
        CancellationToken cancel
    )
    {
        string? problem = null;
        try
        {
            await store.Maintenance.PingAsync(cancel).WaitAsync(Patience, session.Clock, cancel);
        }
        catch (Exception e) when (e is TransientException or MuseumException or TimeoutException)
        {
            problem = session.Settings.Redactor.Redact(e.Message);
        }

        var health = new DashboardHealthJson(
            problem is null ? "healthy" : "unhealthy",
            problem is null,
            problem,
            dashboard.Streams
        );
        return (health.Healthy, JsonSerializer.Serialize(health, ServeShapes.Default.DashboardHealthJson));
    }
}

/// <summary>The body of <c>/health</c> of a dashboard. The keys and their order are a contract.</summary>
/// <param name="Streams">Open pages that listen to live events.</param>
internal sealed record DashboardHealthJson(string State, bool Healthy, string? Problem, int Streams);
