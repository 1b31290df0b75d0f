using System.Net;
using System.Net.Sockets;
using MuseumPipeline.Commands.Serve;
using MuseumPipeline.Model;
using MuseumPipeline.Serve.Security;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Checks what <c>museum serve</c> would do: where it listens and who may log in, then each service its
/// settings name.</summary>
internal static class DoctorServe
{
    private const string Name = "dashboard";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Check>> ExamineAsync(Session session, CancellationToken cancel)
    {
        var serve = session.Settings.Serve;
        var (users, problem) = await UsersAsync(session, cancel);
        return
        [
            Reach(session.Settings, users),
            .. problem is null
                ? (Check[])[]
                : [Check.NotThere(Name, $"who may log in was not checked: the database cannot be read ({problem})")],
            .. Port(session.Settings.Listen),
            .. serve.Tls is { } files ? DoctorServeCertificate.Examine(files, session.Clock) : [],
            .. serve.Oidc is { } provider
                ? [await DoctorProvider.ExamineAsync(provider, session.Clock, cancel)]
                : (Check[])[],
            await DoctorWebhook.ExamineAsync(serve.Webhook, session.Clock, cancel),
        ];
    }

    /// <summary>The number of users, or why it is unknown; asking creates no database.</summary>
    private static async Task<(int? Users, string? Problem)> UsersAsync(Session session, CancellationToken cancel)
    {
        if (session.Settings.Database is EmbeddedSettings { Path: var path } && !File.Exists(path))
            return (0, null);
        using var patience = new CancellationTokenSource(Patience, session.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            await using var store = Connections.OpenExisting(session);
            // Before the first load there is nobody, and nothing to ask.
            return (await store.Maintenance.SchemaAsync(either.Token)).Version == 0
                ? (0, null)
                : ((await store.Users.ListAsync(either.Token)).Count, null);
        }
        catch (Exception e) when (e is MuseumException or TransientException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, $"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static Check Reach(MuseumSettings settings, int? users)
    {
        var serve = settings.Serve;
        // Unknown users are not a fault of the settings.
        var (others, _, login, missing) = Admission.Of(settings.Listen, serve, users is null or > 0);
        var where = $"{settings.Listen}, {(others ? "which others can reach" : "this machine only")}";
        if (missing.Count > 0)
        {
            return Check.Wrong(
                Name,
                ExitCode.Configuration,
                $"{where}, and museum serve would not start",
                $"needed is {string.Join("; and ", missing)}",
                SettingKeys
                    .All.Select(s => s.Key)
                    .Where(key => key == "MUSEUM_LISTEN" || missing.Any(m => m.Contains(key, StringComparison.Ordinal)))
            );
        }

        var encryption =
            serve.BehindProxy ? "a proxy ends TLS"
            : serve.Tls is null ? "not encrypted"
            : "encrypted";
        // If no users are known, only the database can require a login.
        var who =
            users is null && !Admission.Of(settings.Listen, serve, false).Login
                ? "no login is set here"
                : ServeCommand.WhoComesIn(login, serve.LoginPublic) + (login ? $" ({WhoMay(users, serve)})" : "");
        return Check.Fine(Name, $"{where}, {who}, {encryption}");
    }

    private static string WhoMay(int? users, ServeSettings serve)
    {
        var known = users is { } count
            ? $"{Show.Number(count)} {(count == 1 ? "user" : "users")}"
            : "its users not checked";
        return serve.Oidc is { } provider ? $"{known}, and who {provider.Authority.Host} lets in" : known;
    }

    /// <summary>Listens there for a moment, as the dashboard would.</summary>
    private static IEnumerable<Check> Port(IPEndPoint listen)
    {
        try
        {
            using var listener = new TcpListener(listen);
            listener.Start();
            return [];
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return
            [
                Check.Doubtful(
                    Name,
                    $"something listens at {listen} already",
                    "if that is not the running dashboard, end it, or set MUSEUM_LISTEN to another port",
                    "MUSEUM_LISTEN"
                ),
            ];
        }
        catch (SocketException e)
        {
            return
            [
                Check.Wrong(
                    Name,
                    ExitCode.Configuration,
                    $"{listen} cannot be listened on: {e.Message}",
                    "set MUSEUM_LISTEN to an address of this machine, and a port this user may use",
                    "MUSEUM_LISTEN"
                ),
            ];
        }
    }
}
