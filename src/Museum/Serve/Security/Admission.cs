using System.Net;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Serve.Security;

/// <summary>What an address asks for before it may be listened on, by where it is and who is known.</summary>
/// <param name="Others">Somebody beside this machine reaches it.</param>
/// <param name="Always">Whoever comes must log in, users or not.</param>
/// <param name="Login">Whoever comes must log in, as things stand.</param>
/// <param name="Missing">What is not there and must be, each with the settings that bring it.</param>
internal sealed record Admission(bool Others, bool Always, bool Login, IReadOnlyList<string> Missing)
{
    /// <param name="users">Whether the database knows somebody.</param>
    public static Admission Of(IPEndPoint listen, ServeSettings settings, bool users)
    {
        // A proxy on this machine brings the world to a loopback address.
        var others = !IPAddress.IsLoopback(listen.Address) || settings.BehindProxy;
        var always = others || settings.LoginRequired || settings.Oidc is not null;
        var login = always || users;
        List<string> missing = [];
        if (login && !users && settings.Oidc is null)
            missing.Add(
                "somebody who may log in: museum users add NAME --role operator, or MUSEUM_OIDC_AUTHORITY with "
                    + "MUSEUM_OIDC_CLIENT_ID"
            );
        if (others && settings is { Tls: null, BehindProxy: false })
            missing.Add(
                "encryption: MUSEUM_TLS_CERTIFICATE with MUSEUM_TLS_KEY, or MUSEUM_BEHIND_PROXY=true where a "
                    + "reverse proxy ends TLS"
            );
        return new(others, always, login, missing);
    }
}
