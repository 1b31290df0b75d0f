using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load.Streams.Sessions;

/// <summary>Periodic checks: is it still the same topic, has an operator decided, is it the end; and a heartbeat to the
/// database.</summary>
internal sealed class SessionWatch(SessionParts parts, SessionState state)
{
    private static readonly TimeSpan BetweenBeats = TimeSpan.FromSeconds(5);

    /// <summary>How long messages may wait for a client that has nothing else to do.</summary>
    private static readonly TimeSpan MessagePatience = TimeSpan.FromSeconds(20);

    /// <summary>How long the group may take to accept us: it waits for members that do not answer.</summary>
    private static readonly TimeSpan GroupPatience = TimeSpan.FromMinutes(2);

    /// <summary>Owners show a sign of life every five seconds. Not the same for all, so that one of them acts
    /// first.</summary>
    private readonly TimeSpan orphanPatience = TimeSpan.FromSeconds(15 + Random.Shared.Next(10));

    private StreamPlan Plan => parts.Plan;

    private TimeProvider Clock => parts.Options.Clock;

    /// <summary>A partition is left over: joining once without a name makes the group share them out again.</summary>
    public bool FoundOrphan { get; private set; }

    /// <summary>Our client heard nothing although the brokers can be reached.</summary>
    public bool IsDeaf { get; private set; }

    /// <summary>Once a second; for the end of the topic, more often.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var beaten = Clock.GetTimestamp();
        var orphans = IsNamed ? new OrphanWatch(Clock, orphanPatience) : null;
        var messages = new SilenceWatch(Clock, MessagePatience * Plan.Patience);
        var group = new SilenceWatch(Clock, GroupPatience);
        try
        {
            for (var tick = 0L; ; tick++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Plan.Ends is null ? 1000 : 10), Clock, cancel);
                // Before asking the broker, which may take long not to answer: we are alive all the same.
                if (Clock.GetElapsedTime(beaten) >= BetweenBeats)
                {
                    await BeatAsync(cancel);
                    beaten = Clock.GetTimestamp();
                }

                var second = Plan.Ends is null || tick % 100 == 0;
                if (second && !await IsSameTopicAsync())
                    return;
                if (second && await IsDecidedAsync(orphans, cancel))
                    return;
                if (second && HearsNothing(messages, group))
                    return;
                if (Plan.Ends is not null && await IsAtTheEndAsync(Plan.Ends, tick % 50 == 0, cancel))
                {
                    state.Finish();
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
        var reachable = parts.Health.BrokerProblem is null;
        var (waiting, position) = state.Progress(parts.Health.Ends);
        var what =
            messages.Look(reachable && waiting, position) ? "messages wait, and none arrives"
            : group.Look(reachable && !parts.Health.HasJoined, 0) ? "the group does not answer"
            : null;
        if (what is not null)
            parts.Log.LogWarning(
                "consume: {Topic}: {Problem}, although the brokers can be reached; starting another client",
                parts.Stream.Topic,
                what
            );
        return IsDeaf = what is not null;
    }

    private async Task<bool> IsSameTopicAsync()
    {
        try
        {
            return await parts.Topic.LookAsync() == parts.Stream.TopicId;
        }
        catch (KafkaException e)
        {
            // StreamMonitor finds out why.
            if (
                parts.Health.BrokerProblem is null
                && parts.Health.Broker($"{parts.Clients.Settings.BootstrapServers}: {e.Error.Reason}")
            )
                parts.Log.LogWarning("consume: {Problem}; waiting for the broker", e.Error.Reason);
            return true;
        }
    }

    /// <summary>An operator released a stopped partition or moved one of ours. If no message arrives, nothing else
    /// would show it.</summary>
    private async Task<bool> IsDecidedAsync(OrphanWatch? orphans, CancellationToken cancel)
    {
        var (waiting, held) = state.Partitions();
        if (waiting.Length == 0 && held.Length == 0 && orphans is null)
            return false;
        try
        {
            using var asking = parts.Health.Asking();
            var rows = (await parts.Store.Partitions.ListAsync(parts.Stream.Cluster, parts.Stream.Topic, cancel))
                .Where(row => row.TopicId == parts.Stream.TopicId)
                .ToList();
            if (orphans?.Look(rows) is { } orphan)
            {
                TellOrphan(orphan);
                return FoundOrphan = true;
            }

            if (rows.Exists(row => row.Problem is null && waiting.Contains(row.Partition)))
                return true;
            // Rewound, or claimed by another: a silent partition would not learn this from its next commit.
            return held.Any(claim =>
                state.IsHeld(claim) && rows.Exists(row => row.Partition == claim.Partition && row.Epoch > claim.Epoch)
            );
        }
        catch (TransientException)
        {
            return false;
        }
    }

    private bool IsNamed => Plan.Named && parts.Clients.Settings.StaticMember is not null;

    private void TellOrphan(int partition) =>
        parts.Log.LogWarning(
            "consume: {Topic}:{Partition}: nobody has shown a sign of life for {Seconds:0} s; joining the group once "
                + "without a name, so that it is shared out again",
            parts.Stream.Topic,
            partition,
            orphanPatience.TotalSeconds
        );

    private async Task<bool> IsAtTheEndAsync(IReadOnlyDictionary<int, long> until, bool ask, CancellationToken cancel)
    {
        if (state.LeftToOthers(until, () => parts.Health.State().Problem) is not { } others)
            return false;
        if (others.Count == 0)
            return true;
        if (!ask)
            return false;
        try
        {
            var rows = await parts.Store.Partitions.ListAsync(parts.Stream.Cluster, parts.Stream.Topic, cancel);
            // A stopped partition is not at its end, wherever its position is.
            var stop = rows.FirstOrDefault(row =>
                !row.Retired && row.Problem is not null && others.Contains(row.Partition)
            );
            if (stop is not null)
                throw new MuseumException(ExitCode.Service, stop.Problem!);
            return others.TrueForAll(partition =>
                until[partition]
                <= (
                    rows.FirstOrDefault(row =>
                        row.TopicId == parts.Stream.TopicId && row.Partition == partition
                    )?.NextOffset
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
        var mine = state.Ends();
        try
        {
            using (parts.Health.Asking())
                await parts.Store.Partitions.BeatAsync(Plan.RunId, mine, parts.Health.BrokerProblem, cancel);
            if (state.IsQuiet)
                parts.Health.DatabaseIsBack();
            if (state.IsQuiet && mine.TrueForAll(one => one.End <= one.Claim.NextOffset))
                parts.Health.Works();
        }
        catch (TransientException e)
        {
            if (parts.Health.DatabaseIsAway(e.Message))
                parts.Log.LogWarning("consume: {Problem}; the position is kept, retrying", e.Message);
        }
    }
}
