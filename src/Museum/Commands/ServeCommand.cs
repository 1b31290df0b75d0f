using System.CommandLine;
using MuseumPipeline.Run;
using MuseumPipeline.View;
using MuseumPipeline.View.Numbers;

namespace MuseumPipeline.Commands;

/// <summary><c>museum serve</c>: the dashboard, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Option<string> Listen { get; } = new("--listen")
    {
        Description = "Where to serve it; a port alone is for this machine only. By default MUSEUM_LISTEN, else 127.0.0.1:8080",
        HelpName = "ADDRESS:PORT",
    };

    public static Command Create()
    {
        var command = new Command("serve", "The dashboard: what visitors like, and where help is needed");
        command.WithCommon(Listen, Options.Target);
        Session.Act(command, Needs.Database, RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, CancellationToken cancel)
    {
        await using var store = Connections.OpenStore(session);
        await store.MigrateAsync(cancel);
        var options = new DashboardOptions(session.Settings.Listen) { Serve = session.Settings.Serve, Target = RatingTarget.Of(session.Settings.TargetMean), Replay = Connections.Loading(session) };
        await using var dashboard = await Dashboard.OpenAsync(options, store, session.Clock, session.Logs, cancel);
        var who = dashboard.LoginRequired ? "with a login" : "for everybody on this machine";
        Console.Error.WriteLine($"dashboard  {dashboard.Address}, {who}, over {SafeText.Of(store.Describe)}. Ctrl-C ends it");
        await Task.Delay(Timeout.InfiniteTimeSpan, session.Clock, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        return Signals.Received ?? ExitCode.Interrupted;
    }
}
