using System.Text;

namespace MuseumPipeline.Parse;

/// <summary>Where the four fields stand in a CSV object, by its header line.</summary>
public sealed class CsvHeader
{
    private static readonly string[] Names = ["at", "site", "val", "type"];
    private readonly int[] columns = [-1, -1, -1, -1];

    /// <param name="fields">The header's fields, unquoted.</param>
    public CsvHeader(IReadOnlyList<string> fields)
    {
        Count = fields.Count;
        var known = 0;
        for (var column = 0; column < fields.Count; column++)
        {
            var name = Array.IndexOf(Names, fields[column].Trim().ToLowerInvariant());
            if (name < 0)
                continue;
            if (columns[name] >= 0)
                Fault = $"found column \"{Names[name]}\" twice in the header, expected each column once";
            columns[name] = column;
            known++;
        }

        if (known > 0)
            return;
        var found = string.Join(',', fields);
        Fault =
            $"found the header \"{(found.Length > 60 ? found[..60] + "…" : found)}\", expected the columns at, "
            + $"site, val and type, separated by commas";
    }

    /// <summary>Fields each record must have.</summary>
    public int Count { get; }

    /// <summary>Why no record of this object can be understood, or null.</summary>
    public string? Fault { get; }

    public int At => columns[0];

    public int Site => columns[1];

    public int Val => columns[2];

    public int Type => columns[3];

    /// <summary>The header of a line kept as bytes.</summary>
    public static CsvHeader Parse(byte[] line)
    {
        using var reader = new CsvReader(new MemoryStream(line, writable: false));
        return reader.Read() ? Of(reader) : new([]);
    }

    /// <summary>The header that the reader's current record is.</summary>
    public static CsvHeader Of(CsvReader reader)
    {
        var fields = new string[Math.Min(reader.FieldCount, CsvReader.FieldsKept)];
        for (var field = 0; field < fields.Length; field++)
            fields[field] = Encoding.UTF8.GetString(reader.Field(field));
        return reader.Fault is null ? new(fields) : new([Encoding.UTF8.GetString(reader.Raw)]);
    }
}
