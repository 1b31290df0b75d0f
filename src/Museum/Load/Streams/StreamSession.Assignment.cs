using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Partitions assigned and revoked by the group: claiming them in the database, and stopping those that can no
/// longer be read.</summary>
internal sealed partial class StreamSession
{
    /// <summary>Claims the partitions that the group assigns. An exception here would leave a member that silently
    /// consumes nothing.</summary>
    private IEnumerable<TopicPartitionOffset> Assigned(
        IConsumer<byte[]?, byte[]?> consumer,
        List<TopicPartition> partitions
    )
    {
        health.Joined();
        List<TopicPartitionOffset> starts = [];
        foreach (var partition in partitions)
        {
            var claim = IsEnding ? null : Claim(partition.Partition);
            lock (gate)
            {
                if (claim is not null)
                    claims[partition.Partition] = claim;
                endOfPartition.Remove(partition.Partition);
            }

            starts.Add(new TopicPartitionOffset(partition, claim?.NextOffset ?? Offset.End));
        }

        ReportAssignment();
        return starts;
    }

    private PartitionClaim? Claim(int partition)
    {
        var since = options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return Task.Run(() => ClaimAsync(partition)).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is TransientException or KafkaException)
            {
                if (e is TransientException && health.DatabaseIsAway(e.Message))
                    log.LogWarning(
                        "consume: at the assignment of {Topic}:{Partition}: {Problem}",
                        stream.Topic,
                        partition,
                        e.Message
                    );
                if (options.Clock.GetElapsedTime(since) > ClaimPatience || ending.Token.WaitHandle.WaitOne(500))
                {
                    End();
                    return null;
                }
            }
            catch (MuseumException e)
            {
                failure = e;
                End();
                return null;
            }
            catch (OperationCanceledException)
            {
                // The session ends: nothing is claimed any more.
                return null;
            }
        }
    }

    private async Task<PartitionClaim?> ClaimAsync(int partition)
    {
        using var asking = health.Asking();
        var rows = (await store.Partitions.ListAsync(stream.Cluster, stream.Topic, ending.Token))
            .Where(row => row.Partition == partition && !row.Retired)
            .ToList();
        health.DatabaseIsBack();
        var mine = rows.Find(row => row.TopicId == stream.TopicId);
        if ((mine ?? rows.FirstOrDefault())?.Problem is { } problem)
        {
            NoteStopped(partition, problem);
            return null;
        }

        // A partition that appeared later starts at its first message, whatever the start of the topic was.
        if (mine is null)
            await store.Partitions.StartAsync(
                stream,
                new Dictionary<int, long> { [partition] = await topic.BeginningAsync(partition) },
                ending.Token
            );
        return await store.Partitions.ClaimAsync(stream, partition, plan.Owner, ending.Token);
    }

    private void NoteStopped(int partition, string problem)
    {
        lock (gate)
            stopped.Add(partition);
        health.Stopped(partition, problem);
        log.LogError("consume: stopped: {Problem}", problem);
    }

    private void Forget(List<TopicPartitionOffset> gone)
    {
        if (isLeft)
            return;
        arrivals.Forget();
        lock (gate)
        {
            foreach (var partition in gone)
            {
                if (claims.Remove(partition.Partition, out var claim) || setBack.Remove(partition.Partition, out claim))
                    filling.Drop(claim);
                endOfPartition.Remove(partition.Partition);
                if (stopped.Remove(partition.Partition))
                    health.NotStopped(partition.Partition);
            }

            // A batch that was handed over and then lost all its messages counts as none: the next message hands over
            // again.
            ready &= filling.Count > 0;
        }

        ReportAssignment();
    }

    private void ReportAssignment()
    {
        lock (gate)
            health.Assigned(claims.Count);
    }

    /// <summary>The position can no longer be read: an operator decides about the rest of the partition.</summary>
    private void StopPartition((int Partition, string? OtherLog) stop)
    {
        var partition = stop.Partition;
        PartitionClaim? claim;
        lock (gate)
            claim = setBack.GetValueOrDefault(partition) ?? claims.GetValueOrDefault(partition);
        if (claim is null)
            return;
        try
        {
            var (low, high) = Task.Run(() => topic.RangeAsync(partition)).GetAwaiter().GetResult();
            if (stop.OtherLog is null && claim.NextOffset >= low && claim.NextOffset <= high)
            {
                // The brokers now say it can be read: a new session checks whether it is still the same log.
                End();
                return;
            }

            var problem = stop.OtherLog is { } how
                ? LogCheck.Problem(stream.Topic, partition, how)
                : Lost(partition, claim.NextOffset, low, high);
            // No longer ours: we slept, and its new owner is past what was deleted.
            if (
                !Task.Run(() => store.Partitions.StopAsync(stream, partition, claim.Epoch, problem, ending.Token))
                    .GetAwaiter()
                    .GetResult()
            )
            {
                End();
                return;
            }

            lock (gate)
                claims.Remove(partition);
            setBack.Remove(partition);
            NoteStopped(partition, problem.Text);
            ReportAssignment();
        }
        catch (Exception e) when (e is TransientException or KafkaException)
        {
            toStop.Enqueue(stop);
            ending.Token.WaitHandle.WaitOne(500);
        }
        catch (OperationCanceledException)
        {
            // The session ends: the next one gets to the same point.
        }
    }

    private PartitionProblem Lost(int partition, long position, long low, long high)
    {
        if (position > high)
            return LogCheck.Problem(stream.Topic, partition, LogCheck.PastTheEnd(position, high));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{stream.Topic}:{partition}: offsets {position} to {low - 1} were deleted before they were read "
                + $"({low - position} of them are lost); the partition now begins at {low}. To continue from {low}: "
                + $"museum "
                + $"kafka accept-loss {stream.Topic}:{partition}"
        );
    }
}
