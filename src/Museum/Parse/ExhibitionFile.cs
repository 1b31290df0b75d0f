using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse;

/// <summary>Reads <c>lmnh_exhibition_….json</c>.</summary>
internal static partial class ExhibitionFile
{
    private const int MostBytes = 1 << 20;
    private const int LongestLine = 200,
        LongestText = 10_000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The content of the file.</summary>
    /// <exception cref="FormatException">Key, found and expected; the caller adds the file's name.</exception>
    public static ExhibitionFacts Parse(ReadOnlyMemory<byte> content)
    {
        if (content.Length > MostBytes)
            throw new FormatException($"found {content.Length} bytes, expected at most {MostBytes}");
        // Windows editors write a byte order mark.
        if (content.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            content = content[3..];
        try
        {
            using var document = JsonDocument.Parse(content, Strict);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                throw new FormatException(
                    $"found a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}, expected one object"
                );
            return Facts(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException(
                $"line {(e.LineNumber ?? 0) + 1}: found invalid JSON ({e.Message.Split(". ")[0]}), expected one "
                    + $"object with each key once",
                e
            );
        }
    }

    private static ExhibitionFacts Facts(JsonElement file)
    {
        var id = Text(file, "EXHIBITION_ID");
        if (!PublicId().IsMatch(id))
            throw Unexpected("EXHIBITION_ID", $"\"{id}\"", "EXH_ and two or more digits, as \"EXH_04\"");
        var site = id["EXH_".Length..].TrimStart('0');
        return new ExhibitionFacts(
            id,
            site.Length == 0 ? "0" : site,
            Line(file, "EXHIBITION_NAME"),
            Line(file, "FLOOR"),
            Line(file, "DEPARTMENT"),
            Date(Text(file, "START_DATE")),
            Bounded("DESCRIPTION", Text(file, "DESCRIPTION"), LongestText)
        );
    }

    private static string Line(JsonElement file, string key) => Bounded(key, Text(file, key), LongestLine);

    /// <summary>It stands in pages, sheets, alerts and logs, which one text must not fill. Whatever characters are in it
    /// is theirs to show safely: refusing them here would lose an exhibition's presses.</summary>
    private static string Bounded(string key, string text, int most) =>
        text.Length <= most ? text : throw Unexpected(key, $"{text.Length} characters", $"at most {most}");

    private static string Text(JsonElement file, string key)
    {
        if (!file.TryGetProperty(key, out var value))
            throw Unexpected(key, "no such key", "a text");
        if (value.ValueKind is not JsonValueKind.String)
            throw Unexpected(key, value.GetRawText(), "a text in quotes");
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Unexpected(key, "a text that is not Unicode", "a text");
        }

        if (string.IsNullOrWhiteSpace(text))
            throw Unexpected(key, $"\"{text}\"", "a text that is not empty");
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw Unexpected(key, "a text with a NUL in it", "a text")
            : text;
    }

    /// <summary>dd/MM/yy. Two-digit years follow POSIX, as in the original: 69–99 are 1969–1999, 00–68 are
    /// 2000–2068.</summary>
    private static DateOnly Date(string text)
    {
        var match = ShortDate().Match(text);
        if (match.Success)
        {
            int year = Number(match, 3),
                month = Number(match, 2),
                day = Number(match, 1);
            year += year >= 69 ? 1900 : 2000;
            if (month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month))
                return new DateOnly(year, month, day);
        }

        throw Unexpected("START_DATE", $"\"{text}\"", "a date that exists, as dd/MM/yy");
    }

    private static int Number(Match match, int group) =>
        int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static FormatException Unexpected(string key, string found, string expected) =>
        new($"{key}: found {(found.Length > 100 ? found[..100] + "…" : found)}, expected {expected}");

    [GeneratedRegex(@"\AEXH_[0-9]{2,9}\z")]
    private static partial Regex PublicId();

    [GeneratedRegex(@"\A([0-9]{2})/([0-9]{2})/([0-9]{2})\z")]
    private static partial Regex ShortDate();
}
