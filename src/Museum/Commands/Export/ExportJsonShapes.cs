using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Export;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExportJson))]
internal sealed partial class ExportJsonShapes : JsonSerializerContext;
