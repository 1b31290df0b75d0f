using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using MuseumPipeline.Serve.Api;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Serve.Security;

/// <summary>How long a login lasts: a number of hours at most; less if no page was open for a number of minutes; and
/// somebody who only watched for that long must log in again before they act.</summary>
internal static class Sessions
{
    private const string IdClaim = "session";
    private const string BegunClaim = "begun";
    private const string Used = ".used";

    // Not at every request: each renewal sends a cookie.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <summary>The properties of a new session.</summary>
    public static IEnumerable<Claim> Begin(DateTimeOffset now) =>
        [new(IdClaim, Guid.NewGuid().ToString("N")), new(BegunClaim, Text(now))];

    /// <summary>Null if nobody logged in.</summary>
    public static string? IdOf(ClaimsPrincipal who) => who.FindFirst(IdClaim)?.Value;

    public static DateTimeOffset? EndOf(ClaimsPrincipal who, ServeSettings settings) =>
        Instant(who.FindFirst(BegunClaim)?.Value) + settings.Session;

    /// <summary>False if somebody acts after being away from the page for too long: the browser may be in other hands
    /// by now.</summary>
    public static bool Use(CookieValidatePrincipalContext context, TimeSpan idle, DateTimeOffset now)
    {
        var (properties, request) = (context.Properties, context.HttpContext.Request);
        var used =
            Instant(properties.Items.TryGetValue(Used, out var text) ? text : null)
            ?? Instant(context.Principal?.FindFirst(BegunClaim)?.Value)
            ?? now;
        var (acts, late) = (Acts(request), now - used > idle);
        if (late || !(acts || IsPage(request)))
            return !(acts && late);
        if (now - used > Soon)
        {
            properties.Items[Used] = Text(now);
            context.ShouldRenew = true;
        }

        return true;
    }

    // Logging out needs no proof.
    private static bool Acts(HttpRequest request) => Visitors.IsChange(request) && request.Path != "/logout";

    private static bool IsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments(ApiEndpoints.Root)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static string Text(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Instant(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
