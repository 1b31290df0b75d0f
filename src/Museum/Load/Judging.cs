using MuseumPipeline.Clean;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>Parses and cleans one object into a load: the reader, the header, and the counts since the last
/// commit.</summary>
/// <param name="content">The object.</param>
/// <param name="at">Where to continue, by the ledger; null for the start.</param>
/// <param name="cleaner">The rules.</param>
/// <param name="known">Lines that are already in the database, ascending.</param>
/// <param name="limit">How many rows may be loaded, if limited.</param>
/// <param name="rewind">Read from the start all the same, telling known lines from new ones.</param>
internal sealed class Judging(
    BucketContent content,
    SourceRow? at,
    Cleaner cleaner,
    long[] known,
    RowLimit? limit,
    bool rewind
) : IDisposable
{
    private readonly CsvReader reader = Open(content, rewind ? null : at);
    private readonly RecordJudge judge = new(cleaner);
    private readonly long readBefore = at?.NextPosition ?? 0;
    private CsvHeader? header = !rewind && at?.Header is { } line ? CsvHeader.Resume(line) : null;
    private readonly OwnRepeats repeats = new();
    private int nextKnown;
    private long repeatsBefore;
    private long read,
        ratings,
        support,
        quarantined,
        already,
        skipped,
        possibleHelp;

    /// <summary>The header line, and if there is one, the line below it that names its columns in another
    /// order.</summary>
    public byte[]? HeaderLine { get; private set; } = at?.Header;

    public long NextByte => reader.NextOffset;

    public long NextLine => reader.NextLine;

    /// <summary>Counted since the last <see cref="Forget"/>.</summary>
    public Counts Counts => new(read, ratings, support, quarantined, already, skipped, possibleHelp);

    /// <summary>Presses since the last <see cref="Forget"/> that repeat an earlier one of the same object.</summary>
    public long OwnRepeats => repeats.Count - repeatsBefore;

    public long NewlyRead { get; private set; }

    public long SkippedChange { get; private set; }

    /// <summary>The reasons of the refusals written since the last <see cref="Forget"/>.</summary>
    public ReasonTally Refused { get; } = new();

    /// <summary>Where to note the presses of the transaction.</summary>
    public PressesInFlight.Flight? Flight { get; set; }

    /// <summary>Set while a transaction holds one record that the database refused before.</summary>
    public DatabaseRefusal? Database
    {
        set => judge.Database = value;
    }

    /// <summary>Starts a new count, after a commit.</summary>
    public void Forget()
    {
        read = ratings = support = quarantined = already = skipped = possibleHelp = 0;
        NewlyRead = SkippedChange = 0;
        Refused.Clear();
        repeatsBefore = repeats.Count;
    }

    /// <summary>Judges up to this many records into the load; false if the object ends before.</summary>
    public bool Run(IRecordSink load, int records)
    {
        judge.StartBatch();
        var until = read + records;
        if (header is null && !ReadHeader(load))
            return false;
        while (read < until)
        {
            if (!reader.Read())
                return false;
            var fault = CsvReadings.Read(reader, header!, out var reading, out var detail);
            var refusal = judge.Judge(Record(load), reading, fault, detail, out var press);
            var room = refusal is not null || limit is null || limit.Take(press.Kind);
            if (!Count(room))
                continue;
            if (refusal is not null)
                Refuse(load, HeaderAgain(refusal));
            else
                Accept(load, press);
        }

        return true;
    }

    /// <summary>Reads the header; one without usable names is a faulty record, like those below it.</summary>
    private bool ReadHeader(IRecordSink load)
    {
        if (!reader.Read())
            return false;
        header = CsvHeader.Of(reader);
        HeaderLine = reader.Raw.ToArray();
        reader.ExpectedFields = header.Count;
        if (header.Fault is null || !Count(room: true))
            return true;
        var fault = CsvReadings.Read(reader, header, out _, out var detail) ?? Reason.InvalidRow;
        Refuse(load, judge.Judge(Record(load), default, fault, detail, out _)!);
        return true;
    }

    /// <summary>A refused row may be a repeat of the header.</summary>
    private Refusal HeaderAgain(Refusal refusal)
    {
        if (header!.Fault is not null)
            return refusal;
        Reason reason;
        if (header.IsRepeatedBy(reader))
            reason = Reason.RepeatedHeader;
        else if (header.Fault is not null)
            (reason, HeaderLine) = (Reason.InvalidRow, [.. HeaderLine!, (byte)'\n', .. reader.Raw]);
        else
            return refusal;
        return new Refusal(
            refusal.SourceId,
            refusal.Position,
            reason,
            header.Fault ?? "found the header again, expected a press"
        )
        {
            Raw = refusal.Raw,
            RawLength = refusal.RawLength,
        };
    }

    private RawRecord Record(IRecordSink load) => new(load.SourceId, reader.Line, reader.Raw, reader.RawLength);

    /// <summary>Adds the record to the counts; true if it is to be written.</summary>
    private bool Count(bool room)
    {
        read++;
        if (IsKnown(reader.Line))
        {
            already++;
            return false;
        }

        // A line that an earlier pass read and that is not in the database was skipped then.
        var isNew = reader.Line >= readBefore;
        if (isNew)
            NewlyRead++;
        if (room)
        {
            if (!isNew)
                SkippedChange--;
            return true;
        }

        if (isNew)
            SkippedChange++;
        skipped++;
        return false;
    }

    private void Accept(IRecordSink load, in KioskEvent press)
    {
        load.Write(press);
        var hash = press.ContentHash;
        repeats.Add(hash);
        Flight?.Add(hash);
        if (press.Kind is PressKind.Rating)
            ratings++;
        else
            support++;
    }

    private void Refuse(IRecordSink load, Refusal refusal)
    {
        load.Write(refusal);
        Refused.Count(refusal.Reason);
        quarantined++;
        if (refusal.PossibleHelp)
            possibleHelp++;
    }

    private bool IsKnown(long line)
    {
        while (nextKnown < known.Length && known[nextKnown] < line)
            nextKnown++;
        return nextKnown < known.Length && known[nextKnown] == line;
    }

    private static CsvReader Open(BucketContent content, SourceRow? at)
    {
        content.Stream.Position = at?.NextByte ?? 0;
        var reader = at is { NextByte: > 0 }
            ? new CsvReader(content.Stream, at.NextByte, at.NextPosition)
            : new CsvReader(content.Stream);
        if (at?.Header is { } line)
            reader.ExpectedFields = CsvHeader.Parse(line).Count;
        return reader;
    }

    public void Dispose() => reader.Dispose();
}
