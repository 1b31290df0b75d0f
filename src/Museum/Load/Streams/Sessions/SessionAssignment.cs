using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams.Sessions;

/// <summary>Partitions assigned and revoked by the group: claiming them in the database, and stopping those that can no
/// longer be read. Used by the polling thread only.</summary>
internal sealed class SessionAssignment(SessionParts parts, SessionState state)
{
    /// <summary>How long an assignment waits for the database before the consumer leaves the group and rejoins
    /// later.</summary>
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(10);

    private readonly Queue<(int Partition, string? OtherLog)> toStop = [];

    private string Topic => parts.Stream.Topic;

    /// <summary>Claims the partitions that the group assigns. An exception here would leave a member that silently
    /// consumes nothing.</summary>
    public IEnumerable<TopicPartitionOffset> Assigned(
        IConsumer<byte[]?, byte[]?> consumer,
        List<TopicPartition> partitions
    )
    {
        parts.Health.Joined();
        List<TopicPartitionOffset> starts = [];
        foreach (var partition in partitions)
        {
            var claim = state.IsEnding ? null : Claim(partition.Partition);
            state.Assign(partition.Partition, claim);
            starts.Add(new TopicPartitionOffset(partition, claim?.NextOffset ?? Offset.End));
        }

        parts.Health.Assigned(state.Held);
        return starts;
    }

    public void Revoked(List<TopicPartitionOffset> gone)
    {
        foreach (var partition in state.Forget(gone.Select(one => one.Partition.Value)))
            parts.Health.NotStopped(partition);
        parts.Health.Assigned(state.Held);
    }

    /// <summary>The position can no longer be read. The partition is stopped once the messages received before are
    /// committed.</summary>
    /// <param name="otherLog">What shows that the log is another one; null if the broker refused the position.</param>
    public void Stop(int partition, string? otherLog) => toStop.Enqueue((partition, otherLog));

    public void StopNext()
    {
        if (toStop.Count > 0 && state.IsQuiet)
            StopPartition(toStop.Dequeue());
    }

    private PartitionClaim? Claim(int partition)
    {
        var since = parts.Options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return Task.Run(() => ClaimAsync(partition)).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is TransientException or KafkaException)
            {
                if (e is TransientException && parts.Health.DatabaseIsAway(e.Message))
                    parts.Log.LogWarning(
                        "consume: at the assignment of {Topic}:{Partition}: {Problem}",
                        Topic,
                        partition,
                        e.Message
                    );
                if (parts.Options.Clock.GetElapsedTime(since) > ClaimPatience || state.Ending.WaitHandle.WaitOne(500))
                {
                    state.End();
                    return null;
                }
            }
            catch (MuseumException e)
            {
                state.Fail(e);
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
        using var asking = parts.Health.Asking();
        var positions = parts.Store.Partitions;
        var rows = (await positions.ListAsync(parts.Stream.Cluster, Topic, state.Ending))
            .Where(row => row.Partition == partition && !row.Retired)
            .ToList();
        parts.Health.DatabaseIsBack();
        var mine = rows.Find(row => row.TopicId == parts.Stream.TopicId);
        if ((mine ?? rows.FirstOrDefault())?.Problem is { } problem)
        {
            NoteStopped(partition, problem);
            return null;
        }

        // A partition that appeared later starts at its first message, whatever the start of the topic was.
        if (mine is null)
            await positions.StartAsync(
                parts.Stream,
                new Dictionary<int, long> { [partition] = await parts.Topic.BeginningAsync(partition) },
                state.Ending
            );
        return await positions.ClaimAsync(parts.Stream, partition, parts.Plan.Owner, state.Ending);
    }

    private void NoteStopped(int partition, string problem)
    {
        state.Stop(partition);
        parts.Health.Stopped(partition, problem);
        parts.Log.LogError("consume: stopped: {Problem}", problem);
    }

    /// <summary>An operator decides about the rest of the partition.</summary>
    private void StopPartition((int Partition, string? OtherLog) stop)
    {
        var partition = stop.Partition;
        if (state.ClaimOf(partition) is not { } claim)
            return;
        try
        {
            var (low, high) = Task.Run(() => parts.Topic.RangeAsync(partition)).GetAwaiter().GetResult();
            if (stop.OtherLog is null && claim.NextOffset >= low && claim.NextOffset <= high)
            {
                // The brokers now say it can be read: a new session checks whether it is still the same log.
                state.End();
                return;
            }

            var problem = stop.OtherLog is { } how
                ? LogCheck.Problem(Topic, partition, how)
                : Lost(partition, claim.NextOffset, low, high);
            // No longer ours: we slept, and its new owner is past what was deleted.
            if (
                !Task.Run(() =>
                        parts.Store.Partitions.StopAsync(parts.Stream, partition, claim.Epoch, problem, state.Ending)
                    )
                    .GetAwaiter()
                    .GetResult()
            )
            {
                state.End();
                return;
            }

            state.Release(partition);
            NoteStopped(partition, problem.Text);
            parts.Health.Assigned(state.Held);
        }
        catch (Exception e) when (e is TransientException or KafkaException)
        {
            toStop.Enqueue(stop);
            state.Ending.WaitHandle.WaitOne(500);
        }
        catch (OperationCanceledException)
        {
            // The session ends: the next one gets to the same point.
        }
    }

    private PartitionProblem Lost(int partition, long position, long low, long high)
    {
        if (position > high)
            return LogCheck.Problem(Topic, partition, LogCheck.PastTheEnd(position, high));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Topic}:{partition}: offsets {position} to {low - 1} were deleted before they were read "
                + $"({low - position} of them are lost); the partition now begins at {low}. To continue from {low}: "
                + $"museum "
                + $"kafka accept-loss {Topic}:{partition}"
        );
    }
}
