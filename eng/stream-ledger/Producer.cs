using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace MuseumPipeline.Drills;

/// <summary>Presses into a topic, and into the ledger what the broker acknowledged.</summary>
internal static class Producer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(
        string servers,
        string topic,
        string ledger,
        int count,
        int rate,
        int seed,
        double spoiled,
        int calls
    )
    {
        using var end = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            s =>
            {
                s.Cancel = true;
                end.Cancel();
            }
        );
        // Idempotent and endlessly patient: a broker that is away or killed neither loses nor doubles a press, so the
        // ledger is the truth.
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = servers,
                EnableIdempotence = true,
                Acks = Acks.All,
                LingerMs = 5,
                MessageTimeoutMs = 0,
                RequestTimeoutMs = 5000,
                TopicMetadataRefreshIntervalMs = 2000,
                LogConnectionClose = false,
                QueueBufferingMaxMessages = 2_000_000,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var partitions = Partitions(servers, topic);
        await using var lines = new StreamWriter(ledger, append: true) { AutoFlush = rate > 0 };
        var random = new Random(seed);
        Lock sync = new();
        int acknowledged = 0,
            failed = 0;
        var watch = Stopwatch.StartNew();
        var asked = watch.Elapsed;
        for (var n = 0; n < count && !end.IsCancellationRequested; n++)
        {
            if (rate > 0 && n / (double)rate - watch.Elapsed.TotalSeconds is > 0.002 and var ahead)
                await Task.Delay(TimeSpan.FromSeconds(ahead));
            if (watch.Elapsed - asked > Patience)
            {
                StayAwake(admin);
                asked = watch.Elapsed;
            }

            // Seeds apart, so that two producers of one drill never send the same press.
            var message = Message.Make(((long)seed << 24) + n, random, spoiled, calls);
            var value = message.Value.Length == 0 ? null! : message.Value;
            producer.Produce(
                new TopicPartition(topic, random.Next(partitions)),
                new Message<Null, byte[]> { Value = value },
                report => Acknowledged(report, message)
            );
        }

        while (producer.Flush(Patience) > 0)
            StayAwake(admin);
        lock (sync)
            lines.Flush();
        Console.WriteLine($"{acknowledged} acknowledged, {failed} failed");
        return failed == 0 ? 0 : 1;

        // Called by the poll thread, and by a flush too.
        void Acknowledged(DeliveryReport<Null, byte[]> report, Message message)
        {
            lock (sync)
            {
                if (report.Error.IsError || report.Offset < 0)
                {
                    failed++;
                    Console.Error.WriteLine($"stream-ledger: {report.Error} at {report.TopicPartitionOffset}");
                    return;
                }

                acknowledged++;
                lines.Write(new LedgerLine(report.Partition, report.Offset, message.Hash, message.Expected) + "\n");
            }
        }
    }

    /// <summary>A client that a starting broker told of no broker at all forgets the one it had, and sends nothing any
    /// more, unless somebody asks it something.</summary>
    private static void StayAwake(IAdminClient admin)
    {
        try
        {
            admin.GetMetadata(TimeSpan.FromSeconds(1));
        }
        catch (KafkaException)
        {
            // It has asked, which is all that is wanted.
        }
    }

    private static int Partitions(string servers, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers })
            .SetLogHandler((_, _) => { })
            .Build();
        return admin.GetMetadata(topic, TimeSpan.FromSeconds(15)).Topics.Single().Partitions.Count;
    }
}
