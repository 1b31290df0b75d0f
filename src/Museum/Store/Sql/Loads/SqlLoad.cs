using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>One transaction over one source of objects or files: rows, ledger and hourly counts, in the order in which
/// they are written.</summary>
internal sealed class SqlLoad(
    SqlSession session,
    IBulkWriter bulk,
    Claim claim,
    int sourceId,
    int runId,
    EventRows rows
) : ILoad
{
    private readonly List<(Claim Claim, int SourceId, LoadProgress Progress)> ended = [];
    private Claim claim = claim;
    private bool finished;

    public int SourceId { get; private set; } = sourceId;

    /// <summary>If the earlier version is partly retired: takes what of this one is not to be stored.</summary>
    public RetiredHeir? Heir { get; init; }

    public int HourlyRows => rows.Hourly.Rows;

    public bool IsCounted(in KioskEvent kioskEvent) => rows.Hourly.Has(kioskEvent);

    public void Write(in KioskEvent kioskEvent)
    {
        if (Heir?.Take(kioskEvent) == true)
            rows.Hourly.Add(kioskEvent);
        else
            rows.Write(kioskEvent);
    }

    public void Write(Refusal refusal)
    {
        if (Heir?.Take(refusal) != true)
            rows.Write(refusal);
    }

    public ValueTask FlushAsync(CancellationToken cancel) => rows.FlushAsync(cancel);

    public async Task<bool> GoOnAsync(LoadProgress progress, Claim following, CancellationToken cancel)
    {
        if (Heir is not null)
            throw new InvalidOperationException("an object that inherits retired rows is loaded by itself");
        var now = session.Until(cancel);
        try
        {
            await rows.PauseAsync(cancel);
            await EndSourceAsync(now, progress);
            SourceId = await now.AddSourceAsync(following.Identity, null);
            claim = following;
            return true;
        }
        catch (Exception e) when (SqlDatabase.IsDriverFault(e))
        {
            if (session.Database.IsOwnKey(e))
                return false;
            throw session.Database.Translate(e);
        }
    }

    private async Task EndSourceAsync(SqlSession now, LoadProgress progress)
    {
        if (progress.NextPosition > EventId.PositionsPerSource)
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{claim.Identity.Location}/{claim.Identity.Name}: found line {progress.NextPosition}, expected at "
                    + $"most {EventId.PositionsPerSource} lines in one object; split it into several"
            );
        await now.AdvanceSourceAsync(SourceId, progress);
        await now.ExecuteAsync(now.AddToRun(runId, SourceId, progress.Counts));
        ended.Add((claim, SourceId, progress));
    }

    public async Task CommitAsync(LoadProgress progress, CancellationToken cancel)
    {
        var now = session.Until(cancel);
        try
        {
            await rows.FinishAsync(cancel);
            if (Heir is { } heir)
                await heir.SaveAsync(now, SourceId);
            await EndSourceAsync(now, progress);
            // Last, because other loads wait for these rows from here to the commit.
            await bulk.AddAsync(now, rows.Hourly);
            // Once COMMIT is sent the answer must be awaited: giving up here would leave the outcome unknown.
            await session.Transaction!.CommitAsync(CancellationToken.None);
            finished = true;
            ended.ForEach(source => Move(source.Claim, source.SourceId, source.Progress));
        }
        catch (Exception e) when (SqlDatabase.IsDriverFault(e))
        {
            throw session.Database.Translate(e);
        }
    }

    private static void Move(Claim claim, int sourceId, LoadProgress progress)
    {
        var identity = claim.Identity;
        var before =
            claim.Current
            ?? new SourceRow(
                sourceId,
                identity.MuseumId,
                identity.Kind,
                identity.Location,
                identity.Name,
                identity.Version,
                identity.Size,
                claim.Replaced?.Id,
                SourceState.Loading,
                0,
                0,
                0,
                null,
                default
            );
        claim.Replaced = null;
        claim.Current = before with
        {
            State = progress.State,
            NextByte = progress.NextByte,
            NextPosition = progress.NextPosition,
            Epoch = before.Epoch + 1,
            Header = progress.Header ?? before.Header,
            Counts =
                before.Counts
                + new Counts(
                    progress.NewlyRead,
                    progress.Counts.Ratings,
                    progress.Counts.Support,
                    progress.Counts.Quarantined,
                    0,
                    progress.SkippedChange,
                    progress.Counts.PossibleHelp
                ),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (!finished)
            await rows.AbandonAsync();
        rows.Dispose();
        await SqlDatabase.DisposeQuietlyAsync(session.Transaction);
    }
}
