using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Users;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UsersJson))]
[JsonSerializable(typeof(UserChangeJson))]
[JsonSerializable(typeof(TokensJson))]
[JsonSerializable(typeof(TokenJson))]
internal sealed partial class UsersShapes : JsonSerializerContext;
