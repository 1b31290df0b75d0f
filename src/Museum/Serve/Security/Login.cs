using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Pressing;
using MuseumPipeline.Serve.Security.Accounts;
using MuseumPipeline.Serve.Security.Keys;
using MuseumPipeline.Serve.Security.Local;
using MuseumPipeline.Settings;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Serve.Security;

/// <summary>Identifies people by a cookie, issued for a password or a provider's token.</summary>
internal static class Login
{
    public const string Cookie = "museum";
    public const string Oidc = "oidc";
    private const string Door = "door";

    /// <summary>Its prefix makes browsers insist on what we set. One with a path cannot have <c>__Host-</c>: but it is
    /// sent to nothing else that the host serves.</summary>
    public static string CookieName(ServeSettings settings) =>
        settings.Prefix.Length == 0 ? "__Host-museum" : "__Secure-museum";

    public static void AddLogin(this IServiceCollection services, Gate gate)
    {
        services.AddSingleton<Users>().AddSingleton<SecondFactor>().AddSingleton<PasswordQueue>();
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
        {
            services.AddKeyedSingleton(Oidc, (_, _) => Limits.Refusals());
            authentication.AddOpenIdConnect(Oidc, oidc => Provider.Configure(oidc, provider));
        }
    }

    private static void Configure(CookieAuthenticationOptions options, Gate gate)
    {
        options.Cookie.Name = CookieName(gate.Settings);
        options.Cookie.Path = gate.Settings.Prefix is { Length: > 0 } prefix ? prefix : "/";
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
            var http = context.HttpContext;
            var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
            http.RequestServices.GetRequiredService<AuditTrail>()
                .Note(http, AuditTrail.Denied, http.User, $"{http.Request.Method} {route}");
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

    /// <summary>What a script asks for, and no browser by itself.</summary>
    private static bool IsCall(PathString path) =>
        path.StartsWithSegments(ApiEndpoints.Root)
        || path.StartsWithSegments("/account", out var call) && call.HasValue
        || path.StartsWithSegments(PressingEndpoints.Root, out call) && call.HasValue;

    /// <summary>A page redirects to the login; anything else is refused without details.</summary>
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && !IsCall(request.Path))
            // Without the host, whose name the request may have made up.
            context.Response.Redirect(
                context.HttpContext.Outside(context.Options.LoginPath)
                    + QueryString.Create(
                        context.Options.ReturnUrlParameter,
                        context.HttpContext.Outside(request.Path + request.QueryString)
                    )
            );
        else
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
