using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MuseumPipeline.Commands;

/// <summary><c>--json</c>: exactly one object, on one line. Everything beyond ASCII is escaped, so that no foreign text
/// reaches the terminal raw.</summary>
internal static class JsonOutput
{
    public static void Print<T>(T value, JsonTypeInfo<T> shape) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(value, shape));
}

internal sealed record JsonFailure(string Command, JsonError Error);

/// <summary>An error in parts; <c>Message</c> is the sentence made of them. The keys and their order are a
/// contract.</summary>
internal sealed record JsonError(
    int ExitCode,
    string Message,
    string Found,
    string? Expected,
    string? Fix,
    IReadOnlyList<string> Settings
);

/// <summary>The shape of an error, prepared at build time. Each verb has its own shapes beside it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JsonFailure))]
internal sealed partial class JsonShapes : JsonSerializerContext;
