using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Serve;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DashboardHealthJson))]
internal sealed partial class ServeShapes : JsonSerializerContext;
