using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.S3;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BucketsJson))]
[JsonSerializable(typeof(ObjectsJson))]
[JsonSerializable(typeof(DownloadJson))]
[JsonSerializable(typeof(MergeJson))]
[JsonSerializable(typeof(CleanJson))]
internal sealed partial class S3Shapes : JsonSerializerContext;
