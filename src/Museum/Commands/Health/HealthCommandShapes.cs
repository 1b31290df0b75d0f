using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Health;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthAnswerJson))]
internal sealed partial class HealthCommandShapes : JsonSerializerContext;
