using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Faults;

/// <summary>One message as it arrives on the topic.</summary>
/// <param name="Value">Its bytes; null for a tombstone.</param>
internal sealed record FaultMessage(string Name, byte[]? Value, Expected Expected)
{
    public override string ToString() => Name;
}

/// <summary>Every bad message found so far, whether from a kiosk, an accident or a stranger, next to odd but valid
/// ones, with the expected results. Judged at <see cref="Now"/> for a museum in Europe/London that opens 08:45 to 18:15
/// and has exhibitions at the sites 0 to 3.</summary>
internal static class FaultMessages
{
    public static readonly DateTimeOffset Now = Expected.Instant("2024-10-21T12:00:00Z");

    private const string At = "\"at\": \"2024-10-21T10:00:00.254719+01:00\"";
    private const string Good = $"{{{At}, \"site\": \"3\", \"val\": 4}}";

    public static IReadOnlyList<FaultMessage> All { get; } =
    [
        .. Shapes(),
        .. Encodings(),
        .. Absent(),
        .. Values(),
        .. Types(),
        .. Sites(),
        .. Times(),
        .. Hours(),
        .. TwoThingsWrong(),
    ];

    private static IEnumerable<FaultMessage> Shapes()
    {
        yield return new("a tombstone", null, Expected.Refused(Reason.Empty));
        yield return new("no bytes", [], Expected.Refused(Reason.Empty));
        yield return Rating("a good rating", Good);
        yield return Support("a good call for help", $"{{{At}, \"site\": \"2\", \"val\": -1, \"type\": 1}}");
        yield return Rating(
            "white space around and inside",
            $" \r\n\t{Good.Replace(",", " ,\n", StringComparison.Ordinal)}\n "
        );
        yield return Rating(
            "keys nobody asked for",
            $"{{\"kiosk\": {{\"val\": [1, null]}}, {At}, \"site\": \"3\", \"val\": 4, \"\": 0, \"VAL\": 9}}"
        );
        yield return Rating("an object 64 KiB long", Padded(Refusal.RecordLimit));
        yield return Refused(Reason.TooLarge, "an object one byte longer", Padded(Refusal.RecordLimit + 1));
        yield return Refused(Reason.TooLarge, "a number of a million digits", With("val", new string('1', 1_000_000)));
        yield return Refused(Reason.TooLarge, "a megabyte of nothing", new string(' ', 1 << 20));
        foreach (
            var text in new[]
            {
                "   ",
                "null",
                "5",
                "\"text\"",
                "true",
                $"[{Good}]",
                "{",
                "}",
                Good[..^1],
                Good[..20],
                "val=4",
                "<val>4</val>",
                "2024-10-21,3,4,",
            }
        )
            yield return Refused(Reason.InvalidJson, $"not one object: {text}", text);
        foreach (
            var (what, text) in new[]
            {
                ("trailing data", Good + " x"),
                ("two objects", Good + Good),
                ("two objects, a line each", Good + "\n" + Good),
                ("a comma after it", Good + ","),
                ("a trailing comma", Good[..^1] + ",}"),
                ("a comment", "/* kiosk 3 */" + Good),
                ("a comment at the end", Good + "// kiosk 3"),
                ("single quotes", Good.Replace('"', '\'')),
                ("keys without quotes", Good.Replace("\"val\"", "val", StringComparison.Ordinal)),
                ("a line break in a string", With("kiosk", "\"a\nb\"")),
                ("an unknown escape", With("kiosk", "\"\\x41\"")),
                ("a cut escape", With("kiosk", "\"\\u12\"")),
                ("val twice, the same", $"{{{At}, \"site\": \"3\", \"val\": 4, \"val\": 4}}"),
                ("val twice", $"{{{At}, \"site\": \"3\", \"val\": 4, \"val\": 2}}"),
                (
                    "at twice, once by escapes",
                    $"{{{At}, \"\\u0061t\": \"2024-10-21T10:00:00Z\", \"site\": \"3\", \"val\": 4}}"
                ),
                ("an unknown key twice", $"{{{At}, \"site\": \"3\", \"val\": 4, \"x\": 1, \"x\": 2}}"),
                ("depth 65", With("x", new string('[', 64) + new string(']', 64))),
                ("depth 10,000", With("x", new string('[', 9_999) + new string(']', 9_999))),
            }
        )
            yield return Refused(Reason.InvalidJson, what, text);
        yield return Rating("depth 64", With("x", new string('[', 63) + new string(']', 63)));
    }

