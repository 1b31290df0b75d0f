using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Load.Import;

/// <summary>
/// The rows of one run, slice by slice, each one transaction. What is there already is known by its old number and not
/// by how far an earlier run came: numbers of the original are given before they are committed, so that a lower one may
/// appear later.
/// </summary>
internal sealed class ImportRows(
    MuseumStore store,
    Claim claim,
    OldPresses presses,
    ImportReport report,
    int sliceRecords
)
{
    /// <summary>The ledger's row is there since the exhibitions are.</summary>
    private int SourceId => claim.Current!.Id;

    public IProgress<long>? Progress { get; init; }

    /// <summary>Rows of slices of which nothing was written.</summary>
    public long AlreadyUntouched { get; private set; }

    public async Task TakeAsync(OriginalDatabase original, PressKind kind, CancellationToken cancel)
    {
        var slice = new List<OriginalPress>();
        await foreach (var row in original.PressesAsync(kind, 1, cancel))
        {
            if (row.Id is < 0 or >= OldRows.Most)
                throw new MuseumException(
                    ExitCode.DataRefused,
                    $"{report.From}: found the number {row.Id} in {(kind is PressKind.Rating ? "rating" : "support")}"
                        + $"_instance, expected 0 to {OldRows.Most - 1}"
                );
            slice.Add(row);
            if (slice.Count < sliceRecords)
                continue;
            await TakeAsync(slice, kind, cancel);
            slice.Clear();
        }

        if (slice.Count > 0)
            await TakeAsync(slice, kind, cancel);
    }

    private async Task TakeAsync(List<OriginalPress> slice, PressKind kind, CancellationToken cancel)
    {
        var known = await store.Imports.KnownAsync(SourceId, kind, new(slice[0].Id, slice[^1].Id), cancel);
        var rows = known.Count == 0 ? slice : slice.FindAll(row => !known.Contains(row.Id));
        var already = slice.Count - rows.Count;
        if (rows.Count == 0)
        {
            AlreadyUntouched += already;
            report.Counts += new Counts(already, 0, 0, 0, already, 0, 0);
        }
        else
            await CommitAsync(rows, kind, already, SourceState.Loading, cancel);
        Progress?.Report(report.Counts.Read);
    }

    /// <summary>All of it is there now.</summary>
    public Task FinishAsync(CancellationToken cancel) =>
        claim.Current is { State: SourceState.Loaded }
            ? Task.CompletedTask
            : CommitAsync([], PressKind.Support, 0, SourceState.Loaded, cancel);

    private async Task CommitAsync(
        List<OriginalPress> rows,
        PressKind kind,
        long already,
        SourceState state,
        CancellationToken cancel
    )
    {
        await using var load =
            await store.Sources.BeginAsync(claim, report.RunId, cancel)
            ?? throw new MuseumException(
                ExitCode.Service,
                $"the rows of {report.From} were moved by another process meanwhile: run the same command again"
            );
        var counts = new Counts(rows.Count + already, 0, 0, 0, already, 0, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            counts += Write(load, kind, rows[i]);
            if (i % ObjectLoader.FlushRecords == 0)
                await load.FlushAsync(cancel);
        }

        // The highest old number so far: a proof reads no further, row by row.
        var next = Math.Max(claim.Current!.NextPosition, rows.Count == 0 ? 0 : rows[^1].Id + 1);
        try
        {
            await load.CommitAsync(new(0, next, state, counts, rows.Count, 0, null), cancel);
        }
        catch (RowRefusedException e)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"{e.Message}. Remove the constraint, index or trigger that was added to our tables, and run the same "
                    + "command again",
                e
            );
        }

        report.Counts += counts;
    }

    private Counts Write(ILoad load, PressKind kind, in OriginalPress row)
    {
        if (presses.Judge(SourceId, kind, row, out var press) is { } refusal)
        {
            load.Write(refusal);
            report.Reasons[refusal.Reason.Code()] = report.Reasons.GetValueOrDefault(refusal.Reason.Code()) + 1;
            return new(0, 0, 0, 1, 0, 0, refusal.PossibleHelp ? 1 : 0);
        }

        load.Write(press);
        var at = StoredInstants.Of(press.At);
        if (report.Newest is null || at > report.Newest)
            report.Newest = at;
        return kind is PressKind.Rating ? new(0, 1, 0, 0, 0, 0, 0) : new(0, 0, 1, 0, 0, 0, 0);
    }
}
