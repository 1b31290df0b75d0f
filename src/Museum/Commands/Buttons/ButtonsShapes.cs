using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Buttons;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ButtonsJson))]
[JsonSerializable(typeof(ButtonChangeJson))]
internal sealed partial class ButtonsShapes : JsonSerializerContext;
