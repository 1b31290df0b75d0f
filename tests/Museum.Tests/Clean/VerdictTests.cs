using MuseumPipeline.Clean;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Clean;

public sealed class VerdictTests
{
    [Fact]
    public void The_620_real_messages_get_the_verdicts_of_the_contract()
    {
        var verdicts = File.ReadLines(RealData.KafkaSample).Select(line => Judge.Message(line)).ToList();

        Assert.Equal(620, verdicts.Count);
        Assert.Equal(498, verdicts.Count(v => v.Event?.Kind is PressKind.Rating));
        Assert.Equal(15, verdicts.Count(v => v.Event?.Kind is PressKind.Support));
        Assert.Equal(25, verdicts.Count(v => v.Refusal?.PossibleHelp is true));
        var reasons = verdicts
            .Where(v => v.Refusal is not null)
            .CountBy(v => v.Refusal!.Reason.Code())
            .OrderBy(p => p.Key, StringComparer.Ordinal);
        Assert.Equal(
            "invalid_site 7, invalid_type 20, invalid_val 23, missing_at 11, missing_site 5, missing_type 3, "
                + "missing_val 16, unknown_site 22",
            string.Join(", ", reasons.Select(p => $"{p.Key} {p.Value}"))
        );
    }

    [Theory]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"2\",\"val\":3}", null)]
    [InlineData("{\"at\":\"2024-07-01 10:00:00.1234567+01:00\",\"site\":2,\"val\":3.0}", null)]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"2\",\"val\":-0.0}", null)]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"2\",\"val\":30e-1,\"type\":null}", null)]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"2\",\"val\":-1,\"type\":1.0}", null)]
    [InlineData("{\"\\u0061t\":\"2024-07-01T10:00:00Z\",\"site\":\"\\u0032\",\"val\":1,\"x\":[{\"y\":\"\\n\"}]}", null)]
    [InlineData("", "empty")]
    [InlineData("[]", "invalid_json")]
    [InlineData("3", "invalid_json")]
    [InlineData("{}", "missing_at")]
    [InlineData("{} {}", "invalid_json")]
    [InlineData("{\"at\":1", "invalid_json")]
    [InlineData("{\"val\":1,\"val\":1}", "invalid_json")]
    [InlineData("{\"x\":1,\"x\":1}", "invalid_json")]
    [InlineData("{\"x\":{\"y\":1,\"y\":2}}", "invalid_json")]
    [InlineData("{/* */}", "invalid_json")]
    [InlineData("{\"x\":\"\\ud800\"}", "invalid_encoding")]
    [InlineData("{\"at\":\"\\u0000\"}", "invalid_encoding")]
    [InlineData("{\"at\":\"\",\"site\":\"2\",\"val\":3}", "missing_at")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":null}", "missing_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":-1}", "missing_type")]
    [InlineData("{\"at\":\"x\",\"site\":\"\",\"val\":9}", "missing_site")]
    [InlineData("{\"at\":\"x\",\"site\":\"03\",\"val\":3.7}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":\"3\"}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":true}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":1e400}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":9007199254740993}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":3.0000000000000000000001}", "invalid_val")]
    [InlineData("{\"at\":\"x\",\"site\":\"03\",\"val\":3}", "invalid_site")]
    [InlineData("{\"at\":\"x\",\"site\":\" 3 \",\"val\":3}", "invalid_site")]
    [InlineData("{\"at\":\"x\",\"site\":-1,\"val\":3}", "invalid_site")]
    [InlineData("{\"at\":\"x\",\"site\":\"3.0\",\"val\":3}", "invalid_site")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":-1,\"type\":5}", "invalid_type")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":-1,\"type\":\"1\"}", "invalid_type")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":1,\"type\":0}", "contradictory")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00\",\"site\":\"99\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":1719828000,\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T24:00:00Z\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T23:59:60Z\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"0000-07-01T10:00:00Z\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00.123456789Z\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00+14:01\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-02-30T10:00:00Z\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"99999999999999999999\",\"val\":1}", "unknown_site")]
    // Twenty digits: 2 to the power of 64, and 2 more.
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":\"18446744073709551618\",\"val\":1}", "unknown_site")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":18446744073709551618,\"val\":1}", "unknown_site")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":-18446744073709551618,\"val\":1}", "invalid_site")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00Z\",\"site\":-1e30,\"val\":1}", "invalid_site")]
    [InlineData("{\"at\":\"2026-11-24T12:05:00.0000001Z\",\"site\":\"2\",\"val\":1}", "future")]
    [InlineData("{\"at\":\"2026-11-24T12:05:00Z\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"2024-07-01T10:00:00+0100\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"2024-07-01 10:00:00.5+01\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"2024-07-01T10:00:00+1\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00+1401\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2024-07-01T10:00:00+-100\",\"site\":\"2\",\"val\":1}", "invalid_at")]
    [InlineData("{\"at\":\"2009-12-31T23:59:59.9999999Z\",\"site\":\"2\",\"val\":1}", "past")]
    [InlineData("{\"at\":\"2010-01-01T09:00:00Z\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"1970-01-01T03:00:00Z\",\"site\":\"99\",\"val\":1}", "unknown_site")]
    [InlineData("{\"at\":\"2024-01-01T18:15:00Z\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"2024-01-01T18:15:00.0000001Z\",\"site\":\"2\",\"val\":1}", "out_of_hours")]
    [InlineData("{\"at\":\"2024-01-01T08:44:59.9Z\",\"site\":\"2\",\"val\":1}", "out_of_hours")]
    [InlineData("{\"at\":\"2024-07-01T07:50:00Z\",\"site\":\"2\",\"val\":1}", null)]
    [InlineData("{\"at\":\"2024-07-01T18:00:00Z\",\"site\":\"2\",\"val\":1}", "out_of_hours")]
    public void A_message_gets_the_first_reason_that_applies(string json, string? reason) =>
        Assert.Equal(reason, Judge.Message(json).Reason?.Code());

    [Theory]
    [InlineData("{\"val\": 6, \"type\": 0}")]
    [InlineData("{\"site\": \"2\", \"val\": -1, \"type\": 0}")]
    [InlineData("{\"at\":\"2024-07-01T03:00:00+01:00\",\"site\":\"2\",\"val\":-1,\"type\":1}")]
    [InlineData("{\"at\":\"x\",\"site\":\"2\",\"val\":-1.0,\"type\":\"ERR\"}")]
    [InlineData("{\"val\":-1,\"type\":")]
    [InlineData("{\"val\":4,\"val\":-1}")]
    [InlineData("{\"val\": 6, \"type\": \"0\"}")]
    [InlineData("{\"val\": \"-1\"}")]
    public void A_refused_call_for_help_is_marked(string json) =>
        Assert.True(Judge.Message(json).Refusal?.PossibleHelp);

    [Theory]
    [InlineData("{\"val\": 6, \"type\": 2}")]
    [InlineData("{\"val\": 6, \"type\": false}")]
    public void Other_refusals_are_not_marked(string json) => Assert.False(Judge.Message(json).Refusal?.PossibleHelp);

    [Fact]
    public void What_can_be_read_of_a_call_for_help_is_kept()
    {
        var refusal = Judge
            .Message("{\"at\":\"2024-07-01T03:00:00+01:00\",\"site\":\"2\",\"val\":-1,\"type\":1}")
            .Refusal!;

        Assert.Equal(
            (Reason.OutOfHours, "2", 103, (short)2),
            (refusal.Reason, refusal.Site, refusal.ExhibitionId, refusal.SupportTypeId)
        );
        Assert.Equal(
            new DateTimeOffset(2024, 7, 1, 2, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000,
            refusal.At
        );
    }

    [Theory]
    [InlineData("2023-03-26 01:30:00", "invalid_at")]
    [InlineData("2023-03-26 00:59:59", null)]
    [InlineData("2023-03-26 02:00:00", null)]
    public void A_local_time_that_daylight_saving_skipped_does_not_exist(string at, string? reason) =>
        Assert.Equal(reason, Judge.Csv($"at,site,val,type\n{at},1,2,\n")[0].Reason?.Code());

    [Theory]
    [InlineData("2023-10-29 01:30:00", "2023-10-29T00:30:00Z")]
    [InlineData("2023-10-29 02:00:00", "2023-10-29T02:00:00Z")]
    [InlineData("2023-07-01 12:00:00", "2023-07-01T11:00:00Z")]
    [InlineData("2023-07-01 12:00:00+05:30", "2023-07-01T06:30:00Z")]
    [InlineData("2023-03-06 15:09:21.5", "2023-03-06T15:09:21.5Z")]
    public void History_is_in_the_museums_time_and_a_doubled_hour_is_the_first_of_the_two(string at, string instant)
    {
        var expected = DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(
            expected.ToUnixTimeMilliseconds() * 1000,
            Judge.Csv($"at,site,val,type\n{at},1,2,\n")[0].Event?.At
        );
    }

    [Fact]
    public void Opening_hours_apply_to_history_only_when_asked()
    {
        const string Early = "at,site,val,type\n2023-03-06 08:30:34,1,2,\n";
        Assert.Null(Judge.Csv(Early)[0].Reason);
        Assert.Equal(Reason.OutOfHours, Judge.Csv(Early, CleaningRules.History with { OpeningHours = true })[0].Reason);
    }
}
