using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Serve.Security.Keys;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>Identifies people by a cookie, issued for a password or a provider's token.</summary>
internal static class Login
{
    public const string Cookie = "museum";
    public const string Oidc = "oidc";
    public const string CookieName = "__Host-museum";
    private const string Door = "door";

    public static void AddLogin(this IServiceCollection services, Gate gate)
    {
        services.AddSingleton<Users>();
        services.AddSingleton(new Vault(gate.Settings.Key));
        services.AddSingleton<OneTimeAddress>();
        services.AddDataProtection().SetApplicationName("museum");
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<ICookieKeys, Vault, ILoggerFactory>(
                (keys, stored, vault, logs) =>
                {
                    keys.XmlRepository = new CookieKeys(stored, vault, logs.CreateLogger("museum"));
                    keys.XmlEncryptor = new KeySeal(vault);
                }
            );
        var authentication = services
            .AddAuthentication(schemes =>
            {
                schemes.DefaultScheme = Door;
                schemes.DefaultChallengeScheme = schemes.DefaultForbidScheme = schemes.DefaultSignInScheme = Cookie;
            })
            .AddPolicyScheme(
                Door,
                null,
                door =>
                    door.ForwardDefaultSelector = context =>
                        Bearer.IsSent(context.Request) ? Bearer.Name
                        : context.RequestServices.GetRequiredService<Users>().LoginRequired ? Cookie
                        : Owner.Name
            )
            .AddScheme<AuthenticationSchemeOptions, Owner>(Owner.Name, null)
            .AddScheme<AuthenticationSchemeOptions, Bearer>(Bearer.Name, null)
            .AddCookie(Cookie, cookie => Configure(cookie, gate));
        if (gate.Settings.Oidc is { } provider)
            authentication.AddOpenIdConnect(Oidc, oidc => Configure(oidc, provider));
    }

    private static void Configure(CookieAuthenticationOptions options, Gate gate)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.Path = "/";
        options.CookieManager = new PortCookies();
        options.Cookie.HttpOnly = true;
        options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        // A provider's answer comes from its site: a strict cookie would not be sent with the page it redirects to.
        options.Cookie.SameSite = gate.Settings.Oidc is null ? SameSiteMode.Strict : SameSiteMode.Lax;
        options.ExpireTimeSpan = gate.Settings.Idle;
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.ReturnUrlParameter = "next";
        options.Events.OnRedirectToLogin = Answer;
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        options.Events.OnValidatePrincipal = async context =>
        {
            var users = context.HttpContext.RequestServices.GetRequiredService<Users>();
            await users.RefreshAsync(context.HttpContext.RequestAborted);
            var now = context.Options.TimeProvider!.GetUtcNow();
            if (!users.IsStillIn(context.Principal!) || !Sessions.Use(context, gate.Settings.Idle, now))
                context.RejectPrincipal();
        };
    }

    /// <summary>A page redirects to the login; anything else is refused without details.</summary>
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments(ApiEndpoints.Root))
            context.Response.Redirect(context.RedirectUri);
        else
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    /// <summary>A token signed with what the client knows, or not at all, is anybody's.</summary>
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

    /// <summary>The museums the provider names; null: all, where it is not asked, or of an operator, who acts on all of
    /// them. None: it was asked and named none.</summary>
    private static IReadOnlyList<string>? MuseumsOf(ClaimsPrincipal claims, OidcSettings provider, string role) =>
        provider.MuseumClaim is not { } claim || role == Roles.Operator
            ? null
            : [.. claims.FindAll(claim).Select(museum => museum.Value.Trim()).Where(code => code.Length > 0)];

    private static void Configure(OpenIdConnectOptions options, OidcSettings provider)
    {
        (options.Authority, options.ClientId, options.ClientSecret) = (
            provider.Authority.AbsoluteUri,
            provider.ClientId,
            provider.ClientSecret?.Reveal()
        );
        options.RequireHttpsMetadata = !provider.Authority.IsLoopback;
        options.SignInScheme = Cookie;
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
        options.TokenValidationParameters.ValidAlgorithms = Algorithms;
        options.Events.OnTokenValidated = async context =>
        {
            // Where the token comes from the token endpoint, the framework lets an unsigned one pass.
            if (!Algorithms.Contains(context.SecurityToken.Header.Alg))
            {
                context.Fail("the ID token is not signed");
                return;
            }

            var claims = context.Principal!;
            var name =
                claims.FindFirst("preferred_username")?.Value
                ?? claims.FindFirst("email")?.Value
                ?? claims.FindFirst("name")?.Value
                ?? claims.FindFirst("sub")?.Value;
            var role = Roles.Highest(claims.FindAll(provider.RoleClaim).Select(claim => claim.Value));
            if (name is null || role is null)
            {
                context.Response.Redirect("/login?problem=no-role");
                context.HandleResponse();
                return;
            }

            var museums = MuseumsOf(claims, provider, role);
            if (museums is [])
            {
                context.Response.Redirect("/login?problem=no-museum");
                context.HandleResponse();
                return;
            }

            context.Principal = await context
                .HttpContext.RequestServices.GetRequiredService<Users>()
                .PrincipalOfAsync(name, role, museums, context.HttpContext.RequestAborted);
        };
        options.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect("/login?problem=provider");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }
}
