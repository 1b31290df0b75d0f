using Microsoft.Extensions.Logging;
using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Settings;

public enum LogDestination
{
    Console,
    File,
}

public enum LogFormat
{
    /// <summary>Lines for people.</summary>
    Text,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,
}

/// <param name="Level">The least important events that are logged.</param>
/// <param name="Path">The rolling file, if the destination is a file.</param>
public sealed record LogSettings(
    LogDestination Destination,
    LogLevel Level,
    string Path,
    LogFormat Format = LogFormat.Text
)
{
    /// <summary>What others may with the file.</summary>
    public UnixFileMode FileMode { get; init; } = OwnFile.Usual;
}

/// <summary>The subject of a line of the log, as fields of the JSON log. The names are a contract, in
/// docs/monitoring.md.</summary>
internal static class LogFields
{
    public const string Event = "event";
    public const string Museum = "museum";

    /// <summary>A topic, an object, or the bucket of objects.</summary>
    public const string Source = "source";
    public const string Partition = "partition";
    public const string Run = "run";
    public const string Value = "value";

    /// <summary>Until it is disposed of, every line is written with this subject.</summary>
    public static IDisposable? About(this ILogger log, string? museum = null, string? source = null, int? run = null)
    {
        var fields = new Dictionary<string, object>(StringComparer.Ordinal);
        if (museum is not null)
            fields[Museum] = museum;
        if (source is not null)
            fields[Source] = source;
        if (run is { } number)
            fields[Run] = number;
        return log.BeginScope(fields);
    }
}
