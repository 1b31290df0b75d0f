using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse;

/// <summary>The columns of the four fields in a CSV object, found by its header line.</summary>
public sealed class CsvHeader
{
    private static readonly string[] Names = ["at", "site", "val", "type"];
    private readonly int[] columns = [-1, -1, -1, -1];
    private readonly string[] all;

    /// <param name="fields">The header's fields, unquoted.</param>
    public CsvHeader(IReadOnlyList<string> fields)
    {
        Count = fields.Count;
        all = [.. fields.Select(Plain)];
        var known = 0;
        for (var column = 0; column < fields.Count; column++)
        {
            var name = Array.IndexOf(Names, all[column]);
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

    /// <summary>Why no record of this object can be read, or null.</summary>
    public string? Fault { get; private set; }

    public int At => columns[0];

    public int Site => columns[1];

    public int Val => columns[2];

    public int Type => columns[3];

    /// <summary>The header from a line kept as bytes.</summary>
    public static CsvHeader Parse(byte[] line)
    {
        using var reader = new CsvReader(new MemoryStream(line, writable: false));
        return reader.Read() ? Of(reader) : new([]);
    }

    /// <summary>The header to continue with: if a second line is kept, that is a header further down with its columns
    /// in another order.</summary>
    public static CsvHeader Resume(byte[] lines)
    {
        using var reader = new CsvReader(new MemoryStream(lines, writable: false));
        var header = reader.Read() ? Of(reader) : new([]);
        if (reader.Read())
            header.IsRepeatedBy(reader);
        return header;
    }

    /// <summary>True if the record only repeats the header: files were merged with their first lines. If it names the
    /// same columns in another order, nothing below it can be read: that becomes the <see cref="Fault"/>.</summary>
    internal bool IsRepeatedBy(CsvReader record)
    {
        if (record.FieldCount != Count || record.Fault is not null || Fault is not null)
            return false;
        var again = Of(record).all;
        if (again.AsSpan().SequenceEqual(all))
            return true;
        if (again.Order(StringComparer.Ordinal).SequenceEqual(all.Order(StringComparer.Ordinal)))
            Fault =
                $"found the header again with its columns in another order ({Show(again)}), expected {Show(all)} "
                + "everywhere in one file; nothing from there on is read";
        return false;
    }

    private static string Show(IEnumerable<string> names) => SafeText.Cut(string.Join(',', names), 60);

    private static string Plain(string name) => name.Trim().Trim('\uFEFF').Trim().ToLowerInvariant();

    /// <summary>Whether the reader's current record is this header.</summary>
    public static CsvHeader Of(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var field = 0; field < fields.Length; field++)
            fields[field] = Encoding.UTF8.GetString(reader.Field(field));
        return reader.Fault is null ? new(fields) : new([Encoding.UTF8.GetString(reader.Raw)]);
    }
}
