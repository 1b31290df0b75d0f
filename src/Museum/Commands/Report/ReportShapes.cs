using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Report;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportJson))]
internal sealed partial class ReportShapes : JsonSerializerContext;
