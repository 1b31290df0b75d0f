using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Store.Contracts.Tokens;

namespace MuseumPipeline.Serve.Security;

/// <summary>
/// A program that reads the API with a token: a viewer, who changes nothing. Looked up at every request, so that one
/// that is revoked is worth nothing from then on. A live stream has nobody who would look again, and is for people.
/// </summary>
internal sealed class Bearer(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logs,
    UrlEncoder encoder,
    ITokens tokens
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "bearer";

    private const string Prefix = "Bearer ";

    /// <summary>By which a token is known where it lies about.</summary>
    private const string Mark = "museum_";

    private const int Bytes = 32;

    /// <summary>A new one, and the hash that is stored of it.</summary>
    public static (string Token, string Hash) Draw()
    {
        var token = Mark + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        return (token, HashOf(token));
    }

    public static bool IsSent(HttpRequest request) =>
        request.Path.StartsWithSegments(ApiEndpoints.Root)
        && request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a refused caller would have to bring (RFC 9110, 11.6.1). Browsers open no dialog for either.</summary>
    public static string Challenge(HttpRequest request) =>
        !IsTaken(request) ? "Session realm=\"museum\""
        : IsSent(request) ? "Bearer realm=\"museum\", error=\"invalid_token\""
        : "Bearer realm=\"museum\"";

    /// <summary>Whether a token is good for this call at all.</summary>
    private static bool IsTaken(HttpRequest request) =>
        request.Path.StartsWithSegments(ApiEndpoints.Root, out var call)
        && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !call.StartsWithSegments("/live");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        // What is no token of ours is not worth a look into the database.
        if (
            token.Length != Mark.Length + (2 * Bytes)
            || !token.StartsWith(Mark, StringComparison.Ordinal)
            || !IsTaken(Request)
            || await tokens.FindAsync(HashOf(token), Context.RequestAborted) is not { } known
        )
            return AuthenticateResult.Fail("no such token");
        var identity = new ClaimsIdentity(
            [
                new(ClaimTypes.Name, $"token {known.Name}"),
                new(ClaimTypes.Role, Roles.Viewer),
                .. (known.Museums ?? []).Select(code => new Claim(Sight.MuseumClaim, code)),
            ],
            Name
        );
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Name));
    }

    private static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
