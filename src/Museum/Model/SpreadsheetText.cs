using System.Buffers;
using System.Text;

namespace MuseumPipeline.Model;

/// <summary>Text for the cell of a CSV: opening a file must never run what a stranger wrote.</summary>
internal static class SpreadsheetText
{
    /// <summary>A spreadsheet takes a cell that begins with one of these for a formula, and runs it.</summary>
    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r\n＝＋－＠");

    /// <summary>What a spreadsheet may take for the end of a cell, by its country or by what its user chose.</summary>
    private static readonly SearchValues<char> Ends = SearchValues.Create(";\t\r\n");

    /// <summary>With an apostrophe before whatever would be a formula at the start of a cell, of this one or of one into
    /// which the text may be cut.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny(Formulas))
            return text;
        var plain = new StringBuilder(text.Length + 1);
        for (var at = 0; at < text.Length; at++)
        {
            // Of several ends in a row, what stands behind the last one begins a cell.
            var begins = at == 0 || (Ends.Contains(text[at - 1]) && !Ends.Contains(text[at]));
            if (begins && Formulas.Contains(text[at]))
                plain.Append('\'');
            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
