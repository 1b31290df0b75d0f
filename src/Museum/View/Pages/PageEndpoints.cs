using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseumPipeline.View.Pages;

/// <summary>The pages: files of <c>wwwroot</c>, compiled into the program, so that it serves them from wherever it is started.</summary>
public static class PageEndpoints
{
    private const string Prefix = "wwwroot/";
    private static readonly string[] Pages = ["/", "/ratings", "/safety", "/data"];

    private static readonly FrozenDictionary<string, byte[]> Files = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        foreach (var page in Pages) routes.MapGet(page, () => Results.Bytes(Files["index.html"], "text/html; charset=utf-8"));
        foreach (var (name, bytes) in Files)
        {
            if (name != "index.html") routes.MapGet("/" + name, () => Results.Bytes(bytes, TypeOf(name)));
        }
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".html" => "text/html; charset=utf-8",
        ".txt" => "text/plain; charset=utf-8",
        ".json" or ".webmanifest" => "application/json",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        var other => throw new InvalidOperationException($"no media type is known for {other}"),
    };

    private static byte[] Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
