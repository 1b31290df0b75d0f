using System.Globalization;
using System.Text.Json;

namespace MuseumPipeline.Parse;

/// <summary>Names the shape of a refused message, to help find the producer that changed: for a hundred thousand
/// refusals "an array" says more than "invalid JSON at byte 0".</summary>
internal static class MessageShape
{
    private const int Deepest = 8;
    private static readonly string[] Keys = ["at", "site", "val", "type"];
    private static readonly JsonDocumentOptions Lenient = new() { AllowDuplicateProperties = true };

    /// <summary>The shape of a message that is not one JSON object; null if unknown.</summary>
    /// <param name="payload">Without frame and byte order mark.</param>
    public static string? Of(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return null;
        if (Envelope.HasMark(payload))
            return "a second byte order mark";
        if (Envelope.IsFramed(payload))
            return "a second Schema Registry frame";
        if (IsUtf16(payload))
            return "UTF-16 text";
        var text = payload.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return "white space alone";
        return text[0] switch
        {
            (byte)'[' => "a JSON array",
            (byte)'"' when text.Contains((byte)'{') => "JSON within a JSON text (encoded twice)",
            (byte)'b' when text.StartsWith("b'"u8) || text.StartsWith("b\""u8) => "bytes as Python prints them",
            (byte)'{' when text[1..].TrimStart(" \t\r\n"u8).StartsWith("'"u8) => "single quotes, as Python prints them",
            (byte)'{' => null,
            (byte)'<' => "XML",
            _ => BeforeTheObject(payload),
        };
    }

    /// <summary>For an object without any of our keys: where they are instead, or null.</summary>
    public static string? OfObject(ReadOnlySpan<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload.ToArray(), Lenient);
            return Inside(document.RootElement, "", 0);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? BeforeTheObject(ReadOnlySpan<byte> payload)
    {
        var start = payload.IndexOf((byte)'{');
        if (start < 0)
            return payload.TrimEnd(" \t\r\n"u8).EndsWith("}"u8) ? "the end of an object without its beginning" : null;
        var before = payload[..start].Trim(" \t\r\n"u8);
        if (before.StartsWith("//"u8) || before.StartsWith("/*"u8) || before.StartsWith("#"u8))
            return "a comment before the object";
        if (before.SequenceEqual("\u001E"u8))
            return "a record separator (RFC 7464) before the object";
        return string.Create(CultureInfo.InvariantCulture, $"{start} bytes before the object");
    }

    private static bool IsUtf16(ReadOnlySpan<byte> payload)
    {
        if (payload is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return true;
        return payload.Length >= 4 && ((payload[0] == 0 && payload[2] == 0) || (payload[1] == 0 && payload[3] == 0));
    }

    private static string? Inside(JsonElement element, string path, int depth)
    {
        if (depth > Deepest)
            return null;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                if (OurKeys(element) is { Length: > 0 } keys)
                    return path.Length > 0 ? $"an envelope with the press in {path}" : $"the keys {keys}";
                foreach (var property in element.EnumerateObject())
                {
                    var name = path.Length > 0 ? $"{path}.{property.Name}" : property.Name;
                    if (Inside(property.Value, name, depth + 1) is { } found)
                        return found;
                }

                return null;
            case JsonValueKind.Array:
                return element
                    .EnumerateArray()
                    .Select(item => Inside(item, $"{path}[]", depth + 1))
                    .FirstOrDefault(found => found is not null);
            case JsonValueKind.String when element.GetString() is ['{', ..] text:
                return InsideText(text, path, depth);
            default:
                return null;
        }
    }

    private static string? InsideText(string text, string path, int depth)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Inside(document.RootElement, $"{path} (as text)", depth + 1);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string OurKeys(JsonElement element) =>
        string.Join(
            ", ",
            element
                .EnumerateObject()
                .Select(property => property.Name)
                .Where(name => Keys.Contains(name, StringComparer.OrdinalIgnoreCase))
        );
}
