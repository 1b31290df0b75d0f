using Confluent.Kafka;
using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>Sends messages to a topic. The producer (idempotent, waiting for all replicas) repeats what is lost on the
/// way and doubles nothing; a message counts as delivered when the broker confirms it, at the offset it
/// names.</summary>
internal sealed class KafkaSink : StreamSink
{
    /// <summary>Messages in flight at once: enough to keep the broker busy, and fewer than the producer's own queue
    /// holds.</summary>
    private const int Room = 50_000;

    /// <summary>After the last message, as long as the program is given to stop.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    /// <summary>For the brokers' first answer, before the first message; later they may be away for minutes.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly string _topic;
    private readonly DeliveryLedger _ledger;
    private readonly SemaphoreSlim _room = new(Room);
    private readonly Lock _gate = new();
    private readonly Action<DeliveryReport<byte[]?, byte[]?>> _delivered;
    private Error? _failure;

    /// <param name="producer">Owned.</param>
    public KafkaSink(IProducer<byte[]?, byte[]?> producer, string topic, DeliveryLedger ledger)
    {
        (_producer, _topic, _ledger) = (producer, topic, ledger);
        _delivered = Delivered;
    }

    /// <summary>Asks the brokers for the topic: a wrong address is reported at once, not after minutes of
    /// retrying.</summary>
    public Task ConnectAsync() =>
        Task.Run(() =>
        {
            try
            {
                using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
                admin.GetMetadata(_topic, Answer);
            }
            catch (KafkaException e)
            {
                throw new MuseumException(
                    ExitCode.Service,
                    $"Kafka did not answer within {Answer.TotalSeconds:0} s: {e.Error.Reason.TrimEnd('.')} "
                        + $"({e.Error.Code}). Check BOOTSTRAP_SERVERS, SECURITY_PROTOCOL and the login: museum doctor",
                    e
                );
            }
        });

    public override async ValueTask SendAsync(KioskStream message, CancellationToken cancel)
    {
        if (!_room.Wait(0, CancellationToken.None))
            await _room.WaitAsync(cancel);
        ThrowIfFailed();
        try
        {
            // The producer keeps both until they are delivered.
            _producer.Produce(
                _topic,
                new Message<byte[]?, byte[]?> { Key = message.Key, Value = message.Value.ToArray() },
                _delivered
            );
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            throw Refused(e.Error, e);
        }
    }

    public override void Pause()
    {
        // It batches for a few milliseconds by itself.
    }

    public override async Task FinishAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await Task.Run(() => _producer.Flush(patience.Token), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Messages still in flight by now do not count as delivered; the report says how many of how many.
        }

        ThrowIfFailed();
    }

    public override ValueTask DisposeAsync()
    {
        _producer.Dispose();
        _room.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Called by the producer's own thread and, at the end, by the flushing one as well, at the same
    /// time.</summary>
    private void Delivered(DeliveryReport<byte[]?, byte[]?> report)
    {
        lock (_gate)
        {
            if (report.Error.IsError)
                _failure ??= report.Error;
            else
                _ledger.Note(report.Partition, report.Offset, report.Value);
        }

        _room.Release();
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } error)
            throw Refused(error, null);
    }

    private MuseumException Refused(Error error, Exception? inner) =>
        new(
            ExitCode.Service,
            $"Kafka did not take a message for topic {_topic}: {error.Reason.TrimEnd('.')} ({error.Code}); "
                + $"{_ledger.Delivered:N0} were delivered before",
            inner
        );
}
