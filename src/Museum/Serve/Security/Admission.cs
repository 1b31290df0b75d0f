using System.Net;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Serve.Security;

/// <summary>What an address requires before it may be listened on, by where it is and which users there are.</summary>
/// <param name="Others">Other machines can reach it.</param>
/// <param name="Always">A login is required, with or without users.</param>
/// <param name="Login">A login is required now.</param>
/// <param name="Missing">What is required but missing, each with the settings that provide it.</param>
internal sealed record Admission(bool Others, bool Always, bool Login, IReadOnlyList<string> Missing)
{
    /// <param name="users">Whether the database has any user.</param>
    public static Admission Of(IPEndPoint listen, ServeSettings settings, bool users)
    {
        // A proxy on this machine forwards anybody to a loopback address.
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
                    + "reverse proxy terminates TLS"
            );
        return new(others, always, login, missing);
    }
}
