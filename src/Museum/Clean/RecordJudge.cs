using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Clean;

/// <summary>Judges records, whether from a CSV file or a message: each becomes an event or a refusal. Counts refusals
/// by reason. Not thread-safe.</summary>
internal sealed class RecordJudge(Cleaner cleaner)
{
    /// <summary>Refusals since the last clear, by reason.</summary>
    public ReasonTally Refused { get; } = new();

    /// <summary>Set while a transaction holds one record that the database refused before.</summary>
    public DatabaseRefusal? Database { get; set; }

    public void StartBatch() => cleaner.StartBatch();

    /// <summary>Returns null and sets the event for a valid record.</summary>
    /// <param name="record">The record as it came, and where from.</param>
    /// <param name="reading">Its fields, as far as they could be read.</param>
    /// <param name="fault">Why it could not be read; null if it could.</param>
    /// <param name="detail">The fault in words.</param>
    public Refusal? Judge(
        scoped in RawRecord record,
        scoped in Reading reading,
        Reason? fault,
        string? detail,
        out KioskEvent press
    )
    {
        press = default;
        var reason = fault ?? cleaner.CleanData(reading, record.SourceId, record.Position, out press);
        if (reason is null && Database is { } database)
            (reason, detail) = (Reason.RefusedByDatabase, database.Detail);
        if (reason is { } known)
            return Refuse(record, reading, known, detail);
        if (press.Kind is PressKind.Support)
            press = press with
            {
                Arrival = record.Arrival,
                ClockWrong = record.Arrival.Contradicts(press.At, cleaner.ClockTolerance),
            };
        return null;
    }

    private Refusal Refuse(scoped in RawRecord record, scoped in Reading reading, Reason reason, string? detail)
    {
        Refused.Count(reason);
        var bare = new Refusal(record.SourceId, record.Position, reason, "")
        {
            Raw = record.Kept.ToArray(),
            RawLength = record.Length,
        };
        if (record.Arrival.At != 0)
            bare = bare with { Arrived = record.Arrival.At };
        var refusal = cleaner.Explain(reading, bare with { Detail = detail ?? "" });
        if (refusal.PossibleHelp)
            bare = bare with { ClockWrong = IsClockWrong(record.Arrival, refusal) };
        refusal = refusal with { ClockWrong = bare.ClockWrong };
        // Whatever the database refused, the record may still be a call for help.
        return Database is { Bare: true } ? bare with { PossibleHelp = refusal.PossibleHelp } : refusal;
    }

    /// <summary>A press from before there were kiosks has a wrong time, however late it arrived.</summary>
    private bool IsClockWrong(Arrival arrival, Refusal refusal) =>
        arrival.At != 0
        && (refusal.Reason is Reason.Past || (refusal.At is { } at && arrival.Contradicts(at, cleaner.ClockTolerance)));
}

/// <summary>Why the database refused a record.</summary>
/// <param name="Bare">It refused the explained refusal too: only source, position, reason and raw bytes are
/// kept.</param>
internal sealed record DatabaseRefusal(string Detail, bool Bare);

/// <summary>A record as it arrived.</summary>
/// <param name="sourceId">The ledger's row of the source that delivered it.</param>
/// <param name="position">Where in that source: line or offset.</param>
/// <param name="bytes">Only its first <see cref="Refusal.RawKept"/> bytes are needed.</param>
/// <param name="length">Its length when it arrived, in bytes.</param>
public readonly ref struct RawRecord(int sourceId, long position, ReadOnlySpan<byte> bytes, long length)
{
    public int SourceId { get; } = sourceId;

    public long Position { get; } = position;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public long Length { get; } = length;

    /// <summary>The arrival; not set for a record from a file.</summary>
    public Arrival Arrival { get; init; }

    /// <summary>The part of it that quarantine keeps.</summary>
    public ReadOnlySpan<byte> Kept => Bytes.Length > Refusal.RawKept ? Bytes[..Refusal.RawKept] : Bytes;
}
