using System.Buffers;
using System.Globalization;
using System.Text;

namespace MuseumPipeline.Serve.Api;

/// <summary>A view as a table: the same numbers as its JSON, for a spreadsheet.</summary>
/// <param name="Columns">The first row.</param>
/// <param name="Rows">Texts, numbers, days, instants, enum values, true and false, or null.</param>
internal sealed record Table(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    /// <summary>A spreadsheet takes a cell that begins with one of these for a formula, and runs it.</summary>
    private const string Formula = "=+-@\t\r\n＝＋－＠";

    /// <summary>What a spreadsheet may take for the end of a cell, by its country or by what its user chose.</summary>
    private const string Ends = ";\t\r\n";

    private static readonly SearchValues<char> Formulas = SearchValues.Create(Formula),
        Quoted = SearchValues.Create(",\"" + Ends);

    /// <summary>RFC 4180: lines end with CR LF, and cells are quoted if necessary.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder();
        Line(csv, Columns);
        foreach (var row in Rows)
            Line(csv, row);
        return csv.ToString();
    }

    private static void Line(StringBuilder csv, IReadOnlyList<object?> cells)
    {
        for (var cell = 0; cell < cells.Count; cell++)
        {
            if (cell > 0)
                csv.Append(',');
            var text = TextOf(cells[cell]);
            if (text.AsSpan().IndexOfAny(Quoted) < 0)
                csv.Append(text);
            else
                csv.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        csv.Append("\r\n");
    }

    /// <summary>Only texts can hide a formula; a negative number is our own.</summary>
    private static string TextOf(object? value) =>
        value switch
        {
            null => "",
            string text => Plain(text),
            bool flag => flag ? "true" : "false",
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTimeOffset instant => Instants.TextOf(instant),
            Enum word => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"a {value.GetType()} cannot be written to a cell"),
        };

    /// <summary>An apostrophe before whatever would be a formula at the start of a cell, of this one or of one into which
    /// the text may be cut.</summary>
    private static string Plain(string text)
    {
        if (text.AsSpan().IndexOfAny(Formulas) < 0)
            return text;
        var plain = new StringBuilder(text.Length + 1);
        for (var at = 0; at < text.Length; at++)
        {
            if (
                Formula.Contains(text[at], StringComparison.Ordinal)
                && (
                    at == 0
                    || (
                        Ends.Contains(text[at - 1], StringComparison.Ordinal)
                        && !Ends.Contains(text[at], StringComparison.Ordinal)
                    )
                )
            )
                plain.Append('\'');
            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
