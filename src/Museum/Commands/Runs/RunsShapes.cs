using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Runs;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunsJson))]
[JsonSerializable(typeof(RunSourcesJson))]
internal sealed partial class RunsShapes : JsonSerializerContext;
