using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Kafka;

/// <summary>What the brokers report of topics now: for the consumer, and for an operator's questions and
/// decisions.</summary>
/// <param name="patience">How long each answer may take.</param>
internal sealed class KafkaTopics(KafkaClients clients, TimeSpan patience) : IDisposable
{
    private IAdminClient admin = clients.Admin();

    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    internal async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> ask)
    {
        var asked = admin;
        try
        {
            return await ask(asked).WithinAsync(patience);
        }
        catch (UnansweredException)
        {
            // Its query is still running, so it is not closed; from now on another one is asked.
            var next = clients.Admin();
            if (Interlocked.CompareExchange(ref admin, next, asked) != asked)
                next.Dispose();
            throw;
        }
    }

    /// <summary>The cluster, and those of the topics that it has.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<ClusterView> LookAsync(IReadOnlyCollection<string> names)
    {
        var cluster = await ClusterIdAsync();
        var topics = names.Count == 0 ? [] : await DescribeAsync(names);
        var partitions = topics
            .SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Name, p.Partition)))
            .ToList();
        var (lows, highs) = (
            await OffsetsAsync(partitions, OffsetSpec.Earliest()),
            await OffsetsAsync(partitions, OffsetSpec.Latest())
        );
        return new(
            cluster,
            topics.ToDictionary(
                topic => topic.Name,
                topic => new TopicView(
                    TopicId.Text(topic.TopicId),
                    topic
                        .Partitions.Select(p => p.Partition)
                        .ToDictionary(
                            partition => partition,
                            partition => new OffsetRange(
                                lows[new(topic.Name, partition)],
                                highs[new(topic.Name, partition)]
                            )
                        )
                )
            )
        );
    }

    /// <summary>The cluster's identity.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public Task<string> ClusterIdAsync() => AskAsync(of => ClusterIdentity.AskAsync(of, patience));

    /// <summary>The first offset at or after an instant, by the brokers' timestamps; null if everything is
    /// older.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<long?> FirstSinceAsync(TopicPartition partition, DateTimeOffset at)
    {
        var found = (await OffsetsAsync([partition], OffsetSpec.ForTimestamp(at.ToUnixTimeMilliseconds())))[partition];
        return found < 0 ? null : found;
    }

    /// <summary>Those of the topics that exist.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<List<TopicDescription>> DescribeAsync(IReadOnlyCollection<string> names)
    {
        List<TopicDescription> topics;
        try
        {
            topics = (
                await AskAsync(of =>
                    of.DescribeTopicsAsync(
                        TopicCollection.OfTopicNames(names),
                        new DescribeTopicsOptions { RequestTimeout = patience }
                    )
                )
            ).TopicDescriptions;
        }
        catch (DescribeTopicsException e)
        {
            topics = e.Results.TopicDescriptions;
        }

        var fault = topics.Find(topic => topic.Error.IsError && topic.Error.Code is not ErrorCode.UnknownTopicOrPart);
        return fault is null ? topics.FindAll(topic => !topic.Error.IsError) : throw new KafkaException(fault.Error);
    }

    /// <summary>Offsets of partitions as a consumer sees them: messages of an uncommitted transaction are not included,
    /// unless requested.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions,
        OffsetSpec spec,
        IsolationLevel isolation = IsolationLevel.ReadCommitted
    )
    {
        if (partitions.Count == 0)
            return [];
        var result = await AskAsync(of =>
            of.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec
                {
                    TopicPartition = partition,
                    OffsetSpec = spec,
                }),
                new ListOffsetsOptions { RequestTimeout = patience, IsolationLevel = isolation }
            )
        );
        var infos = result.ResultInfos.ConvertAll(info => info.TopicPartitionOffsetError);
        return infos.Find(info => info.Error.IsError) is { } fault
            ? throw new KafkaException(fault.Error)
            : infos.ToDictionary(info => info.TopicPartition, info => info.Offset.Value);
    }

    /// <summary>What the group has committed; partitions of which it committed nothing are not among them.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<Dictionary<TopicPartition, long>> CommittedAsync(
        string group,
        IReadOnlyCollection<TopicPartition> partitions
    )
    {
        var answer = await AskAsync(of =>
            of.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, [.. partitions])],
                new ListConsumerGroupOffsetsOptions { RequestTimeout = patience }
            )
        );
        var offsets = answer.SelectMany(of => of.Partitions).ToList();
        return offsets.Find(of => of.Error.IsError) is { } fault
            ? throw new KafkaException(fault.Error)
            : offsets.Where(of => of.Offset.Value >= 0).ToDictionary(of => of.TopicPartition, of => of.Offset.Value);
    }

    /// <summary>Whether a member of the group other than this one has the name (group.instance.id).</summary>
    /// <param name="but">A member id: the group remembers a named member for a while after it has closed. Null for
    /// none.</param>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public async Task<bool> HasMemberAsync(string group, string name, string? but) =>
        (
            await AskAsync(of =>
                of.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = patience })
            )
        ).ConsumerGroupDescriptions.Exists(found =>
            found.Members.Exists(member => member.GroupInstanceId == name && member.ConsumerId != but)
        );

    public void Dispose() => admin.Dispose();
}

/// <param name="Topics">By name; one that does not exist is left out.</param>
internal sealed record ClusterView(string Id, IReadOnlyDictionary<string, TopicView> Topics);

/// <param name="Partitions">By number.</param>
internal sealed record TopicView(string Id, IReadOnlyDictionary<int, OffsetRange> Partitions);

/// <param name="Low">The first offset that can still be read.</param>
/// <param name="High">The offset the next message will have.</param>
internal readonly record struct OffsetRange(long Low, long High);
