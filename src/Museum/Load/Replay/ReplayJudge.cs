using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Replay;

/// <summary>Judges one museum's held refusals again, from the bytes that were kept.</summary>
internal sealed class ReplayJudge(Cleaner cleaner)
{
    private readonly MessageJudge messages = new(cleaner);
    private readonly RecordJudge records = new(cleaner);

    /// <summary>Returns null and sets the event for a record that is valid now.</summary>
    public Refusal? Judge(QuarantineRow row, out KioskEvent press)
    {
        press = default;
        if (row.RawLength > row.Raw.Length)
            return Keep(row);
        var raw = new RawRecord(row.SourceId, row.Position, row.Raw, row.RawLength);
        if (row.Kind != "object")
            return messages.Judge(raw, out press);
        using var csv = new CsvReader(new MemoryStream(row.Raw, writable: false));
        if (row.Header is null || row.Reason is Reason.RepeatedHeader || !csv.Read())
            return Keep(row);
        var fault = CsvReadings.Read(csv, CsvHeader.Parse(row.Header), out var reading, out var detail);
        // The row itself is valid: it is below a header that names its columns in another order.
        if (fault is null && row.Reason is Reason.InvalidRow)
            return Keep(row);
        return records.Judge(raw, reading, fault, detail, out press);
    }

    /// <summary>A record that cannot be judged again (only its beginning was kept, or its header is unknown) stays as
    /// it is.</summary>
    private static Refusal Keep(QuarantineRow row) =>
        new(row.SourceId, row.Position, row.Reason, row.Detail) { Site = row.Site, ExhibitionId = row.ExhibitionId };
}
