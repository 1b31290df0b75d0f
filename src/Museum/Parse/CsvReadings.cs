using System.Text.Unicode;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse;

/// <summary>Turns a CSV record into a reading, by the object's header.</summary>
public static class CsvReadings
{
    /// <summary>Returns null and the fields of the reader's current record; or the reason why it cannot be read, with
    /// as many fields as can still be parsed (a call for help may be among them).</summary>
    public static Reason? Read(CsvReader record, CsvHeader header, out Reading reading, out string? detail)
    {
        reading.At = Field(record, header.At);
        reading.Site = Field(record, header.Site);
        reading.Val = Field(record, header.Val);
        reading.Type = Field(record, header.Type);
        detail = null;

        if (record.IsTooLarge)
        {
            detail = $"found a record of {record.RawLength} bytes, expected at most {Refusal.RecordLimit}";
            return Reason.TooLarge;
        }

        if (!Utf8.IsValid(record.Raw) || record.Raw.Contains((byte)0))
        {
            detail = "found bytes that are not UTF-8 text, or a NUL";
            return Reason.InvalidEncoding;
        }

        if (record.FieldCount == header.Count && record.Fault is null && header.Fault is null)
            return null;
        detail = header.Fault ?? record.Fault ?? $"found {record.FieldCount} fields, expected {header.Count}";
        return Reason.InvalidRow;
    }

    private static Field Field(CsvReader record, int column)
    {
        var text = column < 0 ? default : record.Field(column);
        return text.IsEmpty ? default : new(FieldKind.Bare, text);
    }
}
