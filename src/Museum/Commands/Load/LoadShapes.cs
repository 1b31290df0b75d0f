using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Load;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoadJson))]
internal sealed partial class LoadShapes : JsonSerializerContext;
