using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>The broker's view of a topic: which one it is, where its partitions begin and end; and recording the start
/// of each in the database.</summary>
internal sealed class StreamTopic(
    IPartitions positions,
    KafkaClients clients,
    Museum museum,
    StreamOptions options,
    StreamHealth health,
    ILogger log
) : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>How often a log must look replaced.</summary>
    private const int Looks = 3;

    private readonly KafkaTopics brokers = new(clients, Answer);
    private readonly LogCheck logs = new(clients);
    private string? cluster;
    private int[] partitions = [];

    private readonly string topic = museum.Topic;

    /// <summary>Waits until broker and topic exist.</summary>
    public async Task<StreamIdentity> IdentifyAsync(CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                if (await LookAsync() is { } id)
                {
                    return new StreamIdentity(museum.Id, cluster!, topic, id);
                }

                Tell($"the topic {topic} does not exist yet; waiting for it");
            }
            catch (KafkaException e)
            {
                Tell($"{clients.Settings.BootstrapServers}: {e.Error.Reason}");
            }

            await Task.Delay(Again, options.Clock, cancel);
        }
    }

    private void Tell(string problem)
    {
        // StreamMonitor finds out why.
        if (health.BrokerProblem is null && health.Broker(problem))
            log.LogWarning("consume: {Problem}", problem);
    }

    /// <summary>The topic's current id; null if there is no such topic.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public async Task<string?> LookAsync()
    {
        cluster ??= await brokers.ClusterIdAsync();
        try
        {
            if (await brokers.DescribeAsync([topic]) is not [var description])
                return null;
            partitions = [.. description.Partitions.Select(p => p.Partition)];
            return TopicId.Text(description.TopicId);
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.TopicAuthorizationFailed)
        {
            throw Refused(e.Error);
        }
    }

    /// <summary>The broker knows us and refuses us.</summary>
    public ServiceRefusedException Refused(Error error) =>
        new(
            $"Kafka at {clients.Settings.Describe}: {error.Reason}; expected the right to read the topic {topic} "
                + $"and to join the group {clients.Settings.Group}: give {KafkaRefusal.Who(clients.Settings)} READ and "
                + "DESCRIBE on the topic and READ on the group at the brokers (kafka-acls.sh)"
        );

    /// <summary>Why the group does not accept us, and what to do.</summary>
    public string GroupProblem(Error error)
    {
        var group = clients.Settings.Group;
        return error.Code switch
        {
            ErrorCode.InconsistentGroupProtocol =>
                $"the group {group} has members that share partitions by another assignor than ours "
                    + "(cooperative-sticky): stop them, or set GROUP to a group of our own",
            ErrorCode.FencedInstanceId or ErrorCode.Local_Fatal when clients.Settings.StaticMember is { } name =>
                $"another process has joined the group {group} under the same name {name}: give each its own "
                    + "MUSEUM_STATIC_MEMBER, or none",
            ErrorCode.InvalidSessionTimeout =>
                $"the brokers do not allow the group {group} our session timeout: set KAFKA_SESSION_TIMEOUT_MS between "
                    + "their group.min.session.timeout.ms and group.max.session.timeout.ms",
            _ => error.Reason,
        };
    }

    /// <summary>Whether another member of the group has our name.</summary>
    /// <param name="own">The id that the group gave us; null if it gave none.</param>
    public async Task<bool> HasTwinAsync(string? own) =>
        clients.Settings.StaticMember is { } name && await brokers.HasMemberAsync(clients.Settings.Group, name, own);

    /// <summary>Makes sure that the start of the partitions is recorded. False if the topic is not the one whose
    /// positions are in the database: then nothing may be consumed until an operator decides; call again.</summary>
    public async Task<bool> PrepareAsync(StreamIdentity stream, CancellationToken cancel)
    {
        try
        {
            using var asking = health.Asking();
            var rows = (await positions.ListAsync(stream.Cluster, topic, cancel)).Where(row => !row.Retired).ToList();
            health.DatabaseIsBack();
            if (rows.Count == 0)
                await positions.StartAsync(stream, await StartsAsync(cancel), cancel);
            if (rows.Count == 0 || rows.Exists(row => row.TopicId == stream.TopicId))
            {
                // Which partitions are stopped is determined again when they are assigned.
                health.NothingStopped();
                return await IsTheSameLogAsync(stream, rows, cancel);
            }

            foreach (var row in rows)
                await StopOldAsync(stream, row, cancel);
            if (options.UntilEnd)
                throw new MuseumException(ExitCode.Service, health.State().Problem ?? $"{topic} was created again");
        }
        catch (TransientException e)
        {
            if (health.DatabaseIsAway(e.Message))
                log.LogWarning("consume: {Problem}; trying again", e.Message);
        }
        catch (KafkaException e)
        {
            Tell($"{clients.Settings.BootstrapServers}: {e.Error.Reason}");
        }

        await Task.Delay(Again, options.Clock, cancel);
        return false;
    }

    /// <summary>Stops the partitions whose log was replaced; false if the positions have changed since they were
    /// read.</summary>
    private async Task<bool> IsTheSameLogAsync(StreamIdentity stream, List<PartitionRow> rows, CancellationToken cancel)
    {
        var mine = rows.FindAll(row =>
            row.TopicId == stream.TopicId && row.Problem is null && partitions.Contains(row.Partition)
        );
        var found = await LookAtLogsAsync(mine, cancel);
        // A newly elected leader may not know its end yet.
        for (var look = 1; look < Looks && found.Count > 0; look++)
        {
            await Task.Delay(Again, options.Clock, cancel);
            found = await LookAtLogsAsync(mine, cancel);
        }

        var moved = false;
        foreach (var row in mine.Where(row => found.ContainsKey(row.Partition)))
        {
            var problem = LogCheck.Problem(topic, row.Partition, found[row.Partition]);
            moved |= !await positions.StopAsync(stream, row.Partition, row.Epoch, problem, cancel);
        }

        return !moved;
    }

    private async Task<IReadOnlyDictionary<int, string>> LookAtLogsAsync(
        List<PartitionRow> rows,
        CancellationToken cancel
    )
    {
        if (rows.Count == 0)
            return new Dictionary<int, string>();
        int[] numbers = [.. rows.Select(row => row.Partition)];
        var (lows, highs) = (
            await OffsetsAsync(OffsetSpec.Earliest(), numbers),
            await OffsetsAsync(OffsetSpec.Latest(), numbers)
        );
        return await logs.FindAsync(
            rows,
            numbers.ToDictionary(p => p, p => new OffsetRange(lows[p], highs[p])),
            cancel
        );
    }

    /// <summary>The rest of the deleted topic can no longer be read: a person must accept that.</summary>
    private async Task StopOldAsync(StreamIdentity stream, PartitionRow row, CancellationToken cancel)
    {
        var problem =
            row.Problem
            ?? string.Create(
                CultureInfo.InvariantCulture,
                $"{topic} was deleted and created again (topic id {row.TopicId}, now {stream.TopicId}): whatever "
                    + $"partition {row.Partition} held from offset {row.NextOffset} on is gone. "
                    + $"To continue from the new topic's start: museum kafka accept-loss {topic}:{row.Partition}"
            );
        if (row.Problem is null)
        {
            await positions.StopAsync(stream with { TopicId = row.TopicId }, row.Partition, null, problem, cancel);
            log.LogError("consume: {Problem}", problem);
        }

        health.Stopped(row.Partition, problem);
    }

    /// <summary>The current ends of all partitions.</summary>
    public async Task<IReadOnlyDictionary<int, long>> EndsAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await OffsetsAsync(OffsetSpec.Latest());
            }
            catch (KafkaException e)
            {
                Tell($"{clients.Settings.BootstrapServers}: {e.Error.Reason}");
                await Task.Delay(Again, options.Clock, cancel);
            }
        }
    }

    /// <summary>The first offset that can still be read.</summary>
    public async Task<long> BeginningAsync(int partition) =>
        (await OffsetsAsync(OffsetSpec.Earliest(), partition))[partition];

    /// <summary>First and next offset of a partition.</summary>
    public async Task<(long Low, long High)> RangeAsync(int partition) =>
        (await BeginningAsync(partition), (await OffsetsAsync(OffsetSpec.Latest(), partition))[partition]);

    /// <summary>Where the partitions of a topic that was never consumed begin, as chosen.</summary>
    public async Task<IReadOnlyDictionary<int, long>> StartsAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (options.Start.Latest)
            return await OffsetsAsync(OffsetSpec.Latest());
        if (options.Start.Group)
            return await GroupStartsAsync();
        if (options.Start.At is not { } at)
            return await OffsetsAsync(OffsetSpec.Earliest());
        var ends = await OffsetsAsync(OffsetSpec.Latest());
        var starts = await OffsetsAsync(OffsetSpec.ForTimestamp(at.ToUnixTimeMilliseconds()));
        return starts.ToDictionary(pair => pair.Key, pair => pair.Value < 0 ? ends[pair.Key] : pair.Value);
    }

    /// <summary>A partition that the group never committed begins at its first message, as a new one does.</summary>
    private async Task<IReadOnlyDictionary<int, long>> GroupStartsAsync()
    {
        var group = clients.Settings.Group;
        var committed = await brokers.CommittedAsync(
            group,
            [.. partitions.Select(partition => new TopicPartition(topic, partition))]
        );
        if (committed.Count == 0)
            throw new MuseumException(
                ExitCode.Configuration,
                new Explanation(
                    $"--start group: the group {group} has committed no offset of the topic {topic} at "
                        + clients.Settings.BootstrapServers,
                    ["GROUP", "TOPIC"],
                    "let GROUP name the group that has, or begin with --start earliest or --start latest"
                )
            );
        var starts = new Dictionary<int, long>(await OffsetsAsync(OffsetSpec.Earliest()));
        foreach (var (partition, offset) in committed)
            starts[partition.Partition] = offset;
        return starts;
    }

    private async Task<IReadOnlyDictionary<int, long>> OffsetsAsync(OffsetSpec spec, params int[] some) =>
        (
            await brokers.OffsetsAsync(
                [.. (some.Length > 0 ? some : partitions).Select(p => new TopicPartition(topic, p))],
                spec
            )
        ).ToDictionary(pair => pair.Key.Partition.Value, pair => pair.Value);

    public void Dispose() => clients.Release(brokers);
}
