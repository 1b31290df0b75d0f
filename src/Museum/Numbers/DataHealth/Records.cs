using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Audit;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>The last runs, newest first.</summary>
/// <param name="Repeating">Sources that mostly repeat their own presses, such as a merge appended to itself.</param>
internal sealed record LoadsView(IReadOnlyList<LoadRow> Runs, IReadOnlyList<RepeatingSource> Repeating)
{
    public static LoadsView Of(IReadOnlyList<RunRow> runs, IReadOnlyList<LedgerSource> repeating) =>
        new([.. runs.Select(LoadRow.Of)], [.. repeating.Select(RepeatingSource.Of)]);
}

/// <param name="Repeats">Presses that repeat an earlier one of the same source; an estimate if there are many.</param>
internal sealed record RepeatingSource(string Source, long Repeats, long Presses)
{
    public static RepeatingSource Of(LedgerSource source) =>
        new(source.Path, source.OwnRepeats, source.Row.Counts.Ratings + source.Row.Counts.Support);
}

/// <param name="State">running, done, stopped, failed or interrupted.</param>
/// <param name="Balanced">Every record read is accounted for.</param>
internal sealed record LoadRow(
    int RunId,
    string Command,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    RunState State,
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped,
    long PossibleHelp,
    bool Balanced,
    string? Message
)
{
    public static LoadRow Of(RunRow run)
    {
        var (read, ratings, support, quarantined, already, skipped, possibleHelp) = run.Counts;
        return new(
            run.Id,
            run.Command,
            run.StartedAt,
            run.FinishedAt,
            run.State,
            read,
            ratings,
            support,
            quarantined,
            already,
            skipped,
            possibleHelp,
            run.Counts.Balanced,
            run.Message
        );
    }
}

/// <param name="Held">For the whole museum, whatever the filter.</param>
internal sealed record QuarantineView(long Held, IReadOnlyList<RefusedRecord> Rows)
{
    public static QuarantineView Of(long held, IReadOnlyList<QuarantineRow> rows, MuseumCube cube) =>
        new(held, RefusedRecord.Of(rows, cube));
}

/// <param name="Raw">The beginning of the record; anything except plain text is written as <c>\u{…}</c> or
/// <c>\x…</c>.</param>
/// <param name="RawLength">The record's length when it arrived, in bytes.</param>
/// <param name="Source">The object or partition it came from.</param>
/// <param name="Place">File and line, or topic:partition@offset.</param>
/// <param name="Exhibition">That its site names; null if it names none.</param>
internal sealed record RefusedRecord(
    string Id,
    string Reason,
    string Meaning,
    string Detail,
    string Raw,
    long RawLength,
    string? Site,
    string Source,
    long Position,
    DateTimeOffset? At,
    DateTimeOffset ReceivedAt,
    bool PossibleHelp,
    string State,
    string Place,
    Exh? Exhibition
)
{
    public static IReadOnlyList<RefusedRecord> Of(IReadOnlyList<QuarantineRow> rows, MuseumCube cube)
    {
        var places = cube.Exhibitions.ToDictionary(e => e.Card.Id, e => Exh.Of(e.Card));
        return [.. rows.Select(row => Of(row, places.GetValueOrDefault(row.ExhibitionId ?? -1)))];
    }

    private static RefusedRecord Of(QuarantineRow row, Exh? exhibition) =>
        new(
            row.Id.ToString(CultureInfo.InvariantCulture),
            row.Reason.Code(),
            ReasonMeanings.Of(row.Reason),
            row.Detail,
            SafeText.Of(row.Raw),
            row.RawLength,
            row.Site,
            $"{row.Location} {row.SourceName}",
            row.Position,
            row.At,
            row.ReceivedAt,
            row.PossibleHelp,
            row.State,
            row.Place,
            exhibition
        );
}

/// <param name="Reason">Only those refused for this; all held ones if null.</param>
/// <param name="Name">Who, if nobody logs in.</param>
internal sealed record ReplayRequest(string? Reason, string? Name);

internal sealed record ReplayAnswer(int RunId, long Ratings, long Support, long StillRefused);

/// <summary>What operators did, and the audit: who came, was refused, and did what. The newest first.</summary>
internal sealed record AuditView(IReadOnlyList<OperatorAction> Actions, IReadOnlyList<AuditRow> Events);
