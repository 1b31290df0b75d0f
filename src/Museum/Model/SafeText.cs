using System.Globalization;
using System.Text;

namespace MuseumPipeline.Model;

/// <summary>Object keys and records may be hostile: printed raw they could move the cursor, recolour the screen or
/// reverse the text. Everything except plain text becomes <c>\u{…}</c>.</summary>
internal static class SafeText
{
    /// <summary>One line of safe text.</summary>
    public static string Of(string text)
    {
        if (text.All(c => c is >= ' ' and <= '~'))
            return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsPlain(rune))
                safe.Append(rune);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
        }
        return safe.ToString();
    }

    /// <summary>The same for each line: for our own texts, which may have several lines.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    /// <summary>Bytes as one line: text where they are UTF-8, <c>\u{…}</c> for each byte that is not.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var safe = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (valid && IsPlain(rune))
                safe.Append(rune);
            else if (valid)
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            else
                AppendBytes(safe, bytes[..used]);
            bytes = bytes[used..];
        }
        return safe.ToString();
    }

    /// <summary>At most this many characters, with a mark where it was cut.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";

    private static void AppendBytes(StringBuilder safe, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            safe.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
    }

    /// <summary>Format characters include direction overrides and zero-width ones; unassigned and private ones may get any
    /// meaning later.</summary>
    public static bool IsPlain(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
