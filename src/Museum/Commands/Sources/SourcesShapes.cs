using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Sources;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SourcesListJson))]
[JsonSerializable(typeof(SourceRemovedJson))]
internal sealed partial class SourcesShapes : JsonSerializerContext;
