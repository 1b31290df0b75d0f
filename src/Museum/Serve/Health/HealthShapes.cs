using System.Text.Json.Serialization;

namespace MuseumPipeline.Serve.Health;

/// <summary>The JSON of /health, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthJson))]
internal sealed partial class HealthShapes : JsonSerializerContext;
