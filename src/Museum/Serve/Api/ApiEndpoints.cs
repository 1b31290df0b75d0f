using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MuseumPipeline.Numbers;
using MuseumPipeline.Numbers.DataHealth;
using MuseumPipeline.Numbers.Exhibitions;
using MuseumPipeline.Numbers.Presses;
using MuseumPipeline.Numbers.Safety;
using MuseumPipeline.Serve.Api.Events;
using MuseumPipeline.Serve.Api.Exhibitions;
using MuseumPipeline.Serve.Incidents;
using MuseumPipeline.Serve.Live;
using MuseumPipeline.Serve.Security;

namespace MuseumPipeline.Serve.Api;

/// <summary>The API behind the pages, <c>/api/v1</c>: additions keep the number, anything else would be
/// <c>v2</c>.</summary>
internal static class ApiEndpoints
{
    public const string Root = "/api/v1";

    private const string Document = "v1";

    public static IServiceCollection AddDashboardApi(this IServiceCollection services) =>
        services
            .AddSingleton<HelpPresses>()
            .AddSingleton<IncidentDesk>()
            .AddSingleton<Curation>()
            .AddSingleton<ExhibitionParts>()
            .AddSingleton<FloorPlanParts>()
            .AddSingleton<LastPresses>()
            .AddSingleton<PressReader>()
            .AddSingleton<RecordReader>()
            .AddSingleton<HourCube>()
            .AddSingleton<Receptions>()
            .AddSingleton<RefusedDays>()
            .AddSingleton<Repeats>()
            .AddSingleton<Selections>()
            .AddSingleton(services => services.GetRequiredService<DashboardOptions>().Target)
            .AddHostedService<WarmUp>()
            .AddOpenApi(Document, OpenApiText.Describe)
            .ConfigureHttpJsonOptions(json =>
            {
                json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
                json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
                json.SerializerOptions.Converters.Add(new Instants());
            });

    public static void MapDashboardApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root);
        api.AddEndpointFilter<BadQueries>();
        api.AddEndpointFilterFactory(KnownParameters.Only);
        api.MapNumbers();
        api.MapSafety();
        api.MapEvents();
        api.MapRecord();
        api.MapExhibition();
        api.MapCuration();
        api.MapFloorPlan();
        api.MapData();
        api.MapOpenApi("/openapi.json");
        api.MapMe();
        api.MapLive();
        api.MapIncidents();
    }
}
