using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Serve.Pages;
using MuseumPipeline.Serve.Security.Accounts;
using MuseumPipeline.Serve.Security.Local;

namespace MuseumPipeline.Serve.Security;

/// <summary>Login and logout: by a form, which works without a script, or by JSON.</summary>
internal static class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes, Gate gate)
    {
        routes
            .MapMethods(
                "/login",
                PageEndpoints.Reading,
                (HttpContext context, Users users) =>
                {
                    if (users.LoginRequired || context.User.Identity is not { IsAuthenticated: true })
                        return Assets.Answer(context, "login.html");
                    context.Response.Redirect(context.Outside("/"));
                    return Task.CompletedTask;
                }
            )
            .Anybody()
            .ExcludeFromDescription();
        routes.MapGet(OneTimeAddress.Route, EnterOnceAsync).Anybody().ExcludeFromDescription();
        routes
            .MapGet(
                "/login/ways",
                async (Users users, CancellationToken cancel) =>
                    new LoginWays(await users.AreThereAnyAsync(cancel), gate.Settings.Oidc is not null)
            )
            .Anybody()
            .ExcludeFromDescription();
        routes.MapPost("/login", EnterAsync).Anybody().RequireRateLimiting(Limits.Login).ExcludeFromDescription();
        routes.MapPost("/logout", (Delegate)LeaveAsync).ExcludeFromDescription();
        if (gate.Settings.Oidc is not null)
            routes.MapGet("/login/oidc", AskProviderAsync).Anybody().ExcludeFromDescription();
    }

    /// <summary>Who the caller is, and what they may do.</summary>
    public static void MapMe(this IEndpointRouteBuilder api) =>
        api.MapGet(
                "/me",
                (ClaimsPrincipal user, Gate gate, Users users) =>
                {
                    var role = Roles.Highest(user.FindAll(ClaimTypes.Role).Select(claim => claim.Value))!;
                    return new Caller(
                        user.Identity?.Name,
                        role,
                        users.LoginRequired,
                        role is not Roles.Viewer,
                        role is Roles.Operator,
                        gate.Settings.Outcomes,
                        Sight.Of(user)
                    );
                }
            )
            .WithTags("session")
            .WithSummary("The caller, and what they may do.");

    private static async Task<IResult> EnterOnceAsync(
        HttpContext context,
        Users users,
        OneTimeAddress address,
        string? token
    )
    {
        await users.RefreshAsync(context.RequestAborted);
        if (users.LoginRequired || !address.Take(token))
            return SeeOther("/login?problem=once");
        await context.SignInAsync(Login.Cookie, users.PrincipalOfOneTimeAddress());
        context.RequestServices.GetRequiredService<AuditTrail>().Note(context, AuditTrail.Login, "", "once");
        return SeeOther("/");
    }

    private static async Task<IResult> AskProviderAsync(HttpContext context, ILoggerFactory logs, string? next)
    {
        // Another site's page, or a picture in it, begins nothing: a person does, on the login page.
        if (context.Request.Headers["Sec-Fetch-Site"] == "cross-site")
            return SeeOther("/login");
        try
        {
            await context.ChallengeAsync(
                Login.Oidc,
                new AuthenticationProperties { RedirectUri = context.Outside(Local(context, next)) }
            );
            return Results.Empty;
        }
        catch (InvalidOperationException e)
        {
            // Without the provider's document it is unknown where to send the visitor.
            logs.CreateLogger("museum")
                .LogWarning(e, "serve: the OpenID Connect provider does not answer; museum doctor says why");
            return SeeOther("/login?problem=provider");
        }
    }

    private static async Task<IResult> EnterAsync(
        HttpContext context,
        Users users,
        Familiar familiar,
        SecondFactor factor,
        AuditTrail audit,
        PasswordQueue passwords,
        [FromKeyedServices(Limits.Login)] PartitionedRateLimiter<Guess> guesses
    )
    {
        var form = context.Request.HasFormContentType;
        if (await ReadAsync(context) is not { Name: { } name, Password: { } password } asked)
            return Results.Problem(
                "expected name and password, as JSON or as a form",
                statusCode: StatusCodes.Status400BadRequest,
                title: "Nobody named"
            );
        name = name.Trim().ToLowerInvariant();
        var guess = new Guess(name, Limits.AddressOf(context));
        using var lease = guesses.AttemptAcquire(guess);
        if (!lease.IsAcquired)
            return Later(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1));

        var user = await users.FindAsync(name, context.RequestAborted);
        var fits = await passwords.FitsAsync(user, password, familiar.Knows(guess), context.RequestAborted);
        if (fits is null)
            return Later(TimeSpan.FromSeconds(30));
        if (fits is false)
        {
            audit.Note(context, AuditTrail.Refused, name, Users.PasswordScheme);
            return form
                ? SeeOther("/login?problem=refused")
                : Results.Problem(
                    "name or password is wrong",
                    statusCode: StatusCodes.Status401Unauthorized,
                    title: "Not logged in"
                );
        }

        if (user!.SecondFactor is { } secret)
        {
            if (string.IsNullOrWhiteSpace(asked.Code))
                return form ? SeeOther("/login?problem=code") : CodeNeeded();
            if (
                factor.StepOf(secret, asked.Code) is not { } step
                || !await users.UseStepAsync(name, step, context.RequestAborted)
            )
            {
                audit.Note(context, AuditTrail.Refused, name, Users.PasswordScheme, "second factor");
                return form ? SeeOther("/login?problem=wrong-code") : CodeNeeded();
            }
        }

        await context.SignInAsync(
            Login.Cookie,
            users.PrincipalOf(user),
            new AuthenticationProperties { IsPersistent = true }
        );
        familiar.Remember(guess);
        audit.Note(context, AuditTrail.Login, name, Users.PasswordScheme, user.Role);
        return form ? SeeOther(Local(context, asked.Next)) : Results.NoContent();

        IResult Later(TimeSpan wait)
        {
            audit.Note(context, AuditTrail.Limited, name, Users.PasswordScheme);
            return form ? SeeOther("/login?problem=later") : Limits.TooMany(context, wait);
        }
    }

    /// <summary>Told only to who knows the password.</summary>
    private static IResult CodeNeeded() =>
        Results.Problem(
            "expected the six digits that your device shows now",
            statusCode: StatusCodes.Status401Unauthorized,
            title: "Code needed",
            extensions: [new("code", true)]
        );

    private static async Task<IResult> LeaveAsync(HttpContext context, Users users, AuditTrail audit)
    {
        await users.EndAsync(context.User, context.RequestAborted);
        audit.Note(context, AuditTrail.Logout, context.User);
        await context.SignOutAsync(Login.Cookie);
        return context.Request.HasFormContentType ? SeeOther("/login") : Results.NoContent();
    }

    private static async Task<LoginRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            if (!context.Request.HasFormContentType)
                return context.Request.HasJsonContentType()
                    ? await context.Request.ReadFromJsonAsync<LoginRequest>(context.RequestAborted)
                    : null;
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            return new LoginRequest(form["name"], form["password"], form["next"], form["code"]);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Where to continue: only pages of ours.</summary>
    private static string Local(HttpContext context, string? next) =>
        context.Inside(next ?? "") is ['/', not ('/' or '\\'), ..] page && !page.Any(char.IsControl)
            ? InAscii(page)
            : "/";

    /// <summary>A header takes nothing else. Not by way of a Uri, which would take "/.//" for "//".</summary>
    private static string InAscii(string path) =>
        Ascii.IsValid(path)
            ? path
            : string.Concat(
                path.EnumerateRunes().Select(r => r.IsAscii ? r.ToString() : Uri.EscapeDataString(r.ToString()))
            );

    /// <summary>After a form the browser must fetch the page, not send the form again.</summary>
    private static SeeOtherResult SeeOther(string path) => new(path);

    private sealed record SeeOtherResult(string Path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = httpContext.Outside(Path);
            return Task.CompletedTask;
        }
    }
}

/// <param name="Code">Of the second factor.</param>
internal sealed record LoginRequest(string? Name, string? Password, string? Next, string? Code = null);

/// <summary>What the login page can offer.</summary>
internal sealed record LoginWays(bool Password, bool Oidc);

/// <summary>The caller. Null if nobody logs in: people then give their name when they acknowledge.</summary>
/// <param name="Outcomes">The possible outcomes of a call for help.</param>
/// <param name="Museums">The codes of the museums they are limited to; null: all.</param>
internal sealed record Caller(
    string? Name,
    string Role,
    bool LoginRequired,
    bool CanAcknowledge,
    bool CanOperate,
    IReadOnlyList<string> Outcomes,
    IReadOnlyList<string>? Museums
);
