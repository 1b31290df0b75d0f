using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Museums;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MuseumsJson))]
[JsonSerializable(typeof(MuseumChangeJson))]
[JsonSerializable(typeof(FloorPlansJson))]
[JsonSerializable(typeof(FloorPlanChangeJson))]
internal sealed partial class MuseumsShapes : JsonSerializerContext;
