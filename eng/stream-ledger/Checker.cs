using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;

namespace MuseumPipeline.Drills;

/// <summary>The ledger against the database: every record once, in the tables or in quarantine, as what it should
/// be.</summary>
internal static class Checker
{
    private sealed record Stored(int Partition, long Offset, string What, string? Hash);

    public static async Task<int> RunAsync(Database database, string topic, string[] rest)
    {
        var ledgers = rest.TakeWhile(word => word != "lost").ToArray();
        var lost = rest.Skip(ledgers.Length + 1).Select(Range).ToList();
        var stored = await ReadAsync(database, topic);
        List<string> wrong = [];
        Dictionary<(int, long), LedgerLine> sent = [];
        foreach (var line in LedgerLine.Read(ledgers))
        {
            if (!sent.TryAdd((line.Partition, line.Offset), line))
                wrong.Add($"{line.Partition}:{line.Offset} twice in the ledger");
        }

        var found = stored.ToLookup(row => (row.Partition, row.Offset));
        foreach (var (place, line) in sent)
        {
            var rows = found[place].ToList();
            var isLost = lost.Exists(l => l.Partition == place.Item1 && place.Item2 >= l.From && place.Item2 < l.To);
            if (rows.Count == 0 && !isLost)
                wrong.Add($"{place} is nowhere (I1)");
            if (rows.Count > 0 && isLost)
                wrong.Add($"{place} was deleted before it was read, and is there");
            if (rows.Count > 1)
                wrong.Add($"{place} is there {rows.Count} times: {string.Join(", ", rows.Select(r => r.What))} (I2)");
            foreach (var row in rows)
            {
                if (line.Expected.Length > 0 && row.What != line.Expected)
                    wrong.Add($"{place} is {row.What}, expected {line.Expected}");
                if (row.Hash is not null && row.Hash != line.Hash)
                    wrong.Add($"{place}: the quarantined bytes are not those that were sent");
            }
        }

        foreach (var place in found.Select(g => g.Key).Where(p => !sent.ContainsKey(p)))
            wrong.Add($"{place} is there and was never sent");
        foreach (var fault in wrong.Take(8))
            Console.WriteLine(fault);
        Console.WriteLine(
            $"{sent.Count} sent, {stored.Count(r => r.Hash is null)} in the tables, "
                + $"{stored.Count(r => r.Hash is not null)} in quarantine, {wrong.Count} wrong"
        );
        return wrong.Count == 0 && sent.Count > 0 ? 0 : 1;
    }

    /// <summary>The same where offsets were given out more than once, to different records: what was sent, as often
    /// as it was sent, and nothing else.</summary>
    public static async Task<int> OnceAsync(Database database, string topic, string[] ledgers)
    {
        var stored = await ReadAsync(database, topic);
        List<string> wrong = [];
        var left = stored.ToLookup(row => (row.Partition, row.Offset)).ToDictionary(g => g.Key, g => g.ToList());
        var sent = 0;
        foreach (var line in LedgerLine.Read(ledgers))
        {
            sent++;
            var rows = left.GetValueOrDefault((line.Partition, line.Offset), []);
            var row = rows.Find(r => r.What == line.Expected && (r.Hash is null || r.Hash == line.Hash));
            if (row is null)
                wrong.Add($"{line.Partition}:{line.Offset} {line.Expected} is nowhere (I1)");
            else
                rows.Remove(row);
        }

        wrong.AddRange(
            left.Values.SelectMany(rows => rows)
                .Select(row =>
                    $"{row.Partition}:{row.Offset} {row.What} is there and was never sent, or more than once (I2)"
                )
        );
        foreach (var fault in wrong.Take(8))
            Console.WriteLine(fault);
        Console.WriteLine($"{sent} sent, {stored.Count} stored, {wrong.Count} wrong");
        return wrong.Count == 0 && sent > 0 ? 0 : 1;
    }

    private static async Task<List<Stored>> ReadAsync(Database database, string topic)
    {
        await using var connection = await database.OpenAsync();
        return
        [
            .. await Database.ReadAsync(
                connection,
                Presses(database, "rating", "rating_created_at", "rating"),
                ReadPress("rating"),
                topic
            ),
            .. await Database.ReadAsync(
                connection,
                Presses(database, "support", "instance_created_at", "support"),
                ReadPress("support"),
                topic
            ),
            .. await Database.ReadAsync(
                connection,
                $"select s.name, cast(q.position as bigint), q.reason, q.raw from quarantine q {Partitions("q")}",
                ReadRefusal,
                topic
            ),
        ];
    }

    /// <summary>Topics have ids: of two with the same name, the one whose rows are meant is named by it.</summary>
    private static string Partitions(string alias) =>
        $"join source s on s.source_id = {alias}.source_id and s.kind = 'partition' and (s.version = @topic or "
        + $"s.location like '%/' || @topic || '/%')";

    private static string Presses(Database database, string kind, string column, string type) =>
        $"""
            select s.name, cast(i.position as bigint), e.site, t.{type}_type_value, {(
                database.IsPostgres ? $"cast(extract(epoch from i.{column}) * 1000000 as bigint)" : $"i.{column}"
            )}
            from {kind}_instance i join exhibition e using (exhibition_id) join {type}_type t using ({type}_type_id) {Partitions(
                "i"
            )}
            """;

    private static Func<DbDataReader, Stored> ReadPress(string kind) =>
        r =>
            new(
                Partition(r),
                r.GetInt64(1),
                $"{kind} {r.GetValue(2)} {r.GetValue(3)} {Microseconds(r.GetValue(4))}",
                null
            );

    private static Stored ReadRefusal(DbDataReader r) =>
        new(
            Partition(r),
            r.GetInt64(1),
            r.GetString(2),
            Convert.ToHexStringLower(SHA256.HashData(r.GetFieldValue<byte[]>(3)))
        );

    // A later log of the same partition is 0#2, and offsets beyond ten digits are 0@10000000000.
    private static int Partition(DbDataReader r) =>
        int.Parse(r.GetString(0).Split('#', '@')[0], CultureInfo.InvariantCulture);

    private static long Microseconds(object value) =>
        value is long number
            ? number
            : (
                DateTime.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)
                - DateTime.UnixEpoch
            ).Ticks / TimeSpan.TicksPerMicrosecond;

    private static (int Partition, long From, long To) Range(string text)
    {
        var parts = text.Split(':', '-').Select(part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return ((int)parts[0], parts[1], parts[2]);
    }
}
