using System.Globalization;
using System.Text;
using System.Text.Json;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Clean;

/// <summary>A call for help is recognised in any wrapper.</summary>
public sealed class PossibleHelpTests
{
    private const string Press = """{"at":"2026-11-05T12:00:00Z","site":"1","val":-1,"type":1}""";

    [Fact]
    public void A_schema_registrys_frame_and_one_byte_order_mark_are_read_as_what_they_carry()
    {
        byte[] frame = [0, 0, 0, 0, 7];
        byte[] mark = [0xEF, 0xBB, 0xBF];
        var press = Encoding.UTF8.GetBytes(Press);

        foreach (
            var message in (byte[][])[press, [.. frame, .. press], [.. mark, .. press], [.. frame, .. mark, .. press]]
        )
            Assert.Equal(PressKind.Support, Judge.Message(message).Event?.Kind);
        foreach (
            var message in (byte[][])
                [
                    [.. mark, .. mark, .. press],
                    [.. frame, .. frame, .. press],
                    [.. mark, .. frame, .. press],
                    [0, .. press],
                ]
        )
            Assert.True(Judge.Message(message).Refusal?.PossibleHelp);
    }

    [Theory]
    [InlineData("\uFEFF\uFEFF" + Press, "invalid_json", "a second byte order mark")]
    [InlineData("\u001E" + Press, "invalid_json", "a record separator")]
    [InlineData("[" + Press + "]", "invalid_json", "a JSON array")]
    [InlineData("\"{\\\"val\\\":-1,\\\"type\\\":1}\"", "invalid_json", "encoded twice")]
    [InlineData("b'" + Press + "'", "invalid_json", "bytes as Python prints them")]
    [InlineData("{'site':'1','val':-1,'type':1}", "invalid_json", "single quotes")]
    [InlineData("// press " + Press, "invalid_json", "a comment before the object")]
    [InlineData("{\"payload\":" + Press + "}", "missing_at", "an envelope with the press in payload")]
    [InlineData("{\"schema\":{},\"payload\":" + Press + "}", "missing_at", "an envelope with the press in payload")]
    [InlineData("{\"before\":null,\"after\":" + Press + ",\"op\":\"c\"}", "missing_at", "the press in after")]
    [InlineData("{\"a\":{\"b\":[{\"data\":" + Press + "}]}}", "missing_at", "the press in a.b[].data")]
    [InlineData("{\"AT\":\"2026-11-05T12:00:00Z\",\"VAL\":-1,\"TYPE\":1}", "missing_at", "the keys AT, VAL, TYPE")]
    [InlineData("026-11-05T12:00:00Z\",\"site\":\"1\",\"val\":-1,\"type\":1}", "invalid_json", "without its beginning")]
    [InlineData("ÿ" + Press, "invalid_json", "2 bytes before the object")]
    public void A_wrapped_press_is_refused_by_its_shape_and_marked(string message, string reason, string shape)
    {
        var refusal = Judge.Message(message).Refusal!;

        Assert.Equal((reason, true, (short?)2), (refusal.Reason.Code(), refusal.PossibleHelp, refusal.SupportTypeId));
        Assert.Contains(shape, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_and_the_time_within_the_wrapper_are_kept()
    {
        var refusal = Judge.Message($"[{{\"site\":\"2\",\"val\":4}},{Press},{{\"site\":\"3\",\"val\":1}}]").Refusal!;

        Assert.Equal(("1", (int?)102, (short?)2), (refusal.Site, refusal.ExhibitionId, refusal.SupportTypeId));
        Assert.Equal(new DateTimeOffset(2026, 11, 5, 12, 0, 0, TimeSpan.Zero), StoredInstants.Of(refusal.At!.Value));
    }

    [Fact]
    public void Of_several_presses_in_one_record_the_emergency_is_reported()
    {
        var refusal = Judge
            .Message("[{\"site\":\"2\",\"val\":-1,\"type\":0},{\"site\":\"3\",\"val\":-1,\"type\":1}]")
            .Refusal!;

        Assert.Equal(("3", (short?)2), (refusal.Site, refusal.SupportTypeId));
    }

    [Theory]
    [InlineData("{\"at\":\"2026-11-05T12:00:00Z\",\"site\":\"3\",\"val\":\"-1\",\"type\":\"1\"}", true)]
    [InlineData("{\"at\":\"2026-11-05T12:00:01Z\",\"site\":\"3\",\"val\":-1,\"type\":\"0\"}", true)]
    [InlineData("{\"at\":\"2026-11-05T12:00:02Z\",\"site\":\"3\",\"val\":\"-1\",\"type\":0}", true)]
    [InlineData("{\"at\":\"2026-11-05T12:00:03Z\",\"site\":\"3\",\"val\":\"4\"}", false)]
    [InlineData("{\"at\":\"2026-11-05T12:00:03Z\",\"site\":\"3\",\"val\":6,\"type\":\"struct\"}", false)]
    [InlineData("{\"interval\":-1,\"retype\":0,\"value\":-1}", false)]
    [InlineData("{\"val\":-10}", false)]
    [InlineData("{\"val\":-1.5,\"type\":11}", false)]
    [InlineData("{\"at\":\"x\",\"site\":\"3\",\"val\":\"\",\"x\":-1}", false)]
    [InlineData("val=-1&type=1", true)]
    [InlineData("site: 3 val: -1 type: 1", true)]
    [InlineData("<press><val>-1</val></press>", true)]
    [InlineData("{\"\\u0076al\":-1", true)]
    [InlineData("at,site,val,type", false)]
    public void Quoted_values_and_plain_text_are_read(string message, bool help) =>
        Assert.Equal(help, Judge.Message(message).Refusal?.PossibleHelp);

    [Fact]
    public void A_large_record_that_names_help_again_and_again_is_checked_quickly()
    {
        var watch = TimeProvider.System.GetTimestamp();
        foreach (var unit in (string[])["\"type\":0,", "type type ", "val ", "{\"val\":-1}", "\\\\\\\\u0076"])
        {
            var message = new StringBuilder();
            while (message.Length < 1 << 20)
                message.Append(unit);
            Assert.Equal(Reason.TooLarge, Judge.Message(message.ToString()).Reason);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(watch) < TimeSpan.FromSeconds(20));
    }

    /// <summary>MUSEUM_TEST_DRAWS=1000000 MUSEUM_TEST_SECONDS=1800 for a night.</summary>
    [Fact]
    public void A_help_press_in_any_wrapper_is_stored_or_marked()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var draws = int.Parse(
            Environment.GetEnvironmentVariable("MUSEUM_TEST_DRAWS") ?? "10000",
            CultureInfo.InvariantCulture
        );
        for (var draw = 0; draw < draws; draw++)
        {
            var bytes = Encoding.UTF8.GetBytes(APress(random));
            var wraps = new List<string>();
            for (var depth = random.Next(0, 7); depth > 0; depth--)
            {
                var (name, wrap) = Wrappers[random.Next(Wrappers.Length)];
                wraps.Add(name);
                bytes = wrap(bytes);
            }

            var verdict = Judge.Message(bytes);
            Assert.True(
                verdict.Event?.Kind is PressKind.Support || verdict.Refusal?.PossibleHelp is true,
                $"seed {seed}, draw {draw}, {string.Join(" > ", wraps)}: {Convert.ToBase64String(bytes)}"
            );
        }
    }

    private static string APress(Random random)
    {
        string[] help = ["\"val\":-1", "\"val\": \"-1\"", "\"VAL\":-1.0", "\"Val\" : -1", "\"val\":6,\"type\":0"];
        string[] others = ["\"at\":\"2026-11-05T12:00:00Z\"", "\"site\":\"1\"", "\"kiosk\":{\"os\":3}", "\"type\":1"];
        var chosen = help[random.Next(help.Length)];
        var fields = others
            .Where(f =>
                random.Next(3) > 0
                && !(
                    chosen.Contains("type", StringComparison.Ordinal)
                    && f.StartsWith("\"type", StringComparison.Ordinal)
                )
            )
            .Append(chosen)
            .ToArray();
        random.Shuffle(fields);
        return $"{{{string.Join(", ", fields)}}}";
    }

    private static readonly (string Name, Func<byte[], byte[]> Wrap)[] Wrappers =
    [
        ("frame", b => [0, 0, 0, 1, 7, .. b]),
        ("mark", b => [0xEF, 0xBB, 0xBF, .. b]),
        ("separator", b => [0x1E, .. b]),
        ("array", b => [(byte)'[', .. b, (byte)']']),
        ("payload", b => [.. "{\"payload\":"u8, .. b, (byte)'}']),
        ("after", b => [.. "{\"before\":null,\"after\":"u8, .. b, .. ",\"op\":\"c\"}"u8]),
        ("value", b => [.. "{\"key\":1,\"value\":"u8, .. b, (byte)'}']),
        ("text", b => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Encoding.UTF8.GetString(b)))),
        ("python", b => [.. "b'"u8, .. b, (byte)'\'']),
        ("single quotes", b => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(b).Replace('"', '\''))),
        ("comment", b => [.. "// press "u8, .. b]),
        (
            "upper",
            b => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(b).Replace("val", "VAL", StringComparison.Ordinal))
        ),
        ("cut", b => b.Length > 60 ? b : [.. b, (byte)'}']),
        ("noise", b => [0xFF, 0xC3, .. b, 0xFE]),
        ("blank", b => [.. " \r\n"u8, .. b]),
        ("UTF-16", b => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(b))),
    ];
}
