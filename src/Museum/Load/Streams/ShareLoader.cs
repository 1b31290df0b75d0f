using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Commits one share after another, each in one transaction that is repeated until its outcome is certain.
/// Several work side by side, on shares that have no partition in common.</summary>
internal sealed class ShareLoader(
    MuseumStore store,
    Museum museum,
    StreamOptions options,
    int runId,
    StreamHealth health,
    Breaker breaker,
    ILogger log
)
{
    /// <summary>How long a newly loaded exhibition may stay unknown; a press in between is quarantined, and can be
    /// replayed.</summary>
    private static readonly TimeSpan VocabularyAge = TimeSpan.FromSeconds(2);

    private readonly HashSet<PartitionClaim> lost = [];
    private MessageJudge? judge;
    private long judgeSince;
    private DatabaseRefusal? verdict;

    /// <summary>Commits the batch, except what another consumer has claimed. Returns the claims that were
    /// lost.</summary>
    /// <exception cref="BreakerException">Nearly everything is refused. What was committed stays.</exception>
    public async Task<IReadOnlyCollection<PartitionClaim>> LoadAsync(StreamBatch batch, CancellationToken cancel)
    {
        lost.Clear();
        for (var from = 0; from < batch.Count; )
        {
            var to = batch.EndOfBlocks(from);
            await LoadRangeAsync(batch, from, to, cancel);
            from = to;
        }

        return [.. lost];
    }

    /// <summary>Advances positions past offsets that hold no message. Returns the claims that were lost.</summary>
    public async Task<IReadOnlyCollection<PartitionClaim>> PassAsync(
        IReadOnlyList<PartitionMove> moves,
        CancellationToken cancel
    )
    {
        lost.Clear();
        var retry = Retry.Policy(options.Clock, Away);
        foreach (var move in moves)
            await retry.ExecuteAsync(async token => await PassAsync(move, token), cancel);
        return [.. lost];
    }

    private async Task PassAsync(PartitionMove move, CancellationToken cancel)
    {
        using var asking = health.Asking();
        // After a commit whose answer was lost, the row is ahead of the claim.
        if (await IsCommittedAsync([move], cancel) || lost.Contains(move.Claim))
            return;
        try
        {
            await using var load = await store.Partitions.BeginAsync([move], runId, cancel);
            await load.CommitAsync(cancel);
        }
        catch (FencedException e)
        {
            lost.UnionWith(e.Claims);
        }
    }

    private void Away(Exception e)
    {
        if (health.DatabaseIsAway(e.Message))
            log.LogWarning("consume: {Problem}; the position is kept, retrying", e.Message);
    }

    private async Task LoadRangeAsync(StreamBatch batch, int from, int to, CancellationToken cancel)
    {
        var search = new Bisection(to - from);
        while (from < to)
        {
            var end = Math.Min(to, from + search.Size);
            try
            {
                verdict = search.Verdict;
                await CommitAsync(batch, from, end, cancel);
                search.Committed();
                from = end;
            }
            catch (RowRefusedException e)
            {
                log.LogWarning("consume: {Problem}; looking for the message among {Messages}", e.Message, end - from);
                search.Refused(e, end - from, Place(batch[from]));
            }
        }
    }

    /// <summary>Repeats until it is certain that these messages are in the database, or belong to whoever has claimed
    /// them since.</summary>
    private async Task CommitAsync(StreamBatch batch, int from, int to, CancellationToken cancel)
    {
        var again = false;
        var retry = Retry.Policy(
            options.Clock,
            e =>
            {
                again = true;
                Away(e);
            }
        );
        await retry.ExecuteAsync(
            async token =>
            {
                while (!await TryAsync(batch, from, to, again, token))
                    again = true;
            },
            cancel
        );
    }

    /// <summary>False if some of it was lost to another consumer: try the rest.</summary>
    private async Task<bool> TryAsync(StreamBatch batch, int from, int to, bool again, CancellationToken cancel)
    {
        var moves = batch.Moves(from, to).FindAll(move => !lost.Contains(move.Claim));
        if (moves.Count == 0 || (again && await IsCommittedAsync(moves, cancel)))
            return true;
        moves.RemoveAll(move => lost.Contains(move.Claim));
        if (moves.Count == 0)
            return true;
        try
        {
            using (health.Asking())
                await TransactAsync(batch, from, to, moves, cancel);
            health.DatabaseIsBack();
            return true;
        }
        catch (FencedException e)
        {
            log.LogWarning("consume: {Problem}; its messages are left to it", e.Message);
            lost.UnionWith(e.Claims);
            return false;
        }
    }

    private string Place(StreamMessage message) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{museum.Topic}:{message.Claim.Partition}, offset {message.Offset}"
        );

    /// <summary>After any fault, and before a retry: reads these partitions' positions from the database. A COMMIT
    /// whose answer was lost may have succeeded.</summary>
    private async Task<bool> IsCommittedAsync(List<PartitionMove> moves, CancellationToken cancel)
    {
        var stream = moves[0].Claim.Stream;
        var rows = await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel);
        var committed = true;
        foreach (var move in moves)
        {
            var row = rows.FirstOrDefault(r => r.TopicId == stream.TopicId && r.Partition == move.Claim.Partition);
            if (row is null || row.Epoch != move.Claim.Epoch)
                lost.Add(move.Claim);
            else if (row.NextOffset == move.NextOffset)
                move.Claim.MoveTo(move.NextOffset);
            else
                committed = false;
        }

        return committed;
    }

    private async Task TransactAsync(
        StreamBatch batch,
        int from,
        int to,
        List<PartitionMove> moves,
        CancellationToken cancel
    )
    {
        var judging = await JudgeAsync(cancel);
        judging.Database = verdict;
        await using var load = await store.Partitions.BeginAsync(moves, runId, cancel);
        judging.StartBatch();
        for (var first = from; first < to; first += ObjectLoader.FlushRecords)
        {
            Write(batch, first, Math.Min(first + ObjectLoader.FlushRecords, to), judging, load);
            await load.FlushAsync(cancel);
        }

        var counts = await load.CommitAsync(cancel);
        health.Committed(counts, judging.Refused);
        breaker.Check(counts, judging.Refused, museum.Topic);
    }

    private void Write(StreamBatch batch, int from, int to, MessageJudge judging, IStreamLoad load)
    {
        for (var index = from; index < to; index++)
        {
            var message = batch[index];
            if (lost.Count > 0 && lost.Contains(message.Claim))
                continue;
            var record = new RawRecord(message.Claim.SourceId, message.Offset, batch.Value(message), message.Length)
            {
                Arrival = message.Arrival,
            };
            if (judging.Judge(record, out var press) is { } refused)
                load.Write(refused);
            else
                load.Write(press);
        }
    }

    private async Task<MessageJudge> JudgeAsync(CancellationToken cancel)
    {
        if (judge is not null && options.Clock.GetElapsedTime(judgeSince) < VocabularyAge)
        {
            judge.Refused.Clear();
            return judge;
        }

        judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        judgeSince = options.Clock.GetTimestamp();
        return judge;
    }
}
