using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Security.Providers;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Serve.Security;

/// <summary>People whom an OpenID Connect provider vouches for, by issuer and subject. Their name is shown with the provider,
/// so that nobody there can look like a user of ours.</summary>
internal static class Provider
{
    /// <summary>The standard's own limit.</summary>
    private const int LongestSubject = 255;

    /// <summary>In characters: a browser refuses to send more cookies than a server takes.</summary>
    private const int MostOfMuseums = 2_000;

    private const int Longest = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Configure(OpenIdConnectOptions options, OidcSettings provider)
    {
        (options.Authority, options.ClientId, options.ClientSecret) = (
            provider.Authority.AbsoluteUri,
            provider.ClientId,
            provider.ClientSecret?.Reveal()
        );
        options.RequireHttpsMetadata = !provider.Authority.IsLoopback;
        // Whoever could redirect it would be sent the client's secret.
        options.Backchannel = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = Fresh }
        )
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = Longest,
        };
        options.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            provider.Authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(options.Backchannel) { RequireHttps = options.RequireHttpsMetadata },
            new ProviderDocument(provider.Authority)
        );
        options.SignInScheme = Login.Cookie;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // In the query, not by the provider's form post, which would need cookies that any site can cause to be sent.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.CallbackPath = "/login/oidc/done";
        options.RemoteSignOutPath = options.SignedOutCallbackPath = PathString.Empty;
        options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.Always;
        // An unsigned token, or one signed with the client's own secret, is anybody's.
        options.TokenHandler = new SignedTokens { MapInboundClaims = false };
        options.TokenValidationParameters.RequireExpirationTime = true;
        options.TokenValidationParameters.ClockSkew = Skew;
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.Events.OnMessageReceived = async context =>
        {
            var http = context.HttpContext;
            using var left = Refusals(http).AttemptAcquire(Limits.AddressOf(http), 0);
            if (left.IsAcquired)
                return;
            Note(http, AuditTrail.Limited, null, "");
            var wait = left.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
            await Limits.TooMany(http, wait).ExecuteAsync(http);
            context.HandleResponse();
        };
        options.Events.OnTokenValidated = async context =>
        {
            var claims = context.Principal!;
            if (claims.FindFirst("sub")?.Value is not { Length: > 0 and <= LongestSubject })
            {
                context.Fail($"the ID token's sub has not 1 to {LongestSubject} characters");
                return;
            }

            var name = NameOf(claims) is { } known ? $"{known} ({provider.Authority.Host})" : null;
            var role = Roles.Highest(claims.FindAll(provider.RoleClaim).Select(claim => claim.Value));
            if (name is null || role is null)
            {
                Note(context.HttpContext, AuditTrail.Refused, name, "no role");
                context.Response.Redirect(context.HttpContext.Outside("/login?problem=no-role"));
                context.HandleResponse();
                return;
            }

            var museums = MuseumsOf(claims, provider, role);
            if (museums?.Sum(museum => museum.Length) > MostOfMuseums)
            {
                context.Fail($"the ID token names {museums.Count} museums, more than a cookie holds");
                return;
            }

            if (museums is [])
            {
                Note(context.HttpContext, AuditTrail.Refused, name, "no museum");
                context.Response.Redirect(context.HttpContext.Outside("/login?problem=no-museum"));
                context.HandleResponse();
                return;
            }

            context.Principal = await context
                .HttpContext.RequestServices.GetRequiredService<Users>()
                .PrincipalOfAsync(new(name, SubjectOf(claims)), role, museums, context.HttpContext.RequestAborted);
            context
                .HttpContext.RequestServices.GetRequiredService<AuditTrail>()
                .Note(context.HttpContext, AuditTrail.Login, name, SubjectOf(claims), role);
        };
        options.Events.OnRemoteFailure = context =>
        {
            var http = context.HttpContext;
            Refusals(http).AttemptAcquire(Limits.AddressOf(http)).Dispose();
            Note(http, AuditTrail.Refused, null, "not vouched for");
            context.Response.Redirect(context.HttpContext.Outside("/login?problem=provider"));
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static PartitionedRateLimiter<string> Refusals(HttpContext context) =>
        context.RequestServices.GetRequiredKeyedService<PartitionedRateLimiter<string>>(Login.Oidc);

    private static void Note(HttpContext context, string what, string? name, string why) =>
        context.RequestServices.GetRequiredService<AuditTrail>().Note(context, what, name ?? "", Login.Oidc, why);

    /// <summary>The museums the provider names; null: all, where it is not asked, or of an operator, who acts on all of
    /// them. None: it was asked and named none.</summary>
    private static IReadOnlyList<string>? MuseumsOf(ClaimsPrincipal claims, OidcSettings provider, string role) =>
        provider.MuseumClaim is not { } claim || role == Roles.Operator
            ? null
            : [.. claims.FindAll(claim).Select(museum => museum.Value.Trim()).Where(code => code.Length > 0)];

    /// <summary>An e-mail address that nobody verified is whatever somebody typed.</summary>
    private static string? NameOf(ClaimsPrincipal claims)
    {
        var verified = string.Equals(
            claims.FindFirst("email_verified")?.Value,
            "true",
            StringComparison.OrdinalIgnoreCase
        );
        return Names.Normal(claims.FindFirst("preferred_username")?.Value)
            ?? (verified ? Names.Normal(claims.FindFirst("email")?.Value) : null)
            ?? Names.Normal(claims.FindFirst("name")?.Value)
            ?? Names.Normal(claims.FindFirst("sub")?.Value);
    }

    private static string SubjectOf(ClaimsPrincipal claims) =>
        $"{claims.FindFirst("iss")?.Value}#{claims.FindFirst("sub")?.Value}";
}

/// <param name="Name">As it is shown.</param>
/// <param name="Subject">Issuer and subject: who it is, whatever they are called.</param>
internal readonly record struct Vouched(string Name, string Subject);
