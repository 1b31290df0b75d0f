using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Simulate;
using MuseumPipeline.Tests.Clean;

namespace MuseumPipeline.Tests.Simulate;

public sealed partial class KioskStreamTests
{
    private static readonly DateTime Morning = new(2024, 10, 21, 9, 21, 24);

    [Fact]
    public void The_same_seed_gives_the_same_messages_however_many_are_taken_and_another_seed_others()
    {
        var first = Take(Stream(seed: 3), 500);
        Assert.Equal(first, Take(Stream(seed: 3), 500));
        Assert.Equal(first[..100], Take(Stream(seed: 3), 100));
        Assert.NotEqual(first, Take(Stream(seed: 4), 500));
    }

    [Fact]
    public void Every_message_gets_the_verdict_that_the_stream_says()
    {
        var stream = Stream(share: 0.6, everyFault: true);
        var seen = new HashSet<Reason>();
        for (var n = 0; n < 8_000; n++)
        {
            stream.Next();
            var verdict = Judge.Message(stream.Value.ToArray());
            var text = Encoding.Latin1.GetString(stream.Value[..Math.Min(stream.Value.Length, 120)]);
            Assert.True(
                verdict.Reason == stream.Refused,
                $"{text}: expected {stream.Refused}, judged {verdict.Reason}"
            );
            Assert.True((verdict.Refusal?.PossibleHelp ?? false) == stream.PossibleHelp, $"{text}: {verdict.Refusal}");
            if (verdict.Event is { } press)
                Assert.Equal(stream.Press.IsHelp ? PressKind.Support : PressKind.Rating, press.Kind);
            else
                seen.Add(verdict.Reason!.Value);
        }

        // Of a stream, rows of CSV and empty messages cannot come, and the database has not been asked.
        Assert.Equal(
            Enum.GetValues<Reason>()
                .Except([Reason.Empty, Reason.InvalidRow, Reason.RepeatedHeader, Reason.RefusedByDatabase]),
            seen.Order()
        );
    }

    [Fact]
    public void Messages_are_refused_as_often_and_for_the_reasons_real_ones_are()
    {
        var real = File.ReadLines(RealData.KafkaSample).Select(l => Judge.Message(l).Reason).ToList();
        var stream = Stream();
        var made = Enumerable
            .Range(0, 62_000)
            .Select(_ =>
            {
                stream.Next();
                return stream.Refused;
            })
            .ToList();

        Assert.InRange(made.Count(r => r is not null) / 62_000.0, 0.16, 0.18);
        foreach (var (reason, count) in real.OfType<Reason>().CountBy(r => r))
            Assert.InRange(made.Count(r => r == reason) / 100.0, (count * 0.8) - 0.3, (count * 1.1) + 0.3);
        Assert.Equal([Reason.OutOfHours], made.OfType<Reason>().Distinct().Except(real.OfType<Reason>()));
    }

    [Fact]
    public void Real_messages_look_as_is_expected_of_made_ones() =>
        Assert.All(File.ReadLines(RealData.KafkaSample), line => Assert.Matches(Looks(), line));

    [Fact]
    public void Messages_look_as_real_ones_do()
    {
        var made = Take(Stream(), 5_000);
        Assert.All(made, line => Assert.Matches(Looks(), line));
        Assert.All(
            made.Where(line => line.StartsWith("{\"at", StringComparison.Ordinal)),
            line => Assert.Contains("+01:00\"", line, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Times_continue_in_order_through_opening_hours_only_and_carry_the_offset_of_their_day()
    {
        var stream = Stream(share: 0, start: new DateTime(2024, 10, 26, 18, 14, 50));
        var made = Take(stream, 20);
        Assert.StartsWith("{\"at\": \"2024-10-26T18:14:50.000000+01:00\"", made[0], StringComparison.Ordinal);
        Assert.Contains(
            "2024-10-27T08:45:00.000000+00:00",
            made.First(m => m.Contains("-27T", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Equal(made.Select(Time).Order(), made.Select(Time));
    }

    [Fact]
    public void Live_times_are_accepted_and_in_order_at_any_hour_also_when_the_clocks_change()
    {
        // The nights of 31 March and 27 October 2024 have 23 and 25 hours.
        foreach (
            var start in (DateTimeOffset[])
                [new(2024, 3, 30, 0, 0, 0, TimeSpan.Zero), new(2024, 10, 26, 0, 0, 0, TimeSpan.Zero)]
        )
        {
            var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(start);
            var live = new LiveClock(OpeningHours.Lmnh, clock);
            var last = DateTime.MinValue;
            for (var minute = 0; minute < 3 * 24 * 60; minute++, clock.Advance(TimeSpan.FromMinutes(1)))
            {
                var at = live.Next();
                var local = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), OpeningHours.Lmnh.Zone).DateTime;
                Assert.True(
                    OpeningHours.Lmnh.Contain(at) || at.TimeOfDay == new TimeSpan(18, 15, 0),
                    $"{at:s} at {local:s}"
                );
                Assert.True(at <= local && at > local.AddHours(-25), $"{at:s} at {local:s}");
                if (at.TimeOfDay < last.TimeOfDay && at.Date == last.Date)
                    Assert.True(IsClosingOrClockChange(local), $"{last:s} was followed by {at:s} at {local:s}");
                last = at;
            }
        }
    }

    /// <summary>Closing starts the day again; the repeated hour is used twice.</summary>
    private static bool IsClosingOrClockChange(DateTime local) =>
        local.TimeOfDay == new TimeSpan(18, 15, 0)
        || (local.TimeOfDay == new TimeSpan(1, 0, 0) && local.Date == new DateTime(2024, 10, 27));

    [Fact]
    public void A_press_later_than_now_is_expected_to_be_refused()
    {
        var hours = OpeningHours.Lmnh;
        var stream = new KioskStream(
            1,
            0.5,
            false,
            new SteppingClock(hours, Judge.Now.DateTime.AddHours(2), TimeSpan.FromSeconds(1), null),
            hours,
            Judge.Now
        );
        for (var n = 0; n < 300; n++)
        {
            stream.Next();
            Assert.Equal(Judge.Message(stream.Value.ToArray()).Reason, stream.Refused);
        }
    }

    private static DateTimeOffset Time(string message) =>
        DateTimeOffset.Parse(message.Split('"')[3], CultureInfo.InvariantCulture);

    private static KioskStream Stream(
        long seed = 1,
        double share = MessageFaults.UsualShare,
        bool everyFault = false,
        DateTime? start = null
    ) =>
        new(
            seed,
            share,
            everyFault,
            new SteppingClock(OpeningHours.Lmnh, start ?? Morning, TimeSpan.FromSeconds(3.5), new Chance(seed, 14)),
            OpeningHours.Lmnh,
            Judge.Now
        );

    private static List<string> Take(KioskStream stream, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count)
        {
            stream.Next();
            taken.Add($"{Encoding.Latin1.GetString(stream.Value)}");
        }

        return taken;
    }

    [GeneratedRegex(
        """^\{("at": "2024-1\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+01:00"(, )?)?("site": "\w+"(, )?)?("val": (-?\d|"INF"|"ERR"|null)(, )?)?("type": (-?\d|"INF"|"ERR"|null))?\}$"""
    )]
    private static partial Regex Looks();
}
