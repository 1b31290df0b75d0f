using System.Data.Common;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>The parts of a load's transaction that both databases share: refusals, ledger, and the order in which all of it is written.</summary>
public abstract class SqlLoad(SqlStore store, DbConnection connection, DbTransaction transaction, Claim claim, int sourceId, int runId, HourlyCounts hourly) : ILoad
{
    private bool finished;

    public int SourceId { get; } = sourceId;

    protected SqlStore Store { get; } = store;

    protected HourlyCounts Hourly { get; } = hourly;

    protected int MuseumId => claim.Identity.MuseumId;

    protected int RunId { get; } = runId;

    /// <summary>Refusals waiting to be written.</summary>
    protected List<Refusal> Refusals { get; } = [];

    public abstract void Write(in KioskEvent kioskEvent);

    public void Write(Refusal refusal) => Refusals.Add(refusal);

    public abstract ValueTask FlushAsync(CancellationToken cancel);

    /// <summary>Writes the rest of the events and the refusals.</summary>
    protected abstract Task FinishRowsAsync(CancellationToken cancel);

    /// <summary>Stops whatever is under way so that the transaction can be rolled back.</summary>
    protected abstract ValueTask AbandonAsync();

    /// <summary>Frees what the writing needed.</summary>
    protected virtual void Release()
    {
    }

    public async Task CommitAsync(LoadProgress progress, CancellationToken cancel)
    {
        try
        {
            await FinishRowsAsync(cancel);
            await Store.WriteProgressAsync(connection, transaction, SourceId, RunId, progress, cancel);
            // Last, because other loads wait for these rows from here to the commit.
            await Store.UpsertHourlyAsync(connection, transaction, Hourly, cancel);
            // Once COMMIT is on its way the answer must be heard: to give up here would leave the outcome unknown.
            await transaction.CommitAsync(CancellationToken.None);
            finished = true;
            Move(progress);
        }
        catch (Exception e) when (SqlStore.IsDriverFault(e))
        {
            throw Store.Translate(e);
        }
    }

    private void Move(LoadProgress progress)
    {
        var identity = claim.Identity;
        var before = claim.Current ?? new SourceRow(
            SourceId, identity.MuseumId, identity.Kind, identity.Location, identity.Name, identity.Version, identity.Size, claim.Replaced?.Id, SourceState.Loading, 0, 0, 0, null, default);
        claim.Replaced = null;
        claim.Current = before with
        {
            State = progress.State,
            NextByte = progress.NextByte,
            NextPosition = progress.NextPosition,
            Epoch = before.Epoch + 1,
            Header = progress.Header ?? before.Header,
            Counts = before.Counts + new Counts(
                progress.NewlyRead, progress.Counts.Ratings, progress.Counts.Support, progress.Counts.Quarantined, 0, progress.SkippedChange, progress.Counts.PossibleHelp),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (!finished) await AbandonAsync();
        Release();
        await SqlStore.DisposeQuietlyAsync(transaction);
        GC.SuppressFinalize(this);
    }
}
