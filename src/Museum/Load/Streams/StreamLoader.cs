using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>
/// Batches of one topic into the database: one transaction a batch, repeated until its outcome is certain. Knows
/// nothing of Kafka.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="museum">Whose messages they are.</param>
/// <param name="options">How to judge, and when to stop.</param>
/// <param name="runId">The run that is accounted.</param>
/// <param name="health">Is told what happens.</param>
internal sealed class StreamLoader(
    IStore store,
    Museum museum,
    StreamOptions options,
    int runId,
    StreamHealth health,
    ILogger log
)
{
    /// <summary>How long an exhibition that was just loaded may stay unknown; a press in between is quarantined, and
    /// can be replayed.</summary>
    private static readonly TimeSpan VocabularyAge = TimeSpan.FromSeconds(2);

    private readonly Breaker breaker = new(options.BreakerShare, options.BreakerLeast);
    private readonly HashSet<PartitionClaim> lost = [];
    private MessageJudge? judge;
    private long judgeSince;

    /// <summary>Commits the batch, all but what another consumer has claimed. Returns the claims that were
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

    private async Task LoadRangeAsync(StreamBatch batch, int from, int to, CancellationToken cancel)
    {
        string? refusal = null;
        for (var attempt = 0; ; attempt++)
        {
            var moves = batch.Moves(from, to).FindAll(move => !lost.Contains(move.Claim));
            if (moves.Count == 0)
                return;
            try
            {
                if (attempt > 0 && await IsCommittedAsync(moves, cancel))
                    return;
                moves.RemoveAll(move => lost.Contains(move.Claim));
                if (moves.Count == 0)
                    return;
                await TransactAsync(batch, from, to, moves, refusal, cancel);
                health.DatabaseIsBack();
                return;
            }
            catch (FencedException e)
            {
                log.LogWarning("consume: {Problem}; its messages are left to it", e.Message);
                lost.UnionWith(e.Claims);
            }
            catch (RowRefusedException e) when (moves.Sum(move => move.Read) > 1)
            {
                log.LogWarning("consume: {Problem}; looking for the message among {Messages}", e.Message, to - from);
                var middle = from + ((to - from) / 2);
                await LoadRangeAsync(batch, from, middle, cancel);
                await LoadRangeAsync(batch, middle, to, cancel);
                return;
            }
            catch (RowRefusedException e) when (refusal is null)
            {
                refusal = e.Message;
            }
            catch (TransientException e)
            {
                if (health.DatabaseIsAway(e.Message))
                    log.LogWarning("consume: {Problem}; the position is kept, trying again", e.Message);
                await Task.Delay(
                    TimeSpan.FromMilliseconds(
                        Math.Min(50 << Math.Min(attempt, 7), 5000) * (0.5 + Random.Shared.NextDouble())
                    ),
                    options.Clock,
                    cancel
                );
            }
        }
    }

    /// <summary>
    /// After any fault, and before a replay: what the database says of these partitions. A COMMIT whose answer was lost
    /// may have succeeded.
    /// </summary>
    private async Task<bool> IsCommittedAsync(List<PartitionMove> moves, CancellationToken cancel)
    {
        var stream = moves[0].Claim.Stream;
        var rows = await store.PartitionsAsync(stream.Cluster, stream.Topic, cancel);
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
        string? refusal,
        CancellationToken cancel
    )
    {
        var judging = await JudgeAsync(cancel);
        await using var load = await store.BeginAsync(moves, runId, cancel);
        judging.StartBatch();
        for (var first = from; first < to; first += ObjectLoader.FlushRecords)
        {
            Write(batch, first, Math.Min(first + ObjectLoader.FlushRecords, to), judging, load, refusal);
            await load.FlushAsync(cancel);
        }

        var counts = await load.CommitAsync(cancel);
        health.Committed(counts, judging.Refused);
        if (breaker.Opens(counts))
            throw new BreakerException(BreakerText.Of(health.TopReason, museum.Topic));
    }

    private void Write(StreamBatch batch, int from, int to, MessageJudge judging, IStreamLoad load, string? refusal)
    {
        for (var index = from; index < to; index++)
        {
            var message = batch[index];
            if (lost.Count > 0 && lost.Contains(message.Claim))
                continue;
            if (
                judging.Judge(
                    batch.Value(message),
                    message.Length,
                    message.Claim.SourceId,
                    message.Offset,
                    refusal,
                    out var press
                ) is
                { } refused
            )
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
            new Cleaner(await store.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        judgeSince = options.Clock.GetTimestamp();
        return judge;
    }
}