    private static IEnumerable<FaultMessage> Encodings()
    {
        byte[][] wrong =
        [
            [0xFF],
            [0x80],
            [0xC3],
            [0xC0, 0xAF],
            [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [(byte)'G', (byte)'r', 0xF6, (byte)'n'],
        ];
        foreach (var bytes in wrong)
            yield return new(
                $"{Convert.ToHexString(bytes)} in a string",
                Mixed($"{{{At}, \"site\": \"3\", \"val\": 4, \"x\": \"", bytes, "\"}"),
                Expected.Refused(Reason.InvalidEncoding)
            );
        yield return new("FF after the object", Mixed(Good, [0xFF]), Expected.Refused(Reason.InvalidEncoding));
        yield return new("NUL after the object", Mixed(Good, [0]), Expected.Refused(Reason.InvalidEncoding));
        yield return new("UTF-16", Encoding.Unicode.GetBytes(Good), Expected.Refused(Reason.InvalidEncoding));
        yield return new(
            "FF beside a call for help",
            Mixed($"{{{At}, \"site\": \"2\", \"val\": -1, \"type\": 1, \"x\": \"", [0xFF], "\"}"),
            Expected.Refused(Reason.InvalidEncoding, true)
        );
        foreach (var text in new[] { "\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud83d x", "\\u0000", "a\\u0000b" })
            yield return Refused(Reason.InvalidEncoding, $"{text} in a string", With("x", $"\"{text}\""));
        yield return Refused(
            Reason.InvalidEncoding,
            "half a surrogate pair in a key",
            $"{{{At}, \"site\": \"3\", \"val\": 4, \"\\ud800\": 1}}"
        );
        yield return Refused(
            Reason.InvalidEncoding,
            "half a surrogate pair in site",
            $"{{{At}, \"site\": \"\\ud800\", \"val\": 4}}"
        );
        yield return Refused(Reason.InvalidEncoding, "NUL in at", "{\"at\": \"\\u0000\", \"site\": \"3\", \"val\": 4}");
        yield return Refused(
            Reason.InvalidEncoding,
            "NUL beside a call for help",
            $"{{{At}, \"site\": \"2\\u0000\", \"val\": -1, \"type\": 0}}",
            help: true
        );
        yield return Rating("a surrogate pair by escapes", With("x", "\"\\ud83e\\udd95\""));
        yield return Rating("the text \\ud800, not the escape", With("x", "\"\\\\ud800\""));
        yield return Rating("any language", With("x", "\"Größe 🦕 ٣ \u202E <img src=x onerror=alert(1)>\""));
        yield return Rating("a byte order mark", "\uFEFF" + Good);
    }

    private static IEnumerable<FaultMessage> Absent()
    {
        yield return Refused(Reason.MissingAt, "an empty object", "{}");
        yield return Refused(
            Reason.MissingAt,
            "at in capitals",
            "{\"AT\": \"2024-10-21T10:00:00Z\", \"site\": \"3\", \"val\": 4}"
        );
        foreach (var nothing in new[] { "null", "\"\"" })
        {
            yield return Refused(
                Reason.MissingAt,
                $"at is {nothing}",
                $"{{\"at\": {nothing}, \"site\": \"3\", \"val\": 4}}"
            );
            yield return Refused(
                Reason.MissingSite,
                $"site is {nothing}",
                $"{{{At}, \"site\": {nothing}, \"val\": 4}}"
            );
        }
        yield return Refused(Reason.MissingVal, "no val", $"{{{At}, \"site\": \"3\"}}");
        yield return Refused(Reason.MissingVal, "val is null", $"{{{At}, \"site\": \"3\", \"val\": null}}");
        yield return Refused(Reason.MissingSite, "no site", $"{{{At}, \"val\": 4}}");
        yield return Refused(
            Reason.MissingType,
            "a call for help without type",
            $"{{{At}, \"site\": \"2\", \"val\": -1}}",
            help: true
        );
        yield return Refused(
            Reason.MissingType,
            "a call for help whose type is null",
            $"{{{At}, \"site\": \"2\", \"val\": -1, \"type\": null}}",
            help: true
        );
        yield return Refused(
            Reason.MissingAt,
            "a call for help without at",
            "{\"site\": \"2\", \"val\": -1, \"type\": 0}",
            help: true
        );
        yield return Refused(
            Reason.MissingSite,
            "a call for help without site",
            $"{{{At}, \"val\": -1, \"type\": 1}}",
            help: true
        );
        yield return Refused(
            Reason.MissingVal,
            "the type of a call for help without val",
            $"{{{At}, \"site\": \"2\", \"type\": 1.0}}",
            help: true
        );
        yield return Rating("a rating whose type is null", $"{{{At}, \"site\": \"3\", \"val\": 4, \"type\": null}}");
    }

    private static IEnumerable<FaultMessage> Values()
    {
        foreach (var val in new[] { "0", "1", "2", "3", "4", "3.0", "-0", "-0.0", "1e0", "0.4e1", "30E-1" })
            yield return Rating($"val {val}", With("val", val));
        foreach (
            var val in new[]
            {
                "5",
                "6",
                "-2",
                "3.7",
                "1e400",
                "-1e400",
                "1e-400",
                "9007199254740993",
                "99999999999999999999",
                "4.00000000000000000001",
                "true",
                "false",
                "\"4\"",
                "\"\"",
                "\"ERR\"",
                "[4]",
                "{}",
                "{\"val\": 4}",
            }
        )
            yield return Refused(Reason.InvalidVal, $"val {val}", With("val", val));
        yield return Refused(Reason.InvalidVal, "val of 60,000 digits", With("val", new string('9', 60_000)));
        foreach (
            var val in new[]
            {
                "NaN",
                "Infinity",
                "-Infinity",
                "+3",
                "03",
                ".5",
                "3.",
                "0x10",
                "1_000",
                "1,000",
                "٣",
                "-",
                "3e",
                "(5)",
            }
        )
            yield return Refused(Reason.InvalidJson, $"val {val}", With("val", val));
        yield return Refused(
            Reason.InvalidVal,
            "no value, but the type of a call for help",
            $"{{{At}, \"site\": \"2\", \"val\": 6, \"type\": 0}}",
            help: true
        );
        yield return Refused(
            Reason.InvalidVal,
            "no value and no type either",
            $"{{{At}, \"site\": \"2\", \"val\": 6, \"type\": 7}}"
        );
        yield return Refused(
            Reason.InvalidVal,
            "no value and a type that is text",
            $"{{{At}, \"site\": \"2\", \"val\": 6, \"type\": \"0\"}}",
            help: true
        );
    }

    private static IEnumerable<FaultMessage> Types()
    {
        foreach (var type in new[] { "0", "1", "0.0", "1.0", "-0.0", "1e0" })
            yield return Support($"type {type}", Help(type));
        yield return Support("val -1.0", $"{{{At}, \"site\": \"2\", \"val\": -1.0, \"type\": 0}}");
        foreach (
            var type in new[]
            {
                "2",
                "-1",
                "0.5",
                "1e400",
                "99999999999999999999",
                "1.00000000000000000001",
                "\"0\"",
                "\"1\"",
                "\"ERR\"",
                "\"\"",
                "true",
                "false",
                "[1]",
                "{}",
            }
        )
            yield return Refused(Reason.InvalidType, $"type {type}", Help(type), help: true);
        yield return Refused(
            Reason.Contradictory,
            "a rating with the type of a call for help",
            $"{{{At}, \"site\": \"3\", \"val\": 4, \"type\": 0}}",
            help: true
        );
        foreach (var type in new[] { "2", "\"\"", "\"1\"", "true", "[]" })
            yield return Refused(
                Reason.Contradictory,
                $"a rating with type {type}",
                $"{{{At}, \"site\": \"3\", \"val\": 4, \"type\": {type}}}",
                help: type == "\"1\""
            );
    }

    private static IEnumerable<FaultMessage> Sites()
    {
        foreach (var site in new[] { "\"0\"", "\"3\"", "0", "3", "3.0" })
            yield return Rating($"site {site}", With("site", site));
        foreach (
            var site in new[]
            {
                "\"INF\"",
                "\"None\"",
                "\"ERR\"",
                "\"03\"",
                "\"00\"",
                "\" 3 \"",
                "\"3 \"",
                "\"-1\"",
                "\"+3\"",
                "\"3.0\"",
                "\"٣\"",
                "\"３\"",
                "\"EXH_03\"",
                "\"0x3\"",
                "\"3\\n\"",
                "-1",
                "3.5",
                "true",
                "[]",
                "[\"3\"]",
                "{}",
            }
        )
            yield return Refused(Reason.InvalidSite, $"site {site}", With("site", site));
        foreach (
            var site in new[]
            {
                "\"4\"",
                "\"12\"",
                "12",
                "999.0",
                "4294967299",
                "\"4294967299\"",
                "\"99999999999999999999\"",
            }
        )
            yield return Refused(Reason.UnknownSite, $"site {site}", With("site", site));
        yield return Refused(
            Reason.UnknownSite,
            "a call for help from an unknown place",
            $"{{{At}, \"site\": \"12\", \"val\": -1, \"type\": 1}}",
            help: true
        );
    }

    private static IEnumerable<FaultMessage> Times()
    {
        foreach (
            var (at, instant) in new[]
            {
                ("2024-10-21T10:00:00+01:00", "2024-10-21T09:00:00Z"),
                ("2024-10-21 10:00:00+01:00", "2024-10-21T09:00:00Z"),
                ("2024-10-21T10:00:00Z", "2024-10-21T10:00:00Z"),
                ("2024-10-21T10:00:00+00:00", "2024-10-21T10:00:00Z"),
                ("2024-10-21T10:00:00.5Z", "2024-10-21T10:00:00.5Z"),
                ("2024-10-21T10:00:00.1234560Z", "2024-10-21T10:00:00.123456Z"),
                ("2024-10-20T22:00:00-12:00", "2024-10-21T10:00:00Z"),
                ("2024-10-21T23:59:00+14:00", "2024-10-21T09:59:00Z"),
                ("2024-02-29T10:00:00Z", "2024-02-29T10:00:00Z"),
                ("2024-10-21T10:00:00+0100", "2024-10-21T09:00:00Z"),
                ("2024-10-21 10:00:00.254719+01", "2024-10-21T09:00:00.254719Z"),
            }
        )
            yield return new(at, Bytes(WithAt(at)), Expected.Rating.StoredAt(instant));
        foreach (
            var at in new[]
            {
                "2024-10-21T10:00:00",
                "2024-10-21 10:00:00.254719",
                "2024-10-21T10:00:00+14:01",
                "2024-10-21T10:00:00-14:30",
                "2024-10-21T10:00:00+24:00",
                "2024-10-21T10:00:00+1:00",
                "2024-10-21T10:00:00+01:60",
                "2024-10-21T24:00:00Z",
                "2024-10-21T23:59:60Z",
                "2024-10-21T10:60:00Z",
                "2024-02-30T10:00:00Z",
                "2023-02-29T10:00:00Z",
                "2024-13-01T10:00:00Z",
                "0000-10-21T10:00:00Z",
                "10000-10-21T10:00:00Z",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "2024-10-21T10:00:00.Z",
                "2024-10-21T10:00:00.12345678Z",
                "2024-10-21T10:00:00.000000001Z",
                "2024-10-21T10:00:00,5Z",
                "2024-10-21T10:00Z",
                "2024-10-21",
                "10:00:00Z",
                "2024-10-21t10:00:00Z",
                "2024-10-21T10:00:00z",
                "2024-10-21T10:00:00 Z",
                "21/10/2024 10:00:00",
                "Mon, 21 Oct 2024 10:00:00 GMT",
                "1729504800",
                "yesterday",
                "NaT",
                "None",
                " 2024-10-21T10:00:00Z",
                "2024-10-21T10:00:00Z ",
                "   ",
                "٢٠٢٤-١٠-٢١T١٠:٠٠:٠٠Z",
            }
        )
            yield return Refused(Reason.InvalidAt, $"at \"{at}\"", WithAt(at));
        foreach (var at in new[] { "1729504800", "1729504800.5", "true", "[]", "{}" })
            yield return Refused(Reason.InvalidAt, $"at {at}", $"{{\"at\": {at}, \"site\": \"3\", \"val\": 4}}");
        yield return Rating("five minutes ahead of our clock", WithAt("2024-10-21T12:05:00Z"));
        yield return Refused(Reason.Future, "a microsecond more", WithAt("2024-10-21T12:05:00.000001Z"));
        yield return Refused(Reason.Future, "next year", WithAt("2025-10-21T12:05:00Z"));
        yield return Refused(Reason.Past, "a clock that lost its battery", WithAt("2000-01-01T10:00:00Z"));
        yield return Refused(
            Reason.Future,
            "a call for help from next year",
            "{\"at\": \"2025-10-21T12:05:00Z\", \"site\": \"2\", \"val\": -1, \"type\": 1}",
            help: true
        );
    }

    private static IEnumerable<FaultMessage> Hours()
    {
        foreach (
            var at in new[]
            {
                "2024-07-03T07:50:00Z",
                "2024-10-18T08:45:00+01:00",
                "2024-10-18T18:15:00+01:00",
                "2024-10-18T18:15:00.000000+01:00",
                "2024-01-12T18:15:00Z",
                "2024-07-03T20:00:00+05:00",
            }
        )
            yield return Rating($"in hours: {at}", WithAt(at));
        foreach (
            var at in new[]
            {
                "2024-07-03T18:00:00Z",
                "2024-10-18T08:44:59.999999+01:00",
                "2024-10-18T18:15:00.000001+01:00",
                "2024-10-18T18:15:01+01:00",
                "2024-01-12T18:15:00.000001Z",
                "2024-01-12T08:00:00Z",
                "2024-10-18T03:00:00+01:00",
                "2024-07-03T10:00:00+05:00",
            }
        )
            yield return Refused(Reason.OutOfHours, $"out of hours: {at}", WithAt(at));
        yield return Refused(
            Reason.OutOfHours,
            "an emergency at three in the morning",
            "{\"at\": \"2024-10-18T03:00:00+01:00\", \"site\": \"2\", \"val\": -1, \"type\": 1}",
            help: true
        );
    }

    /// <summary>Neighbours in the order of the reasons: the first one is the reason.</summary>
    private static IEnumerable<FaultMessage> TwoThingsWrong()
    {
        foreach (
            var (reason, text, help) in new[]
            {
                (Reason.MissingAt, "{\"site\": \"3\"}", false),
                (Reason.MissingVal, $"{{{At}}}", false),
                (Reason.MissingType, $"{{{At}, \"val\": -1}}", true),
                (Reason.MissingSite, $"{{{At}, \"val\": 9}}", false),
                (Reason.InvalidVal, $"{{{At}, \"site\": \"INF\", \"val\": 9}}", false),
                (Reason.InvalidSite, $"{{{At}, \"site\": \"INF\", \"val\": -1, \"type\": 9}}", true),
                (Reason.InvalidSite, $"{{{At}, \"site\": \"INF\", \"val\": 4, \"type\": 1}}", true),
                (Reason.InvalidType, "{\"at\": \"x\", \"site\": \"3\", \"val\": -1, \"type\": 9}", true),
                (Reason.Contradictory, "{\"at\": \"x\", \"site\": \"3\", \"val\": 4, \"type\": 9}", false),
                (Reason.InvalidAt, "{\"at\": \"x\", \"site\": \"99\", \"val\": 4}", false),
                (Reason.UnknownSite, "{\"at\": \"2996-03-06T03:00:00Z\", \"site\": \"99\", \"val\": 4}", false),
                (Reason.Future, "{\"at\": \"2996-03-06T03:00:00Z\", \"site\": \"3\", \"val\": 4}", false),
            }
        )
            yield return Refused(reason, $"two things wrong, {reason.Code()} first: {text}", text, help);
        yield return new(
            "too large and not text",
            [.. Enumerable.Repeat((byte)0xFF, Refusal.RecordLimit + 1)],
            Expected.Refused(Reason.TooLarge)
        );
        yield return new("not text and not an object", [0xFF, (byte)'{'], Expected.Refused(Reason.InvalidEncoding));
    }

    private static FaultMessage Rating(string name, string text) => new(name, Bytes(text), Expected.Rating);

    private static FaultMessage Support(string name, string text) => new(name, Bytes(text), Expected.Support);

    private static FaultMessage Refused(Reason reason, string name, string text, bool help = false) =>
        new(name, Bytes(text), Expected.Refused(reason, help));

    /// <summary>A good rating with one key set, or added.</summary>
    private static string With(string key, string json) =>
        key switch
        {
            "val" => $"{{{At}, \"site\": \"3\", \"val\": {json}}}",
            "site" => $"{{{At}, \"site\": {json}, \"val\": 4}}",
            _ => $"{{{At}, \"site\": \"3\", \"val\": 4, \"{key}\": {json}}}",
        };

    private static string WithAt(string at) => $"{{\"at\": \"{at}\", \"site\": \"3\", \"val\": 4}}";

    private static string Help(string type) => $"{{{At}, \"site\": \"2\", \"val\": -1, \"type\": {type}}}";

    private static string Padded(int length) => With("x", $"\"{new string('x', length - With("x", "\"\"").Length)}\"");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Mixed(string before, byte[] middle, string after = "") =>
        FaultBucket.Mix(before, middle, after);
}
