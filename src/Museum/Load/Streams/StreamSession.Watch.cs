using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Once in a while: is it still the same topic, has an operator decided, is it the end; a sign of life to the
/// database.</summary>
internal sealed partial class StreamSession
{
    /// <summary>Once a second: is it still the same topic, has an operator decided, is it the end; a sign of life to
    /// the database.</summary>
    private async Task WatchAsync(CancellationToken cancel)
    {
        var beaten = options.Clock.GetTimestamp();
        try
        {
            for (var tick = 0L; ; tick++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(plan.Ends is null ? 1000 : 100), options.Clock, cancel);
                // Before the broker is asked, which may take long to say nothing: we are alive all the same.
                if (options.Clock.GetElapsedTime(beaten) >= BetweenBeats)
                {
                    await BeatAsync(cancel);
                    beaten = options.Clock.GetTimestamp();
                }

                var second = plan.Ends is null || tick % 10 == 0;
                if (second && !await IsSameTopicAsync())
                    return;
                if (second && await IsDecidedAsync(cancel))
                    return;
                if (plan.Ends is not null && await IsAtTheEndAsync(plan.Ends, tick % 5 == 0, cancel))
                {
                    done = true;
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session ends.
        }
    }

    private async Task<bool> IsSameTopicAsync()
    {
        try
        {
            return await topic.LookAsync() == stream.TopicId;
        }
        catch (KafkaException e)
        {
            // Why, is found out beside this.
            if (health.BrokerProblem is null && health.Broker($"{clients.Settings.BootstrapServers}: {e.Error.Reason}"))
                log.LogWarning("consume: {Problem}; waiting for the broker", e.Error.Reason);
            return true;
        }
    }

    /// <summary>An operator let a stopped partition go on, or moved one of ours, of which nothing else tells where no
    /// message arrives.</summary>
    private async Task<bool> IsDecidedAsync(CancellationToken cancel)
    {
        int[] waiting;
        PartitionClaim[] held;
        lock (gate)
            (waiting, held) = ([.. stopped], [.. claims.Values]);
        if (waiting.Length == 0 && held.Length == 0)
            return false;
        try
        {
            using var asking = health.Asking();
            var rows = (await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel))
                .Where(row => row.TopicId == stream.TopicId)
                .ToList();
            if (rows.Exists(row => row.Problem is null && waiting.Contains(row.Partition)))
                return true;
            // Sent back, or claimed by another: a partition that is silent would not be told by its next commit.
            lock (gate)
                return held.Any(claim =>
                    claims.GetValueOrDefault(claim.Partition) == claim
                    && rows.Exists(row => row.Partition == claim.Partition && row.Epoch > claim.Epoch)
                );
        }
        catch (TransientException)
        {
            return false;
        }
    }

    private async Task<bool> IsAtTheEndAsync(IReadOnlyDictionary<int, long> until, bool ask, CancellationToken cancel)
    {
        List<int> others = [];
        lock (gate)
        {
            if (filling.Count > 0 || busy)
                return false;
            if (stopped.Count > 0)
                throw new MuseumException(ExitCode.Service, health.State().Problem ?? "a partition is stopped");
            foreach (var (partition, end) in until)
            {
                if (!claims.TryGetValue(partition, out var claim))
                    others.Add(partition);
                // At the end of a partition the last offsets may be markers, that no message will follow.
                else if (claim.NextOffset < end && endOfPartition.GetValueOrDefault(partition, -1) < end)
                    return false;
            }
        }

        if (others.Count == 0)
            return true;
        if (!ask)
            return false;
        try
        {
            var rows = await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel);
            // One that is stopped is nowhere near its end, wherever its position is.
            var stop = rows.FirstOrDefault(row =>
                !row.Retired && row.Problem is not null && others.Contains(row.Partition)
            );
            if (stop is not null)
                throw new MuseumException(ExitCode.Service, stop.Problem!);
            return others.TrueForAll(partition =>
                until[partition]
                <= (
                    rows.FirstOrDefault(row => row.TopicId == stream.TopicId && row.Partition == partition)?.NextOffset
                    ?? -1
                )
            );
        }
        catch (TransientException)
        {
            return false;
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        List<(PartitionClaim, long?)> mine;
        lock (gate)
            mine =
            [
                .. claims.Values.Select(claim =>
                    (claim, ends.TryGetValue(claim.Partition, out var end) ? end : (long?)null)
                ),
            ];
        try
        {
            using (health.Asking())
                await store.Partitions.BeatAsync(plan.RunId, mine, health.BrokerProblem, cancel);
            if (IsQuiet)
                health.DatabaseIsBack();
            if (IsQuiet && mine.TrueForAll(m => m.Item2 <= m.Item1.NextOffset))
                health.Works();
        }
        catch (TransientException e)
        {
            if (health.DatabaseIsAway(e.Message))
                log.LogWarning("consume: {Problem}; the position is kept, trying again", e.Message);
        }
    }
}
