using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Pages;

/// <summary>The path under which people see the dashboard, where a proxy serves other things beside it. Some proxies
/// pass it on and some take it away: what arrives says which.</summary>
internal static class Prefix
{
    /// <summary>Must come before anything that looks at the path.</summary>
    /// <param name="prefix">Empty, or with a slash before it and none behind.</param>
    public static void UsePrefix(this IApplicationBuilder app, string prefix)
    {
        if (prefix.Length == 0)
            return;
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                request.PathBase = prefix;
                // The cookie's path distinguishes letter case, so this does.
                if (!request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest))
                    return next(context);
                request.Path = rest;
                if (rest.HasValue)
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
                context.Response.Headers.Location = $"{prefix}/{request.QueryString}";
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>The address of a page, as the browser knows it.</summary>
    public static string Outside(this HttpContext context, string path) => context.Request.PathBase + path;

    /// <summary>What a browser calls a page of ours; null if it is anything else of the same host.</summary>
    public static string? Inside(this HttpContext context, string path)
    {
        var prefix = context.Request.PathBase.Value ?? "";
        return path.StartsWith(prefix, StringComparison.Ordinal) && !Climbs(path) ? path[prefix.Length..] : null;
    }

    /// <summary>Browsers take two dots for the level above however they are written.</summary>
    private static bool Climbs(string path) =>
        Uri.UnescapeDataString(path.Split('?', '#')[0]).Split('/', '\\').Contains("..");
}
