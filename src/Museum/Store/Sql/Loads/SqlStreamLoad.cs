using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Calls;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>One transaction over partitions of a stream. It counts what is written, so that ledger and rows always
/// agree.</summary>
internal sealed class SqlStreamLoad(
    SqlSession session,
    IBulkWriter bulk,
    IAnnouncer announcer,
    IReadOnlyList<PartitionMove> moves,
    int runId,
    EventRows rows,
    IReadOnlyDictionary<int, HashSet<long>>? known
) : IStreamLoad
{
    private readonly Dictionary<int, Counts> counts = moves.ToDictionary(
        move => move.Claim.SourceId,
        move => new Counts(move.Read, 0, 0, 0, 0, 0, 0)
    );
    private readonly List<long> support = [],
        quarantine = [];
    private long ratings,
        help;
    private int current = -1;
    private bool finished;

    public void Write(in KioskEvent kioskEvent)
    {
        Turn(kioskEvent.SourceId);
        if (IsKnown(kioskEvent.SourceId, kioskEvent.Position))
            return;
        if (kioskEvent.Kind is PressKind.Rating)
            ratings++;
        else
            Called(kioskEvent);
        rows.Write(kioskEvent);
    }

    private void Called(in KioskEvent kioskEvent)
    {
        help++;
        Name(support, kioskEvent.Id);
    }

    public void Write(Refusal refusal)
    {
        Turn(refusal.SourceId);
        if (IsKnown(refusal.SourceId, refusal.Position))
            return;
        counts[current] += new Counts(0, 0, 0, 1, 0, 0, refusal.PossibleHelp ? 1 : 0);
        rows.Write(refusal);
        if (refusal.PossibleHelp)
            Name(quarantine, EventId.Of(refusal.SourceId, refusal.Position));
    }

    private static void Name(List<long> list, long id)
    {
        if (list.Count <= HelpAnnouncement.MostNamed)
            list.Add(id);
    }

    /// <summary>Messages of one partition come in runs: sums are kept in fields and stored where a run ends.</summary>
    private void Turn(int source)
    {
        if (source == current)
            return;
        if (current >= 0)
            counts[current] += new Counts(0, ratings, help, 0, 0, 0, 0);
        (current, ratings, help) = (source, 0, 0);
    }

    private bool IsKnown(int source, long position)
    {
        if (known is null || !known.TryGetValue(source, out var positions) || !positions.Contains(position))
            return false;
        counts[source] += new Counts(0, 0, 0, 0, 1, 0, 0);
        return true;
    }

    public ValueTask FlushAsync(CancellationToken cancel) => rows.FlushAsync(cancel);

    public async Task<Counts> CommitAsync(CancellationToken cancel)
    {
        var now = session.Until(cancel);
        try
        {
            Turn(-1);
            await rows.FinishAsync(cancel);
            await now.ExecuteAllAsync([.. moves.SelectMany(Ledger)]);

            var announcement = Announcement();
            if (announcement is not null)
                await announcer.AnnounceAsync(now, announcement);
            // Last, because other loads wait for these rows from here to the commit.
            await bulk.AddAsync(now, rows.Hourly, inOrder: true);
            // Once COMMIT is sent the answer must be awaited: giving up here would leave the outcome unknown.
            await session.Transaction!.CommitAsync(CancellationToken.None);
            finished = true;
            foreach (var move in moves)
                move.Claim.MoveTo(move.NextOffset);
            if (announcement is not null)
                announcer.Announced(announcement);
            return counts.Values.Aggregate(default(Counts), Counts.Add);
        }
        catch (Exception e) when (SqlDatabase.IsDriverFault(e))
        {
            throw session.Database.Translate(e);
        }
    }

    private Statement[] Ledger(PartitionMove move)
    {
        var moved = counts[move.Claim.SourceId];
        return [session.AdvancePartition(move, moved), session.AddToRun(runId, move.Claim.SourceId, moved)];
    }

    private HelpAnnouncement? Announcement()
    {
        var sum = counts.Values.Sum(c => c.Support + c.PossibleHelp);
        if (sum == 0)
            return null;
        var museum = moves[0].Claim.Stream.MuseumId;
        return sum <= HelpAnnouncement.MostNamed ? new(museum, support, quarantine, sum) : new(museum, [], [], sum);
    }

    public async ValueTask DisposeAsync()
    {
        if (!finished)
            await rows.AbandonAsync();
        rows.Dispose();
        await SqlDatabase.DisposeQuietlyAsync(session.Transaction);
        await SqlDatabase.DisposeQuietlyAsync(session.Connection);
    }
}
