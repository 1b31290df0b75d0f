using Confluent.Kafka;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;

namespace MuseumPipeline.Load.Verify;

/// <summary>The content of a partition now, judged.</summary>
internal sealed class TopicRecords(KafkaClients clients, TopicPartition partition, MessageJudge judge, int source)
    : IDisposable
{
    private readonly TopicMessages messages = new(clients, partition);

    /// <inheritdoc cref="TopicMessages.Read"/>
    public List<JudgedRecord> Read(long from, long to, int most, CancellationToken cancel)
    {
        judge.StartBatch();
        return [.. messages.Read(from, to, most, cancel).Select(Judge)];
    }

    private JudgedRecord Judge(ConsumeResult<byte[]?, byte[]?> message)
    {
        var value = message.Message.Value ?? [];
        var refused = judge.Judge(new(source, message.Offset, value, value.Length), out var press);
        return new(message.Offset, press, refused);
    }

    public void Dispose() => messages.Dispose();
}

/// <summary>The messages of a partition now, read without joining a group or committing anything.</summary>
internal sealed class TopicMessages(KafkaClients clients, TopicPartition partition) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private readonly IConsumer<byte[]?, byte[]?> consumer = clients.Consumer().Build();
    private long next = -1;

    /// <summary>Up to this many from here on, those before <paramref name="to"/>.</summary>
    /// <exception cref="TransientException">The broker did not answer in time.</exception>
    public IEnumerable<ConsumeResult<byte[]?, byte[]?>> Read(long from, long to, int most, CancellationToken cancel)
    {
        if (next != from)
            consumer.Assign(new TopicPartitionOffset(partition, from));
        var (read, since) = (0, System.Diagnostics.Stopwatch.GetTimestamp());
        for (next = from; next < to && read < most; )
        {
            cancel.ThrowIfCancellationRequested();
            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > Patience)
                throw new TransientException(
                    $"{partition.Topic}:{partition.Partition.Value}: offset {next} could not be read within "
                        + $"{Patience.TotalSeconds:0} s"
                );
            if (Consume() is not { } result)
                continue;
            since = System.Diagnostics.Stopwatch.GetTimestamp();
            if (result.IsPartitionEOF)
            {
                next = to;
                break;
            }

            next = result.Offset + 1;
            if (result.Offset >= to)
                break;
            read++;
            yield return result;
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Consume()
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

    public void Dispose() => consumer.Dispose();
}
