using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MuseumPipeline.Commands;

/// <summary>
/// <c>--json</c>: exactly one object, on one line. Everything beyond ASCII is escaped, so no text of a stranger reaches the terminal raw.
/// </summary>
public static class JsonOutput
{
    public static void Print<T>(T value, JsonTypeInfo<T> shape) => Console.Out.WriteLine(JsonSerializer.Serialize(value, shape));
}

public sealed record JsonFailure(string Command, JsonError Error);

public sealed record JsonError(int ExitCode, string Message);

/// <summary>Every shape that is printed, prepared at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JsonFailure))]
[JsonSerializable(typeof(LoadJson))]
[JsonSerializable(typeof(ConsumeJson))]
[JsonSerializable(typeof(KafkaStatusJson))]
[JsonSerializable(typeof(KafkaMovesJson))]
[JsonSerializable(typeof(View.HealthJson))]
[JsonSerializable(typeof(DashboardHealthJson))]
[JsonSerializable(typeof(RunsJson))]
[JsonSerializable(typeof(RunSourcesJson))]
[JsonSerializable(typeof(MigrateJson))]
[JsonSerializable(typeof(PingJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(ResetJson))]
[JsonSerializable(typeof(QuarantineListJson))]
[JsonSerializable(typeof(QuarantineShowJson))]
[JsonSerializable(typeof(QuarantineRowJson))]
[JsonSerializable(typeof(ReplayJson))]
[JsonSerializable(typeof(ExportJson))]
[JsonSerializable(typeof(BucketsJson))]
[JsonSerializable(typeof(ObjectsJson))]
[JsonSerializable(typeof(DownloadJson))]
[JsonSerializable(typeof(MergeJson))]
[JsonSerializable(typeof(CleanJson))]
[JsonSerializable(typeof(ReportJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(MuseumsJson))]
[JsonSerializable(typeof(MuseumChangeJson))]
[JsonSerializable(typeof(UsersJson))]
[JsonSerializable(typeof(UserChangeJson))]
internal sealed partial class JsonShapes : JsonSerializerContext;
