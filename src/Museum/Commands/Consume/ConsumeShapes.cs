using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Consume;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConsumeJson))]
internal sealed partial class ConsumeShapes : JsonSerializerContext;
