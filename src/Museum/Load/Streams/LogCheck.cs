using System.Globalization;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Checks whether a partition's log is the one that was read. The offset alone does not say so: a broker
/// restored from a copy gives the same offsets to other records. So the record before the position must be the one that
/// was committed, under the same leader epoch as then, and the log must reach the position.</summary>
internal sealed class LogCheck(KafkaClients clients)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    /// <summary>What happened to those of the partitions whose log was replaced.</summary>
    /// <param name="rows">Of one topic.</param>
    /// <exception cref="TransientException">A record could not be read in time.</exception>
    public async Task<IReadOnlyDictionary<int, string>> FindAsync(
        IReadOnlyList<PartitionRow> rows,
        IReadOnlyDictionary<int, OffsetRange> ranges,
        CancellationToken cancel
    )
    {
        Dictionary<int, string> found = [];
        List<PartitionRow> open = [];
        foreach (var row in rows.Where(row => ranges.ContainsKey(row.Partition)))
        {
            var (low, high) = ranges[row.Partition];
            if (row.NextOffset > high)
                found[row.Partition] = PastTheEnd(row.NextOffset, high);
            else if (row.LastRecord is not null && row.NextOffset > low)
                open.Add(row);
        }

        // Polling blocks: not on a thread that others wait for.
        if (open.Count > 0)
            await Task.Run(() => Compare(open, found, cancel), cancel);
        return found;
    }

    private void Compare(List<PartitionRow> open, Dictionary<int, string> found, CancellationToken cancel)
    {
        using var consumer = clients.Consumer().Build();
        consumer.Assign(open.Select(row => new TopicPartitionOffset(row.Topic, row.Partition, row.NextOffset - 1)));
        var left = open.ToDictionary(row => row.Partition);
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (left.Count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > Patience)
                throw new TransientException(
                    $"{open[0].Topic}: the record before the position could not be read within "
                        + $"{Patience.TotalSeconds:0} s"
                );
            if (Consume(consumer) is not { } result || !left.Remove(result.Partition, out var row))
                continue;
            // A later record: this one was compacted away, which proves nothing.
            if (!result.IsPartitionEOF && result.Offset == row.NextOffset - 1 && Differs(row, result) is { } how)
                found[row.Partition] = how;
        }
    }

    private static ConsumeResult<byte[]?, byte[]?>? Consume(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(Idle);
        }
        catch (ConsumeException e)
        {
            throw new TransientException($"{e.ConsumerRecord.TopicPartition}: {e.Error.Reason}", e);
        }
    }

    private static string? Differs(PartitionRow row, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (RecordDigest.Of(record.Message.Value ?? []) != row.LastRecord)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the record at offset {row.NextOffset - 1} is not the one that was read there: the log was restored "
                    + $"from a copy, or cut and written again"
            );
        return record.LeaderEpoch is { } epoch && row.LeaderEpoch is { } seen && epoch != seen
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the record at offset {row.NextOffset - 1} was written under leader epoch {epoch}, and was read "
                    + $"under {seen}: the log was restored from a copy, or cut and written again"
            )
            : null;
    }

    public static string PastTheEnd(long position, long high) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the position {position} is past the end of the partition, {high}: the log was cut or restored from a "
                + $"copy, and {position - high} records that were read are no longer in it"
        );

    /// <summary>The message of a stopped partition.</summary>
    public static PartitionProblem Problem(string topic, int partition, string what) =>
        new(
            $"{topic}:{partition}: {what}. New records get offsets that were given before; none is read until you "
                + $"decide. "
                + $"To load them under a new identity, with nothing doubled: museum kafka accept-loss "
                + $"{topic}:{partition}",
            OtherLog: true
        );
}
