using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Gives verdicts on what a consumer would read next, up to the current end of every partition: joins no
/// group, claims nothing, writes and commits nothing, neither to the database nor to the broker.</summary>
internal sealed class StreamDryRun(MuseumStore store, KafkaClients clients, StreamOptions options, ILogger log)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    public async Task<RunReport> RunAsync(IReadOnlyList<Museum> museums, CancellationToken cancel)
    {
        clients.Check();
        var started = options.Clock.GetTimestamp();
        var report = new RunReport
        {
            Command = "consume",
            Target = store.Target,
            DryRun = true,
        };
        try
        {
            foreach (var museum in museums)
                await JudgeAsync(museum, report, cancel);
        }
        finally
        {
            await clients.ReleasedAsync();
        }

        report.Elapsed = options.Clock.GetElapsedTime(started);
        return report;
    }

    private async Task JudgeAsync(Museum museum, RunReport report, CancellationToken cancel)
    {
        var health = new StreamHealth(museum.Topic, options.Clock);
        using var topic = new StreamTopic(store.Partitions, clients, museum, options, health, log);
        var (stream, ends, starts) = await LookAsync(topic, health, cancel);
        var rows = (await store.Partitions.ListAsync(stream.Cluster, stream.Topic, cancel))
            .Where(row => row.TopicId == stream.TopicId)
            .ToDictionary(row => row.Partition);
        var positions = ends.Keys.ToDictionary(
            p => p,
            p => rows.TryGetValue(p, out var row) ? row.NextOffset : starts[p]
        );
        foreach (var (partition, end) in ends)
        {
            if (positions[partition] > end)
                throw new MuseumException(
                    ExitCode.Service,
                    LogCheck.Problem(museum.Topic, partition, LogCheck.PastTheEnd(positions[partition], end)).Text
                );
        }

        var judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(museum.Id, cancel), options.Rules, options.Clock)
        );
        var sums = positions.Keys.ToDictionary(p => p, _ => default(Counts));
        // Polling blocks: not on a thread that others wait for.
        await Task.Run(() => Read(museum.Topic, positions, ends, judge, sums, cancel), cancel);
        foreach (var (partition, counts) in sums.OrderBy(pair => pair.Key))
        {
            report.Counts += counts;
            report.Sources.Add(new SourceReport($"{stream.Location}/{partition}", stream.TopicId, "judged", counts));
        }

        foreach (var (reason, count) in judge.Refused.ByCode)
            report.Reasons[reason] = report.Reasons.GetValueOrDefault(reason) + count;
    }

    /// <summary>Where the topic begins and ends now, as soon as the brokers say so.</summary>
    private async Task<(
        StreamIdentity Stream,
        IReadOnlyDictionary<int, long> Ends,
        IReadOnlyDictionary<int, long> Starts
    )> LookAsync(StreamTopic topic, StreamHealth health, CancellationToken cancel)
    {
        (StreamIdentity, IReadOnlyDictionary<int, long>, IReadOnlyDictionary<int, long>) found = default;
        await NoProgress.LimitAsync(
            options with
            {
                UntilEnd = true,
            },
            [health],
            async limited =>
                found = (
                    await topic.IdentifyAsync(limited),
                    await topic.EndsAsync(limited),
                    await topic.StartsAsync(limited)
                ),
            cancel
        );
        return found;
    }

    private void Read(
        string topic,
        Dictionary<int, long> positions,
        IReadOnlyDictionary<int, long> ends,
        MessageJudge judge,
        Dictionary<int, Counts> sums,
        CancellationToken cancel
    )
    {
        var left = options.MaxMessages ?? long.MaxValue;
        var open = positions.Where(pair => pair.Value < ends[pair.Key]).Select(pair => pair.Key).ToHashSet();
        using var consumer = clients.Consumer().Build();
        consumer.Assign(open.Select(p => new TopicPartitionOffset(topic, p, positions[p])));
        judge.StartBatch();
        while (open.Count > 0 && left > 0)
        {
            cancel.ThrowIfCancellationRequested();
            if (Consume(consumer) is not { } result)
                continue;
            if (!open.Contains(result.Partition))
                continue;
            if (!result.IsPartitionEOF && result.Offset < ends[result.Partition])
            {
                sums[result.Partition] += Judge(judge, result);
                left--;
            }

            if (result.IsPartitionEOF || result.Offset >= ends[result.Partition] - 1)
                open.Remove(result.Partition);
        }
    }

    private static ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(Idle);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"{e.ConsumerRecord.TopicPartition}: the position {e.ConsumerRecord.Offset} can no longer be "
                    + $"read; museum kafka status says more",
                e
            );
        }
        catch (ConsumeException e)
        {
            throw new TransientException($"{e.ConsumerRecord.TopicPartition}: {e.Error.Reason}", e);
        }
    }

    private static Counts Judge(MessageJudge judge, ConsumeResult<byte[]?, byte[]?> message)
    {
        var value = message.Message.Value ?? [];
        var refusal = judge.Judge(new RawRecord(0, message.Offset, value, value.Length), out var press);
        if (refusal is not null)
            return new Counts(1, 0, 0, 1, 0, 0, refusal.PossibleHelp ? 1 : 0);
        return press.Kind switch
        {
            PressKind.Rating => new Counts(1, 1, 0, 0, 0, 0, 0),
            PressKind.Support => new Counts(1, 0, 1, 0, 0, 0, 0),
            _ => throw new UnreachableException(),
        };
    }
}
