using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.View.Incidents;
using MuseumPipeline.View.Live;
using MuseumPipeline.View.Numbers;
using MuseumPipeline.View.Security;

namespace MuseumPipeline.View.Api;

/// <summary>The API behind the pages, <c>/api/v1</c>: additions keep the number, anything else would be <c>v2</c>.</summary>
public static class ApiEndpoints
{
    public const string Root = "/api/v1";

    public static IServiceCollection AddDashboardApi(this IServiceCollection services) => services
        .AddSingleton<HourCube>()
        .ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        });

    public static void MapDashboardApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root);
        api.MapMe();
        api.MapLive();
        api.MapIncidents();
    }
}
