using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Watches a topic from outside, whatever state its consumer is in: do the brokers answer, and if not, why;
/// what does the database wait for; are there messages that nobody consumes. It only reports.</summary>
#pragma warning disable CA1001 // The loop that asks closes the client, once no query is running.
internal sealed class StreamMonitor(
    MuseumStore store,
    KafkaClients clients,
    string topic,
    StreamHealth health,
    TimeProvider clock,
    ILogger log
)
#pragma warning restore CA1001
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(4);

    /// <summary>A query that takes longer is investigated.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);

    /// <summary>Messages that wait for longer are reported; with the time between two checks, after 15 s at the
    /// most.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(9);

    private static readonly TimeSpan Diagnosis = TimeSpan.FromSeconds(15);

    private readonly KafkaTopics brokers = new(clients, Answer);
    private readonly Dictionary<int, (long Position, long Since)> standing = [];
    private string? topicId;

    /// <summary>Runs until cancelled. A running query is allowed to finish, because its client must not be closed
    /// before.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await Task.WhenAll(LoopAsync(LookAtDatabaseAsync, cancel), LoopAsync(LookAtTopicAsync, cancel));
        clients.Release(brokers);
    }

    private async Task LoopAsync(Func<CancellationToken, Task> look, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                try
                {
                    await look(cancel);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // Whatever fails in one check: without the next one nothing would ever be reported again.
                    log.LogWarning(e, "consume: {Topic}: a check of the brokers failed", topic);
                }

                await Task.Delay(Every, clock, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The consumer ends.
        }
    }

    private async Task LookAtDatabaseAsync(CancellationToken cancel)
    {
        if (health.OldestQuestion < Slow)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Answer);
        try
        {
            health.WaitsFor(
                await store.Maintenance.WhyWaitingAsync(patience.Token).WaitAsync(patience.Token)
                    ?? "it answers other questions: it is overloaded, or something of ours waits for another of ours"
            );
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            health.WaitsFor(
                "a new connection gets no answer either: the server is frozen or overloaded, or the network lost "
                    + "the way"
            );
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            health.WaitsFor(e.Message);
        }
    }

    private async Task LookAtTopicAsync(CancellationToken cancel)
    {
        try
        {
            var partitions = await PartitionsAsync();
            health.Ends = partitions.ToDictionary(pair => pair.Key, pair => pair.Value.Stable);
            if (health.BrokerProblem is not null)
                await ExplainAsync();
            await CompareAsync(partitions, cancel);
        }
        catch (KafkaException)
        {
            await ExplainAsync();
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            // Whoever needs the database reports it.
        }
    }

    /// <summary>The same diagnosis as at the start.</summary>
    private async Task ExplainAsync()
    {
        string? problem;
        try
        {
            var view = await KafkaProbe
                .RunAsync(clients, [topic], CancellationToken.None)
                .WaitAsync(Diagnosis, clock, CancellationToken.None);
            problem = view.Missing.Count > 0 ? $"the topic {topic} does not exist" : null;
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            problem = e.Message;
        }
        catch (TimeoutException)
        {
            problem = $"{clients.Settings.Describe} gives no answer";
        }

        if (health.Broker(problem) && problem is not null)
            log.LogWarning("consume: {Topic}: {Problem}", topic, problem);
    }

    /// <summary>For each partition: its end for us, and its end including what open transactions hold back.</summary>
    private async Task<Dictionary<int, (long Stable, long High)>> PartitionsAsync()
    {
        if (await brokers.DescribeAsync([topic]) is not [var described])
            return [];
        topicId = TopicId.Text(described.TopicId);
        var all = described.Partitions.ConvertAll(p => new TopicPartition(topic, p.Partition));
        var ends = await Task.WhenAll(
            brokers.OffsetsAsync(all, OffsetSpec.Latest()),
            brokers.OffsetsAsync(all, OffsetSpec.Latest(), IsolationLevel.ReadUncommitted)
        );
        return all.ToDictionary(p => p.Partition.Value, p => (ends[0][p], ends[1][p]));
    }

    private async Task CompareAsync(Dictionary<int, (long Stable, long High)> ends, CancellationToken cancel)
    {
        List<PartitionRow> rows;
        using (health.Asking())
            rows = [.. (await store.Partitions.ListAsync(null, topic, cancel)).Where(row => row.TopicId == topicId)];
        string? problem = null;
        foreach (var (partition, (stable, high)) in ends.OrderBy(pair => pair.Key))
        {
            var row = rows.Find(r => r.Partition == partition);
            var position = row?.NextOffset ?? 0;
            if (row?.Problem is not null || position >= high)
            {
                standing.Remove(partition);
                continue;
            }

            if (!standing.TryGetValue(partition, out var seen) || seen.Position != position)
                standing[partition] = seen = (position, clock.GetTimestamp());
            if (clock.GetElapsedTime(seen.Since) is var still && still >= Still)
                problem ??= Tell(row, partition, position, stable, high, still);
        }

        if (health.Backlog(problem) && problem is not null)
            log.LogWarning("consume: {Problem}", problem);
    }

    private string? Tell(PartitionRow? row, int partition, long position, long stable, long high, TimeSpan still)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{topic}:{partition}");
        if (position >= stable)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{where}: an open transaction of a producer has held back the messages from offset {stable} on for "
                    + $"{still.TotalSeconds:0} s ({high - stable} offsets): it must commit, abort, or reach its "
                    + $"time-out"
            );
        var owner = row?.Owner is { } name
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"its consumer was {name}, last heard of {Silence(row)} s ago"
            )
            : "no consumer has claimed it yet";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{where}: {stable - position} messages have waited for {still.TotalSeconds:0} s and nobody moves them; "
                + $"{owner}. See: museum kafka status"
        );
    }

    private long Silence(PartitionRow row) =>
        row.SeenAt is { } seen ? Math.Max(0, (long)(clock.GetUtcNow() - seen).TotalSeconds) : 0;
}
