using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MuseumPipeline.Serve.Security;

/// <summary>Where nobody logs in, whoever reaches this machine's own address is an operator: it could as well open the
/// database.</summary>
internal sealed class Everybody(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "everybody";

    private static readonly ClaimsPrincipal Operator = new(
        new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Operator)], Name)
    );

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Operator, Name)));
}
