using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Verify;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VerifyJson))]
internal sealed partial class VerifyShapes : JsonSerializerContext;
