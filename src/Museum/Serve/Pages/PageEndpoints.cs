using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseumPipeline.Serve.Pages;

/// <summary>The pages and their files.</summary>
internal static class PageEndpoints
{
    private static readonly string[] Pages = ["/", "/ratings", "/safety", "/data", "/all", "/exhibition", "/floors"];
    private const string Kiosk = "kiosk";
    public static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        foreach (var page in Pages)
            routes.MapPage(page, "index.html");
        foreach (var name in Assets.All.Keys.Where(name => !IsOfTheKiosk(name)))
        {
            if (name.EndsWith(".html", StringComparison.Ordinal))
                continue;
            var file = routes.MapPage("/" + name, name);
            if (Assets.OfTheLogin.Contains(name))
                file.Anybody();
        }

        Assets.Warm();
    }

    /// <summary>A page that only a demo has, and its files.</summary>
    public static void MapKioskPage(this IEndpointRouteBuilder routes, string path)
    {
        routes.MapPage(path, $"{Kiosk}.html");
        foreach (var end in (string[])["js", "css"])
            routes.MapPage($"/{Kiosk}.{end}", $"{Kiosk}.{end}");
    }

    private static bool IsOfTheKiosk(string file) => Path.GetFileNameWithoutExtension(file) == Kiosk;

    private static IEndpointConventionBuilder MapPage(this IEndpointRouteBuilder routes, string path, string file) =>
        routes.MapMethods(path, Reading, context => Assets.Answer(context, file));
}
