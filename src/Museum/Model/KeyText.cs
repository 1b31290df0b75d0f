using System.Globalization;
using System.Text;

namespace MuseumPipeline.Model;

/// <summary>Makes keys and server texts, which strangers write, safe to show.</summary>
internal static class KeyText
{
    private const int Longest = 200;

    /// <summary>The text with control, direction and line characters as \uXXXX, cut to a readable length.</summary>
    public static string Show(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, Longest)).EnumerateRunes())
        {
            if (
                Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.PrivateUse
                    or UnicodeCategory.OtherNotAssigned
            )
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                shown.Append(rune.ToString());
        }

        return text.Length > Longest
            ? shown.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)").ToString()
            : shown.ToString();
    }
}
