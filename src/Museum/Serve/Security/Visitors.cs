using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Security;

/// <summary>Refuses requests that no page of ours sends: with other names for this machine, over plain http past the
/// proxy, or changes sent by another site's page.</summary>
internal static class Visitors
{
    /// <summary>The header of every change: a page of another origin must ask before sending it, and is never allowed
    /// to.</summary>
    public const string ChangeHeader = "X-Museum";

    public static void UseVisitors(this IApplicationBuilder app, Gate gate) =>
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                if (gate.ThisMachineOnly && !IsThisMachine(request.Host.Host))
                {
                    return Problem(
                        context,
                        StatusCodes.Status421MisdirectedRequest,
                        "Another name",
                        "this dashboard answers to localhost, 127.0.0.1 and [::1] only; for other names, see "
                            + "MUSEUM_LISTEN and MUSEUM_BEHIND_PROXY"
                    );
                }

                if (gate.Settings.PublicUrl is { } known && !IsNamed(request.Host, known))
                {
                    return Problem(
                        context,
                        StatusCodes.Status421MisdirectedRequest,
                        "Another name",
                        $"this dashboard answers to {known.Authority} only (MUSEUM_PUBLIC_URL)"
                    );
                }

                if (gate.Settings.BehindProxy && !request.IsHttps)
                {
                    return Problem(
                        context,
                        StatusCodes.Status421MisdirectedRequest,
                        "Not encrypted",
                        "this dashboard is reached through its proxy, by https; the proxy must send "
                            + "X-Forwarded-Proto and be on this machine or one of MUSEUM_TRUSTED_PROXIES"
                    );
                }

                return IsChange(request) && Refusal(request) is { } why
                    ? Problem(context, StatusCodes.Status403Forbidden, "Refused", why)
                    : next(context);
            }
        );

    private static bool IsNamed(HostString host, Uri known) =>
        host.Host.Equals(known.Host, StringComparison.OrdinalIgnoreCase) && (host.Port ?? 443) == known.Port;

    public static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    public static bool IsChange(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method)
        && !HttpMethods.IsHead(request.Method)
        && !HttpMethods.IsOptions(request.Method);

    private static string? Refusal(HttpRequest request)
    {
        var (origin, site) = (request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString());
        if (
            origin.Length > 0
            && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        )
            return "the request comes from another site's page";
        if (site is not ("" or "same-origin"))
            return "the request comes from another site's page";
        if (request.Headers[ChangeHeader] == "1")
            return null;
        // A form cannot send the header; the browser's own origin headers must do.
        var form = request.HasFormContentType && request.Path.Value is "/login" or "/logout";
        return form && origin.Length + site.Length > 0 ? null : $"a change needs the header {ChangeHeader}: 1";
    }

    private static Task Problem(HttpContext context, int status, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title).ExecuteAsync(context);
}
