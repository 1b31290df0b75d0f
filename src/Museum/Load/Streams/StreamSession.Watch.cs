using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Periodic checks: is it still the same topic, has an operator decided, is it the end; and a heartbeat to the
/// database.</summary>
internal sealed partial class StreamSession
{
    /// <summary>Once a second; for the end of the topic, more often.</summary>
    private async Task WatchAsync(CancellationToken cancel)
    {
        var beaten = options.Clock.GetTimestamp();
        var orphans = IsNamed ? new OrphanWatch(options.Clock, orphanPatience) : null;
        var messages = new SilenceWatch(options.Clock, MessagePatience * plan.Patience);
        var group = new SilenceWatch(options.Clock, GroupPatience);
        try
        {
            for (var tick = 0L; ; tick++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(plan.Ends is null ? 1000 : 100), options.Clock, cancel);
                // Before asking the broker, which may take long not to answer: we are alive all the same.
                if (options.Clock.GetElapsedTime(beaten) >= BetweenBeats)
                {
                    await BeatAsync(cancel);
                    beaten = options.Clock.GetTimestamp();
                }

                var second = plan.Ends is null || tick % 10 == 0;
                if (second && !await IsSameTopicAsync())
                    return;
                if (second && await IsDecidedAsync(orphans, cancel))
                    return;
                if (second && HearsNothing(messages, group))
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

    /// <summary>The brokers answer the monitor, but our own client hears neither the messages that wait for us nor
    /// from the group.</summary>
    private bool HearsNothing(SilenceWatch messages, SilenceWatch group)
    {
        var reachable = health.BrokerProblem is null;
        bool waiting;
        long position;
        lock (gate)
        {
            waiting =
                filling.Count == 0
                && !busy
                && claims.Values.Any(claim => health.Ends.GetValueOrDefault(claim.Partition) > claim.NextOffset);
            position = claims.Values.Sum(claim => claim.NextOffset);
        }

        var what =
            messages.Look(reachable && waiting, position) ? "messages wait, and none arrives"
            : group.Look(reachable && !health.HasJoined, 0) ? "the group does not answer"
            : null;
        if (what is not null)
            log.LogWarning(
                "consume: {Topic}: {Problem}, although the brokers can be reached; starting another client",
                stream.Topic,
                what
            );
        return IsDeaf = what is not null;
    }

    private async Task<bool> IsSameTopicAsync()
    {
        try
        {
            return await topic.LookAsync() == stream.TopicId;
        }
        catch (KafkaException e)
        {
            // StreamMonitor finds out why.
            if (health.BrokerProblem is null && health.Broker($"{clients.Settings.BootstrapServers}: {e.Error.Reason}"))
                log.LogWarning("consume: {Problem}; waiting for the broker", e.Error.Reason);
            return true;
        }
    }

    /// <summary>An operator released a stopped partition or moved one of ours. If no message arrives, nothing else
    /// would show it.</summary>
    private async Task<bool> IsDecidedAsync(OrphanWatch? orphans, CancellationToken cancel)
    {
        int[] waiting;
        PartitionClaim[] held;
        lock (gate)
            (waiting, held) = ([.. stopped], [.. claims.Values]);
        if (waiting.Length == 0 && held.Length == 0 && orphans is null)
            return false;
        try
        {
            using var asking = health.Asking();
            var rows = (await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel))
                .Where(row => row.TopicId == stream.TopicId)
                .ToList();
            if (orphans?.Look(rows) is { } orphan)
            {
                TellOrphan(orphan);
                return FoundOrphan = true;
            }

            if (rows.Exists(row => row.Problem is null && waiting.Contains(row.Partition)))
                return true;
            // Rewound, or claimed by another: a silent partition would not learn this from its next commit.
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

    private bool IsNamed => plan.Named && clients.Settings.StaticMember is not null;

    private void TellOrphan(int partition) =>
        log.LogWarning(
            "consume: {Topic}:{Partition}: nobody has shown a sign of life for {Seconds:0} s; joining the group once "
                + "without a name, so that it is shared out again",
            stream.Topic,
            partition,
            orphanPatience.TotalSeconds
        );

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
                // At the end of a partition the last offsets may be markers, with no message after them.
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
            // A stopped partition is not at its end, wherever its position is.
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
                log.LogWarning("consume: {Problem}; the position is kept, retrying", e.Message);
        }
    }
}
