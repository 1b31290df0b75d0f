using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DoctorJson))]
internal sealed partial class DoctorShapes : JsonSerializerContext;
