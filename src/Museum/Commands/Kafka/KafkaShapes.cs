using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Kafka;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KafkaStatusJson))]
[JsonSerializable(typeof(KafkaMovesJson))]
internal sealed partial class KafkaShapes : JsonSerializerContext;
