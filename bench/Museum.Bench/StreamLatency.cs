using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Npgsql;

namespace MuseumPipeline.Bench;

/// <summary>
/// Sends presses at a steady rate and looks for their rows on a connection of its own. A row is told by its time, which
/// no other has; the
/// interval of looking is part of what is measured.
/// </summary>
internal sealed class StreamLatency(string brokers, int rate)
{
    private readonly int warmUp = 5 * rate;

    /// <summary>A minute's, after five seconds to warm up. The first one only shows that the consumer is
    /// there.</summary>
    public int Messages { get; } = 1 + (65 * rate);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    // Of yesterday, within the opening hours, a ten-thousandth of a second apart.
    private readonly DateTime first = TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-1).AddHours(11);
    private readonly ConcurrentDictionary<DateTime, long> sent = new();
    private readonly List<(DateTime At, double Seconds)> seen = [];

    /// <summary>Seconds from just before the sending to the sight of the row, sorted.</summary>
    /// <param name="consumer">Watched: when it fails, nothing more is to be seen.</param>
    public async Task<IReadOnlyList<double>> RunAsync(
        string topic,
        string connectionString,
        Task consumer,
        CancellationToken cancel
    )
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = brokers,
                LingerMs = 0,
                Acks = Acks.All,
                SocketNagleDisable = true,
            }
        ).Build();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        Send(producer, topic, 0);
        await SeeAsync(connection, 1, consumer, cancel);
        var sending = Task.Run(() => SendAllAsync(producer, topic, cancel), cancel);
        await SeeAsync(connection, Messages, consumer, cancel);
        await sending;
        return [.. seen.Where(row => row.At >= TimeOf(1 + warmUp)).Select(row => row.Seconds).Order()];
    }

    private async Task SendAllAsync(IProducer<Null, byte[]> producer, string topic, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        for (var n = 1; n < Messages; n++)
        {
            var wait = TimeSpan.FromSeconds((double)n / rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, cancel);
            Send(producer, topic, n);
        }
    }

    private void Send(IProducer<Null, byte[]> producer, string topic, int n)
    {
        var at = TimeOf(n);
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"at": "{{at:yyyy-MM-ddTHH:mm:ss.ffffff}}+00:00", "site": "{{n % 6}}", "val": {{n % 5}}}"""
        );
        sent[at] = Stopwatch.GetTimestamp();
        producer.Produce(topic, new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(message) });
    }

    private DateTime TimeOf(int n) => first.AddMicroseconds(100.0 * n);

    private async Task SeeAsync(NpgsqlConnection connection, int count, Task consumer, CancellationToken cancel)
    {
        // Partitions are committed side by side: a row may be seen a little after a later one.
        await using var rows = new NpgsqlCommand(
            "select rating_created_at from rating_instance where rating_created_at >= $1",
            connection
        );
        var since = new NpgsqlParameter<DateTime>();
        rows.Parameters.Add(since);
        var last = Stopwatch.GetTimestamp();
        while (seen.Count < count)
        {
            since.TypedValue = seen.Count == 0 ? first : seen[^1].At.AddMilliseconds(-2 * rate / 10.0);
            var before = seen.Count;
            await using (var reader = await rows.ExecuteReaderAsync(cancel))
            {
                while (await reader.ReadAsync(cancel))
                    See(reader.GetDateTime(0));
            }

            if (seen.Count > before)
                last = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(last) > Patience || consumer.IsFaulted)
            {
                await (consumer.IsFaulted ? consumer : Task.CompletedTask);
                throw new BenchException(
                    $"saw {seen.Count} of {Messages} rows, and no more for {Patience.TotalSeconds:0} s"
                );
            }

            await Task.Delay(Look, cancel);
        }
    }

    private void See(DateTime at)
    {
        if (sent.TryRemove(at, out var sentAt))
            seen.Add((at, Stopwatch.GetElapsedTime(sentAt).TotalSeconds));
    }
}
