using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Load.Verify;

/// <summary>A record of the source, judged by the current rules.</summary>
/// <param name="Refused">Set if it is not a press.</param>
internal readonly record struct JudgedRecord(long Position, KioskEvent Press, Refusal? Refused);

/// <summary>Compares the records of one source with its rows, stretch by stretch.</summary>
/// <param name="gone">What of the source is retired.</param>
internal sealed class SourceComparison(
    LedgerSource source,
    IReadOnlyCollection<RetiredCount> gone,
    HourlySums hours,
    VerifyReport report
)
{
    private readonly SourceRow row = source.Row;
    private long skipped;
    private long ratings,
        support,
        held;
    private IReadOnlySet<long>? retired;
    private long retiredHere;

    public long Wrong { get; private set; }

    public long Compared { get; private set; }

    /// <summary>Every record of a stretch must have its row or be retired, and every row its record.</summary>
    /// <param name="retired">Keys.</param>
    public void Compare(
        IReadOnlyList<JudgedRecord> judged,
        IReadOnlyList<StoredRecord> stored,
        IReadOnlySet<long> retired
    )
    {
        (this.retired, retiredHere) = (retired, 0);
        Count(stored);
        var (events, calls, refusals) = Split(stored);
        int e = 0,
            c = 0,
            q = 0;
        foreach (var record in judged)
        {
            var key = EventId.Of(row.Id, record.Position);
            Compare(record, Take(events, ref e, key), Take(calls, ref c, key), Take(refusals, ref q, key));
        }

        Take(events, ref e, long.MaxValue);
        Take(calls, ref c, long.MaxValue);
        Take(refusals, ref q, long.MaxValue);
        Compared += judged.Count - retiredHere;
        report.Retired += retiredHere;
    }

    /// <summary>Rows whose records cannot be read again: only counted.</summary>
    public void Count(IReadOnlyList<StoredRecord> stored)
    {
        foreach (var record in stored)
        {
            if (record.Kind is null)
            {
                held += record.State == "held" ? 1 : 0;
                continue;
            }

            hours.Add(record);
            if (record.Kind is PressKind.Rating)
                ratings++;
            else
                support++;
        }
    }

    /// <summary>Rows where the source has no record at all.</summary>
    public void Unexplained(IReadOnlyList<StoredRecord> stored)
    {
        Count(stored);
        foreach (var record in stored)
            Unexplained(record);
    }

    /// <summary>Records that were read are no longer in the log, and not because of its retention.</summary>
    public void LogIsShort(long end, long position) =>
        Wrongly(
            "changed",
            Path,
            Invariant(
                $"the log ends at offset {end}, and was read up to {position}: it was cut or restored from a copy"
            )
        );

    /// <summary>Compares the rows, once all have been seen, with the ledger.</summary>
    public void CompareLedger()
    {
        var (_, wantedRatings, wantedSupport, wantedHeld, _, wantedSkipped, _) = row.Counts;
        Expect("ratings", wantedRatings, ratings, RetiredKind.Rating);
        Expect("calls for help", wantedSupport, support, RetiredKind.Support);
        Expect("records in quarantine", wantedHeld, held, RetiredKind.Refusal);
        if (row.State is SourceState.Partial && skipped != wantedSkipped)
            Wrongly(
                "missing",
                Path,
                Invariant($"{skipped} records have no row, and {wantedSkipped} were left out by choice")
            );
        void Expect(string what, long ledger, long tables, RetiredKind kind)
        {
            var went = gone.Where(some => some.Kind == kind).Sum(some => some.Rows);
            var others = went == 0 ? "" : Invariant($", and {went} are retired");
            if (ledger != tables + went)
                Wrongly(
                    "counts",
                    Path,
                    Invariant($"the ledger says {ledger} {what}, the tables hold {tables}") + others
                );
        }
    }

    private string Path => SourcePlace.Of(row.Kind, row.Location, row.Name);

    private static (List<StoredRecord>, List<StoredRecord>, List<StoredRecord>) Split(
        IReadOnlyList<StoredRecord> stored
    )
    {
        List<StoredRecord> ratings = [],
            support = [],
            refusals = [];
        foreach (var record in stored)
        {
            var list =
                record.Kind is PressKind.Rating ? ratings
                : record.Kind is null ? refusals
                : support;
            list.Add(record);
        }

        return (ratings, support, refusals);
    }

    /// <summary>The row of this key, if it comes next; rows before it have no record.</summary>
    private StoredRecord? Take(List<StoredRecord> rows, ref int next, long key)
    {
        while (next < rows.Count && rows[next].Key < key)
            Unexplained(rows[next++]);
        return next < rows.Count && rows[next].Key == key ? rows[next++] : null;
    }

    private void Unexplained(in StoredRecord record)
    {
        if (record.State is null or "held")
            Wrongly(
                "unexplained",
                PlaceOf(record.Key % EventId.PositionsPerSource),
                $"a row in {TableOf(record)} has no record in the source"
            );
    }

    private void Compare(in JudgedRecord record, StoredRecord? rating, StoredRecord? call, StoredRecord? refusal)
    {
        if (rating is not null && call is not null)
            Wrongly(record, "doubled", "it is in rating_instance and in support_instance");
        else if ((rating ?? call) is { } press)
            ComparePress(record, press, refusal);
        else if (refusal is { State: not "replayed" } kept)
            CompareRefusal(record, kept);
        else if (IsRetired(record))
            retiredHere++;
        else if (row.State is SourceState.Partial)
            skipped++;
        else
            Wrongly(
                record,
                "missing",
                refusal is null
                    ? "it is neither in the tables nor in quarantine"
                    : "it was replayed from quarantine, and its row is gone"
            );
    }

    private void ComparePress(in JudgedRecord record, in StoredRecord press, StoredRecord? refusal)
    {
        report.Count(press.Kind is PressKind.Rating ? 1 : 0, press.Kind is PressKind.Support ? 1 : 0, 0);
        if (refusal is { State: "held" })
            Wrongly(record, "doubled", $"it is in {TableOf(press)} and still held in quarantine");
        if (press.SourceId != row.Id || press.Position != record.Position)
            Wrongly(record, "different", Invariant($"its row says source {press.SourceId}, position {press.Position}"));
        if (record.Refused is { } refused)
        {
            // A replay under other rules, which were changed back, is on record, or was.
            if (refusal is null && !IsRetired(record))
                Wrongly(
                    record,
                    "different",
                    $"it is in {TableOf(press)}, and the rules refuse it: {refused.Reason.Code()}"
                );
            return;
        }

        var wanted = record.Press;
        if (wanted.Kind != press.Kind)
            Wrongly(record, "different", $"it is a {Word(wanted.Kind)}, and is stored as a {Word(press.Kind!.Value)}");
        else if (wanted.At != press.At)
            Wrongly(record, "different", $"it was pressed at {Time(wanted.At)}, and is stored as of {Time(press.At)}");
        else if (wanted.ExhibitionId != press.ExhibitionId)
            Wrongly(
                record,
                "different",
                Invariant($"it is of exhibition {wanted.ExhibitionId}, and is stored as of {press.ExhibitionId}")
            );
        else if (wanted.TypeId != press.TypeId)
            Wrongly(
                record,
                "different",
                Invariant(
                    $"it is a {Word(wanted.Kind)} of type {wanted.TypeId}, and is stored as of type {press.TypeId}"
                )
            );
    }

    private bool IsRetired(in JudgedRecord record) => retired!.Contains(EventId.Of(row.Id, record.Position));

    private void CompareRefusal(in JudgedRecord record, in StoredRecord kept)
    {
        report.Count(0, 0, 1);
        if (kept.SourceId != row.Id || kept.Position != record.Position)
            Wrongly(record, "different", Invariant($"its row says source {kept.SourceId}, position {kept.Position}"));
        if (record.Refused is not { } refused)
            report.WouldPass += kept.State == "held" ? 1 : 0;
        else if (kept.Raw is null || !refused.Raw.AsSpan().SequenceEqual(kept.Raw))
            Wrongly(record, "different", "its bytes in quarantine are not those of the source");
    }

    private void Wrongly(in JudgedRecord record, string kind, string detail) =>
        Wrongly(kind, PlaceOf(record.Position), detail);

    private void Wrongly(string kind, string place, string detail)
    {
        Wrong++;
        report.Add(kind, place, detail);
    }

    private string PlaceOf(long position) =>
        row.Kind == SourceIdentity.Stream
            ? SourcePlace.Of(row.Kind, row.Location, row.Name, position)
            : SourcePlace.Of(row.Kind, row.Location, $"{row.Location}/{row.Name}", position);

    private static string TableOf(in StoredRecord record) =>
        record.Kind switch
        {
            PressKind.Rating => "rating_instance",
            PressKind.Support => "support_instance",
            _ => "quarantine",
        };

    private static string Word(PressKind kind) => kind is PressKind.Rating ? "rating" : "call for help";

    private static string Time(long microseconds) =>
        microseconds == long.MinValue
            ? "no time at all"
            : DateTimeOffset
                .UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
                .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
