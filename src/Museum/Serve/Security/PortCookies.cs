using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace MuseumPipeline.Serve.Security;

/// <summary>Browsers keep cookies by host and ignore the port: of two dashboards on one host, each would receive the
/// other's cookie and refuse it. So the port in the address bar is part of the cookie's name. Servers behind one
/// address share the name, and so the login.</summary>
internal sealed class PortCookies : ICookieManager
{
    private readonly ChunkingCookieManager cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) =>
        cookies.GetRequestCookie(context, NameOf(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        cookies.AppendResponseCookie(context, NameOf(context, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
        cookies.DeleteCookie(context, NameOf(context, key), options);

    private static string NameOf(HttpContext context, string key) =>
        context.Request.Host.Port is { } port ? FormattableString.Invariant($"{key}-{port}") : key;
}
