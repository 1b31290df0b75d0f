using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Serve;
using MuseumPipeline.Serve.Health;
using MuseumPipeline.Serve.Security.Keys;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;
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
                "Where to serve it; a port alone means this machine only. By default MUSEUM_LISTEN, else "
                + "127.0.0.1:8080",
            HelpName = "ADDRESS:PORT",
        };

    public static Command Create()
    {
        var command = new Command("serve", "The dashboard: what visitors like, and where help is needed");
        command.WithCommon(Listen, Options.Target);
        Session.Act(command, Needs.Database | Needs.Serve | Needs.Writes, RunAsync);
        return command;
    }

    /// <summary>The same dashboard in a demo.</summary>
    internal static DashboardOptions OptionsOf(Session session) =>
        new(session.Settings.Listen)
        {
            Serve = session.Settings.Serve.KeyGiven ? session.Settings.Serve : WithKey(session),
            Target = RatingTarget.Of(session.Settings.TargetMean),
            Replay = Connections.Loading(session),
            Records = Connections.Records(session, Brokers(session)),
        };

    /// <summary>The brokers, to read single messages again. A dashboard starts whatever is wrong with their
    /// settings.</summary>
    private static MuseumSettings? Brokers(Session session)
    {
        try
        {
            return SettingsReader.Read(Session.Layers(session.Parsed), Needs.KafkaIfSet);
        }
        catch (MuseumException e)
        {
            session.Log.LogWarning(
                "serve: no message can be read again: {Problem}",
                session.Settings.Redactor.Redact(e.Message)
            );
            return null;
        }
    }

    private static ServeSettings WithKey(Session session)
    {
        if (KeyFile.Read() is { } key)
            return session.Settings.Serve with { Key = key };
        session.Log.LogWarning(
            "serve: this user has no directory for a key, so logins end with this process: set MUSEUM_KEY or "
                + "MUSEUM_KEY_FILE, as made by: openssl rand -hex 32"
        );
        return session.Settings.Serve;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = await Connections.OpenServedAsync(session, cancel);
        // Without it every page would fail, and nothing else.
        foreach (var museum in await store.Museums.ListAsync(cancel))
            TimeZones.Find(museum.TimeZone);
        await using var dashboard = await Dashboard.OpenAsync(
            OptionsOf(session),
            store,
            session.Clock,
            session.Logs,
            cancel
        );
        await store.Audit.AddAsync(
            [new(session.Clock.GetUtcNow(), "serve started", new(Environment.UserName, "machine"), InForce(session))],
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
        await using var export = OtlpExport.Open(session.Clock, metrics);
        await using var notices = ServiceNotices.Open(health, session.Clock, cancel);
        session.Say(
            $"dashboard  {Where(session, dashboard)}, {WhoComesIn(dashboard.LoginRequired, dashboard.Open)}, over {store.Describe}. Ctrl-C ends it"
        );
        // Never into a log that is kept.
        if (session.Settings.Log.Format is LogFormat.Text && OneTimeLine(dashboard) is { } line)
            session.Say(line);
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

    private static string Where(Session session, Dashboard dashboard) =>
        session.Settings.Serve.PublicUrl is { } known
            ? $"{known} by way of {dashboard.Address}"
            : $"{dashboard.Address}";

    /// <summary>The settings that are not defaults, secrets masked.</summary>
    private static string InForce(Session session)
    {
        var layers = Session.Layers(session.Parsed);
        var set = SettingKeys
            .All.Where(key => session.Settings.Origins.ContainsKey(key.Key))
            .Select(key => $"{key.Key}={(key.Secret ? "***" : layers.Find(key.Key)?.Value)}");
        return session.Settings.Redactor.Redact(string.Join("; ", set));
    }

    internal static string WhoComesIn(bool loginRequired, bool open) =>
        loginRequired ? "with a login"
        : open ? "for everybody on this machine (MUSEUM_LOGIN=public)"
        : OperatingSystem.IsLinux() ? $"for {Environment.UserName} without a login"
        : "for whoever has the one-time address";

    /// <summary>How others than the user who runs it come in; null where they log in, or just come.</summary>
    internal static string? OneTimeLine(Dashboard dashboard) =>
        dashboard.LoginRequired || dashboard.Open
            ? null
            : $"           anybody else, once: {dashboard.OneTimeAddress} (or give them names: museum users add)";

    /// <summary>It is healthy while its database answers.</summary>
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

/// <summary>The body of a dashboard's <c>/health</c>. The keys and their order are a contract.</summary>
/// <param name="Streams">Open pages that receive live events.</param>
internal sealed record DashboardHealthJson(string State, bool Healthy, string? Problem, int Streams);
