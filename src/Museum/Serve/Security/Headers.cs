using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Security;

/// <summary>The security headers of every answer.</summary>
internal static class Headers
{
    private const string ContentSecurity =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string Permissions =
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    public static void UseHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                // Set last, because an error page first clears all headers.
                context.Response.OnStarting(() =>
                {
                    Add(context);
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );

    private static void Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        // A picture that people drew has a stricter one.
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = ContentSecurity;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
            headers.WWWAuthenticate = Bearer.Challenge(context.Request);
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
        // By default an answer is data, and must not be cached.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
    }
}
