using System.Globalization;
using MuseumPipeline.Model;
using Spectre.Console;

namespace MuseumPipeline.Commands;

/// <summary>Formats values for people, the same in every table.</summary>
internal static class Show
{
    /// <summary><c>2,137</c>.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601 in UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A foreign text as markup that only shows it.</summary>
    public static string Text(string text) => Markup.Escape(SafeText.Of(text));

    /// <summary>The stored word of a state.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary><c>12.3 MB</c>.</summary>
    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} B"),
            < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:N0} kB"),
            < 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N0} GB"),
        };
}
