using System.Data.Common;
using System.Diagnostics;
using System.Globalization;

namespace MuseumPipeline.Drills;

/// <summary>The positions in <c>kafka_offset</c>, while the drill runs.</summary>
internal static class Positions
{
    private const string All =
        "select cluster_id, topic, topic_id, partition, next_offset, problem from kafka_offset where not retired";

    /// <summary>Until every partition has reached the ledger's end. A database that is away is waited for.</summary>
    public static async Task<int> DrainedAsync(Database database, string topic, string ledger, int seconds)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var ends = LedgerLine
                .Read([ledger])
                .GroupBy(l => l.Partition)
                .ToDictionary(g => g.Key, g => g.Max(l => l.Offset) + 1);
            var rows = await TryReadAsync(
                database,
                r => (Topic: r.GetString(1), Partition: r.GetInt32(3), Next: r.GetInt64(4))
            );
            var behind = rows is null
                ? null
                : ends.Select(end =>
                        (
                            end.Key,
                            Lag: end.Value
                                - rows.Where(r => r.Topic == topic && r.Partition == end.Key)
                                    .Select(r => r.Next)
                                    .DefaultIfEmpty(0)
                                    .Max()
                        )
                    )
                    .Where(p => p.Lag > 0)
                    .ToList();
            if (behind is { Count: 0 } && ends.Count > 0)
            {
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"drained after {watch.Elapsed.TotalSeconds:0.0} s")
                );
                return 0;
            }

            if (watch.Elapsed.TotalSeconds > seconds)
            {
                Console.WriteLine(
                    behind is null
                        ? "the database cannot be read"
                        : $"behind after {seconds} s: "
                            + $"{string.Join(", ", behind.Select(p => $"partition {p.Key} by {p.Lag}"))}"
                );
                return 1;
            }

            await Task.Delay(100);
        }
    }

    public static async Task<int> WatchAsync(Database database)
    {
        // Reading a console is never asynchronous.
        var input = Task.Run(Console.In.ReadLine);
        Dictionary<string, long> last = [];
        long samples = 0,
            back = 0;
        while (await Task.WhenAny(input, Task.Delay(20)) != input)
        {
            var rows = await TryReadAsync(
                database,
                r => ($"{r.GetString(0)}/{r.GetString(1)}/{r.GetString(2)}:{r.GetInt32(3)}", r.GetInt64(4))
            );
            if (rows is null)
                continue;
            samples++;
            foreach (var (partition, next) in rows)
            {
                if (last.TryGetValue(partition, out var before) && next < before)
                {
                    back++;
                    Console.WriteLine($"{partition} went back from {before} to {next}");
                }

                last[partition] = next;
            }
        }

        Console.WriteLine($"{samples} samples of {last.Count} partitions, {back} steps back");
        return back == 0 ? 0 : 1;
    }

    private static async Task<List<T>?> TryReadAsync<T>(Database database, Func<DbDataReader, T> read)
    {
        try
        {
            await using var connection = await database.OpenAsync();
            return await Database.ReadAsync(connection, All, read);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException)
        {
            return null;
        }
    }
}
