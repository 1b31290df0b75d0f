using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MuseumPipeline.Drills;

/// <summary>One press with its verdict, made from its number: no two of a seed are alike.</summary>
internal sealed record Message(byte[] Value, string Expected)
{
    private const string Iso = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    /// <summary>Opening hours in UTC of any season: half past nine to five.</summary>
    private static readonly DateTime First = new(2024, 1, 1, 9, 30, 0, DateTimeKind.Utc);

    private const long MillisecondsOfDay = 27_000_000;

    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Value));

    /// <param name="calls">One press in so many is a call for help.</param>
    public static Message Make(long number, Random random, double spoiled, int calls)
    {
        var at = First
            .AddDays(number / MillisecondsOfDay % 365)
            .AddMilliseconds(number % MillisecondsOfDay)
            .AddMicroseconds(random.Next(1000));
        var site = random.Next(6);
        if (random.NextDouble() < spoiled)
            return Spoiled(at, site, random.Next(21), number);
        return random.Next(calls) == 0 ? Help(at, site, random.Next(2)) : Rating(at, site, random.Next(5));
    }

    private static Message Rating(DateTime at, int site, int value) =>
        new(
            Text($$"""{"at": "{{Time(at)}}", "site": "{{site}}", "val": {{value}}}"""),
            $"rating {site} {value} {Microseconds(at)}"
        );

    private static Message Help(DateTime at, int site, int type) =>
        new(
            Text($$"""{"at": "{{Time(at)}}", "site": "{{site}}", "val": -1, "type": {{type}}}"""),
            $"support {site} {type} {Microseconds(at)}"
        );

    /// <summary>The number keeps each one's bytes its own, except where there is nowhere to put it.</summary>
    private static Message Spoiled(DateTime at, int site, int how, long number)
    {
        var time = $"\"at\": \"{Time(at)}\"";
        return how switch
        {
            0 => new([], "empty"),
            1 => new([0xFF, 0xFE, .. Text($"{number}")], "invalid_encoding"),
            2 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": 3"), "invalid_json"),
            3 => new(Text($"{{\"site\": \"{site}\", \"val\": -1, \"type\": 1, \"n\": {number}}}"), "missing_at"),
            4 => new(Text($"{{{time}, \"site\": \"{site}\"}}"), "missing_val"),
            5 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": -1}}"), "missing_type"),
            6 => new(Text($"{{{time}, \"site\": \"\", \"val\": 2}}"), "missing_site"),
            7 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": 9}}"), "invalid_val"),
            8 => new(Text($"{{{time}, \"site\": \"INF\", \"val\": 2}}"), "invalid_site"),
            9 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": -1, \"type\": 7}}"), "invalid_type"),
            10 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": 2, \"type\": 1}}"), "contradictory"),
            11 => new(Text($"{{\"at\": \"{Time(at)[..^1]}\", \"site\": \"{site}\", \"val\": 2}}"), "invalid_at"),
            12 => new(Text($"{{{time}, \"site\": \"77\", \"val\": 2}}"), "unknown_site"),
            13 => Absurd("0001-01-01T00:00:00Z", "past", number),
            14 => Absurd("1970-01-01T12:00:00Z", "past", number),
            15 => Absurd("9999-12-31T23:59:59.9999999Z", "future", number),
            16 => new(Text($"[{{{time}, \"site\": \"{site}\", \"val\": -1, \"type\": 1}}]"), "invalid_json"),
            17 => new(Text($"{{{time}, \"site\": \"{site}\", \"val\": \"-1\", \"type\": \"1\"}}"), "invalid_val"),
            18 => new(
                Text($"{{\"payload\": {{{time}, \"site\": \"{site}\", \"val\": -1, \"type\": 1}}}}"),
                "missing_at"
            ),
            // A Schema Registry's frame is taken off.
            19 => new(
                [0, 0, 0, 0, 7, .. Text($"{{{time}, \"site\": \"{site}\", \"val\": -1, \"type\": 1}}")],
                $"support {site} 1 {Microseconds(at)}"
            ),
            _ => new(
                Text($"{{\"at\": \"{Time(at.AddHours(14))}\", \"site\": \"{site}\", \"val\": 2}}"),
                "out_of_hours"
            ),
        };
    }

    /// <summary>A call for help from a clock that lost its time.</summary>
    private static Message Absurd(string at, string expected, long number) =>
        new(Text($"{{\"at\": \"{at}\", \"site\": \"1\", \"val\": -1, \"type\": 1, \"n\": {number}}}"), expected);

    private static string Time(DateTime at) => at.ToString(Iso, CultureInfo.InvariantCulture);

    private static long Microseconds(DateTime at) => (at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
