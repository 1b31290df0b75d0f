using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MuseumPipeline.Serve.Security;

/// <summary>
/// Where there are no users yet: the user of this machine who runs the dashboard is an operator, since they could as
/// well open the database. Anybody else who reaches this machine's own address is not.
/// </summary>
internal sealed class Owner(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    Gate gate
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "owner";

    private static readonly ClaimsPrincipal Operator = new(
        new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Operator)], Name)
    );

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        gate.Open || IsOwner()
            ? Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Operator, Name)))
            // Somebody who came by the one-time address has a cookie.
            : Context.AuthenticateAsync(Login.Cookie);

    /// <summary>Asked once a connection: it does not change hands.</summary>
    private bool IsOwner()
    {
        var (connection, items) = (Context.Connection, Context.Features.Get<IConnectionItemsFeature>()?.Items);
        if (items is not null && items.TryGetValue(Name, out var known))
            return known is true;
        var owner =
            connection is { RemoteIpAddress: { } there, LocalIpAddress: { } here }
            && PeerSocket.IsOfThisUser(new(there, connection.RemotePort), new(here, connection.LocalPort));
        if (items is not null)
            items[Name] = owner;
        return owner;
    }
}
