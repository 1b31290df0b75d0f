using System.Text;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Tests.Clean;

/// <summary>Judges single records by the rules, without a database.</summary>
internal static class Judge
{
    public static readonly Vocabulary Lmnh = new(
        new Museum(
            1,
            "LMNH",
            "Liverpool Museum of Natural History",
            "lmnh",
            "lmnh",
            new(8, 45),
            new(18, 15),
            "Europe/London"
        ),
        [
            .. Enumerable
                .Range(0, 6)
                .Select(site => new Exhibition(site + 101, 1, $"EXH_0{site}", $"{site}", $"Exhibition {site}")),
        ],
        [.. Enumerable.Range(0, 5).Select(value => new PressType((short)(value + 1), value, $"rating {value}"))],
        [new PressType(1, 0, "Assistance"), new PressType(2, 1, "Emergency")]
    );

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static Verdict Message(string json, CleaningRules? rules = null) =>
        Message(Encoding.UTF8.GetBytes(json), rules);

    public static Verdict Message(byte[] bytes, CleaningRules? rules = null)
    {
        var cleaner = new Cleaner(Lmnh, rules ?? CleaningRules.Stream, new FakeTimeProvider(Now));
        var refusal = new MessageJudge(cleaner).Judge(new RawRecord(1, 1, bytes, bytes.Length), out var press);
        return refusal is null ? new(1, press, null) : new(1, null, refusal);
    }

    public static List<Verdict> Csv(string text, CleaningRules? rules = null) =>
        Csv(Encoding.UTF8.GetBytes(text), rules);

    public static List<Verdict> Csv(byte[] bytes, CleaningRules? rules = null)
    {
        var cleaner = new Cleaner(Lmnh, rules ?? CleaningRules.History, new FakeTimeProvider(Now));
        var records = new CsvReader(new MemoryStream(bytes));
        var verdicts = new List<Verdict>();
        if (!records.Read())
            return verdicts;
        var header = CsvHeader.Of(records);
        records.ExpectedFields = header.Count;
        while (records.Read())
        {
            var reason = CsvReadings.Read(records, header, out var reading, out var detail);
            verdicts.Add(Finish(cleaner, reason, reading, detail, records));
        }

        return verdicts;
    }

    private static Verdict Finish(
        Cleaner cleaner,
        Reason? reason,
        scoped in Reading reading,
        string? detail,
        CsvReader record
    )
    {
        var line = record.Line;
        KioskEvent kioskEvent = default;
        reason ??= cleaner.CleanData(reading, 1, line, out kioskEvent);
        if (reason is null)
            return new(line, kioskEvent, null);
        return new(
            line,
            null,
            cleaner.Explain(reading, new Refusal(1, line, reason.Value, detail ?? "") { Raw = record.Raw.ToArray() })
        );
    }
}

internal sealed record Verdict(long Line, KioskEvent? Event, Refusal? Refusal)
{
    public Reason? Reason => Refusal?.Reason;
}
