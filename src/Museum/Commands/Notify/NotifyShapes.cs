using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Notify;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecipientsJson))]
[JsonSerializable(typeof(RecipientChangeJson))]
internal sealed partial class NotifyShapes : JsonSerializerContext;
