using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseumPipeline.Serve.Pages;

/// <summary>The pages and their files.</summary>
internal static class PageEndpoints
{
    private static readonly string[] Pages = ["/", "/ratings", "/safety", "/data", "/all", "/exhibition"];
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        foreach (var page in Pages)
            routes.MapMethods(page, Reading, context => Assets.Answer(context, "index.html"));
        foreach (var name in Assets.All.Keys)
        {
            if (name.EndsWith(".html", StringComparison.Ordinal))
                continue;
            var file = routes.MapMethods("/" + name, Reading, context => Assets.Answer(context, name));
            if (Assets.OfTheLogin.Contains(name))
                file.Anybody();
        }

        Assets.Warm();
    }
}
