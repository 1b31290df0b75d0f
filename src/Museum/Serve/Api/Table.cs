using System.Buffers;
using System.Globalization;
using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve.Api;

/// <summary>A view as a table: the same numbers as its JSON, for a spreadsheet.</summary>
/// <param name="Columns">The first row.</param>
/// <param name="Rows">Texts, numbers, days, instants, enum values, true and false, or null.</param>
internal sealed record Table(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    /// <summary>A comma and a quotation mark by RFC 4180, the others because some spreadsheets cut there.</summary>
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\";\t\r\n");

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
            string text => SpreadsheetText.Of(text),
            bool flag => flag ? "true" : "false",
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTimeOffset instant => Instants.TextOf(instant),
            Enum word => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"a {value.GetType()} cannot be written to a cell"),
        };
}
