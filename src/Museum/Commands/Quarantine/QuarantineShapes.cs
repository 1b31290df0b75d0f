using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Quarantine;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineListJson))]
[JsonSerializable(typeof(QuarantineShowJson))]
[JsonSerializable(typeof(QuarantineRowJson))]
[JsonSerializable(typeof(ReplayJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(DiscardJson))]
internal sealed partial class QuarantineShapes : JsonSerializerContext;
