using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MuseumPipeline.Serve.Security.Local;

/// <summary>While there are no users: the machine's user who runs the dashboard is an operator, since they could open
/// the database as well. Others who reach this machine's own address are not.</summary>
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

    /// <summary>Checked once a connection: its owner does not change.</summary>
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
