using System.Text.Json.Serialization;

namespace MuseumPipeline.Commands.Db;

/// <summary>What <c>--json</c> prints here, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MigrateJson))]
[JsonSerializable(typeof(PingJson))]
[JsonSerializable(typeof(CopyJson))]
[JsonSerializable(typeof(ImportJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(ResetJson))]
[JsonSerializable(typeof(BackupJson))]
[JsonSerializable(typeof(GrantsJson))]
[JsonSerializable(typeof(RetainJson))]
internal sealed partial class DbShapes : JsonSerializerContext;
