using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Security;

/// <summary>
/// A small OpenID Connect provider: discovery, keys, authorization code with PKCE, signed ID tokens. It takes everybody
/// for the person it was told, as a
/// provider does that knows its visitor already.
/// </summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string Client = "museum";
    public const string ClientSecret = "a secret of two";

    private readonly WebApplication app;
    private readonly RsaSecurityKey key = new(RSA.Create(2048)) { KeyId = "one" };
    private readonly RsaSecurityKey strangers = new(RSA.Create(2048)) { KeyId = "one" };
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge)> codes = new();

    private int asked;

    private OidcProvider(TestCertificates? tls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                    {
                        if (tls is not null)
                            listen.UseHttps(tls.Server());
                    }
                )
            );
        builder.Services.AddRoutingCore();
        app = builder.Build();
        app.UseRouting();
        app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                Corrected(
                    new()
                    {
                        ["issuer"] = Authority.AbsoluteUri,
                        ["authorization_endpoint"] = $"{Authority}authorize",
                        ["token_endpoint"] = $"{Authority}token",
                        ["jwks_uri"] = $"{Authority}keys",
                        ["response_types_supported"] = new[] { "code" },
                        ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
                    }
                )
        );
        app.MapGet("/keys", () => new { keys = new[] { PublicKey() } });
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", TokenAsync);
    }

    /// <summary>Who comes.</summary>
    public (string Claim, string Value)[] Person { get; set; } = [("preferred_username", "ada"), ("roles", "security")];

    public string Subject { get; set; } = "42";

    /// <summary>What its document says otherwise; null leaves an entry out.</summary>
    public Dictionary<string, object?> Discovery { get; } = [];

    /// <summary>Tokens signed by somebody else's key.</summary>
    public bool Forged { get; set; }

    /// <summary>Tokens whose signature was cut off.</summary>
    public bool Cut { get; set; }

    /// <summary>Where the token endpoint redirects to, with its status.</summary>
    public (int Status, Uri To)? Redirect { get; set; }

    /// <summary>How tokens are signed.</summary>
    public string Algorithm { get; set; } = SecurityAlgorithms.RsaSha256;

    private static SymmetricSecurityKey Shared =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes(ClientSecret))) { KeyId = "one" };

    public Uri Authority =>
        new(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/"
        );

    /// <param name="tls">For 127.0.0.1; plain HTTP without.</param>
    public static async Task<OidcProvider> StartAsync(TestCertificates? tls = null)
    {
        var provider = new OidcProvider(tls);
        await provider.app.StartAsync();
        return provider;
    }

    private Dictionary<string, object> Corrected(Dictionary<string, object> document)
    {
        foreach (var (entry, value) in Discovery)
        {
            if (value is null)
                document.Remove(entry);
            else
                document[entry] = value;
        }

        return document;
    }

    private object PublicKey()
    {
        var parameters = key.Rsa.ExportParameters(false);
        return new
        {
            kty = "RSA",
            use = "sig",
            alg = "RS256",
            kid = key.KeyId,
            n = Base64UrlEncoder.Encode(parameters.Modulus),
            e = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (
            query["client_id"] != Client
            || query["response_type"] != "code"
            || query["code_challenge_method"] != "S256"
        )
            return Results.BadRequest();
        var code = Guid.NewGuid().ToString("N");
        codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString());
        return Results.Redirect(
            $"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}"
        );
    }

    /// <summary>How often somebody came for a token.</summary>
    public int Asked => asked;

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        Interlocked.Increment(ref asked);
        if (Redirect is { } elsewhere)
        {
            request.HttpContext.Response.Headers.Location = elsewhere.To.AbsoluteUri;
            return Results.StatusCode(elsewhere.Status);
        }

        var form = await request.ReadFormAsync();
        if (
            form["client_id"] != Client
            || form["client_secret"] != ClientSecret
            || !codes.TryRemove(form["code"].ToString(), out var question)
        )
            return Results.BadRequest(new { error = "invalid_grant" });
        var verifier = Base64UrlEncoder.Encode(
            SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))
        );
        if (verifier != question.Challenge)
            return Results.BadRequest(new { error = "invalid_grant" });
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Authority.AbsoluteUri,
                Audience = Client,
                IssuedAt = now,
                NotBefore = now,
                Expires = now.AddMinutes(5),
                Subject = new ClaimsIdentity([
                    new("sub", Subject),
                    new("nonce", question.Nonce),
                    .. Person.Select(p => new Claim(p.Claim, p.Value)),
                ]),
                SigningCredentials = Algorithm switch
                {
                    SecurityAlgorithms.None => null,
                    SecurityAlgorithms.HmacSha256 => new(Shared, Algorithm),
                    _ => new(Forged ? strangers : key, Algorithm),
                },
            }
        );
        return Results.Json(
            new
            {
                id_token = Cut ? token[..(token.LastIndexOf('.') + 1)] : token,
                access_token = "none",
                token_type = "Bearer",
                expires_in = 300,
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Rsa.Dispose();
        strangers.Rsa.Dispose();
    }
}
