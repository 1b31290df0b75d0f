using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using MuseumPipeline.Model;
using Npgsql;

namespace MuseumPipeline.Bench;

/// <summary>Sends presses at a steady rate and looks for their rows on a connection of its own. A row is told by its
/// time, which no other has. The interval of looking is part of what is measured; a look itself is cheap, because it
/// reads by the key what came behind the rows that were seen.</summary>
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

    // The last key of each source.
    private readonly SortedDictionary<int, long> read = [];

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
        // A partition is committed in the order of its offsets, which are the last digits of its rows' keys.
        await using var rows = new NpgsqlCommand(
            """
            select s.source_id, r.rating_instance_id, r.rating_created_at
            from source s
            left join unnest($1, $2) as known (source_id, last) on known.source_id = s.source_id
            cross join lateral (
                select rating_instance_id, rating_created_at from rating_instance
                where rating_instance_id > coalesce(known.last, s.source_id * $3 - 1)
                  and rating_instance_id < (s.source_id + 1) * $3
            ) r
            """,
            connection
        );
        var (sources, lasts) = (new NpgsqlParameter<int[]>(), new NpgsqlParameter<long[]>());
        rows.Parameters.Add(sources);
        rows.Parameters.Add(lasts);
        rows.Parameters.Add(new NpgsqlParameter<long> { TypedValue = EventId.PositionsPerSource });
        var last = Stopwatch.GetTimestamp();
        while (seen.Count < count)
        {
            (sources.TypedValue, lasts.TypedValue) = ([.. read.Keys], [.. read.Values]);
            var before = seen.Count;
            await using (var reader = await rows.ExecuteReaderAsync(cancel))
            {
                while (await reader.ReadAsync(cancel))
                {
                    var (source, id) = (reader.GetInt32(0), reader.GetInt64(1));
                    read[source] = Math.Max(read.GetValueOrDefault(source), id);
                    See(reader.GetDateTime(2));
                }
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
