using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Simulate;

namespace MuseumPipeline.Tests.Simulate;

public sealed partial class BucketSimulatorTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("museum-simulate-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void The_same_seed_writes_the_same_bytes_and_another_seed_does_not()
    {
        Simulate("first", rows: 5_000, seed: 3, invalidShare: 0.02);
        Simulate("again", rows: 5_000, seed: 3, invalidShare: 0.02);
        Simulate("other", rows: 5_000, seed: 4, invalidShare: 0.02);

        Assert.Equal(Contents("first"), Contents("again"));
        Assert.NotEqual(Contents("first"), Contents("other"));
    }

    [Fact]
    public void The_number_of_objects_decides_only_where_the_files_are_cut()
    {
        Simulate("one", rows: 3_001, objects: 1, invalidShare: 0.05);
        Simulate("seven", rows: 3_001, objects: 7, invalidShare: 0.05);

        Assert.Equal(7, Directory.GetFiles(In("seven"), "lmnh_hist_data_*.csv").Length);
        Assert.Equal(Rows("one"), Rows("seven"));
    }

    [Fact]
    public void Rows_are_spread_over_as_many_days_as_are_wanted()
    {
        var report = BucketSimulator.Run(
            new SimulateRequest(In("long"), 4_000, 1, 2, 0, new DateOnly(2023, 3, 6)) { Days = 40 },
            TestContext.Current.CancellationToken
        );

        Assert.Equal((new DateOnly(2023, 3, 6), new DateOnly(2023, 4, 14)), (report.FirstDay, report.LastDay));
        Assert.Equal(40, Rows("long").Select(row => row[..10]).Distinct().Count());
    }

    [Fact]
    public void Spoiling_some_rows_leaves_the_others_as_they_would_have_been_drawn()
    {
        Simulate("clean", rows: 4_000);
        Simulate("spoiled", rows: 4_000, invalidShare: 0.01);

        var clean = Rows("clean").ToHashSet();
        Assert.True(Rows("spoiled").Count(clean.Contains) > 3_900);
    }

    [Fact]
    public void A_clean_history_looks_like_the_real_one()
    {
        var report = Simulate("clean", rows: 210_000, objects: 5);
        var rows = Rows("clean");

        Assert.Equal(210_000, rows.Count);
        Assert.All(rows, row => Assert.Matches(Sound(), row));
        Assert.Equal(rows.Count, report.Ratings + report.Assistance + report.Emergencies);
        Assert.Equal(rows.Count(r => r.EndsWith(",-1,1.0", StringComparison.Ordinal)), report.Emergencies);
        Assert.Equal(rows.Count(r => r.EndsWith(",-1,0.0", StringComparison.Ordinal)), report.Assistance);
        Assert.InRange((report.Assistance + report.Emergencies) / 210_000.0, 0.032, 0.036);
        Assert.InRange(report.Emergencies / (double)(report.Assistance + report.Emergencies), 1 / 40.0, 1 / 30.0);
        Assert.Equal(["0", "1", "2", "3", "4"], rows.Select(r => r.Split(',')[1]).Distinct().Order());
        Assert.All(rows, row => Assert.InRange(string.CompareOrdinal(row[11..19], "08:30:00"), 0, int.MaxValue));
        Assert.All(rows, row => Assert.InRange(string.CompareOrdinal(row[11..19], "18:15:00"), int.MinValue, 0));
    }

    [Fact]
    public void Six_rows_in_two_thousand_are_exact_doubles()
    {
        var report = Simulate("clean", rows: 20_000);

        Assert.Equal(60, report.Doubles);
        Assert.Equal(60, Rows("clean").GroupBy(r => r).Sum(g => g.Count() - 1));
    }

    [Fact]
    public void Weekends_are_busier_and_exhibitions_are_rated_differently()
    {
        Simulate("clean", rows: 140_000);
        var rows = Rows("clean").Select(r => r.Split(',')).ToList();

        var perDay = rows.CountBy(r => DateTime.ParseExact(r[0][..10], "yyyy-MM-dd", CultureInfo.InvariantCulture))
            .ToList();
        Assert.InRange(perDay.Average(d => d.Value), 2_000, 2_200);
        Assert.True(
            perDay.Where(d => d.Key.DayOfWeek == DayOfWeek.Saturday).Average(d => d.Value)
                > 1.4 * perDay.Where(d => d.Key.DayOfWeek == DayOfWeek.Tuesday).Average(d => d.Value)
        );

        var means = rows.Where(r => r[2] != "-1")
            .GroupBy(r => r[1])
            .Select(g => g.Average(r => int.Parse(r[2], CultureInfo.InvariantCulture)))
            .Order()
            .ToList();
        Assert.All(means.Zip(means.Skip(1)), pair => Assert.True(pair.Second - pair.First > 0.1, $"{pair}"));
    }

    [Fact]
    public void Each_object_is_a_contiguous_stretch_of_days_that_are_unsorted_inside()
    {
        Simulate("clean", rows: 21_000, objects: 5);

        var lastDay = "";
        for (var number = 0; number < 5; number++)
        {
            var times = File.ReadLines(Path.Combine(In("clean"), $"lmnh_hist_data_{number}.csv"))
                .Skip(1)
                .Select(r => r[..19])
                .ToList();
            Assert.Equal(4_200, times.Count);
            Assert.Equal(times.Select(t => t[..10]).Order(), times.Select(t => t[..10]));
            Assert.NotEqual(times.Order(), times);
            Assert.True(string.CompareOrdinal(lastDay, times[0]) <= 0);
            lastDay = times[^1][..10];
        }
    }

    /// <summary>Recognises each kind of invalid row by its text alone.</summary>
    public static TheoryData<string, string> Spoiled =>
        new()
        {
            { "missing_at", @"^,[0-4],[0-4],$" },
            { "missing_val", @"^[-0-9]{10} [:0-9]{8},[0-4],,$" },
            { "missing_type", @",[0-4],-1,$" },
            { "missing_site", @"^[-0-9]{10} [:0-9]{8},,[0-4],$" },
            { "invalid_val", @"^[-0-9]{10} [:0-9]{8},[0-4],(?!-1)[^,]{2,},$|^[-0-9]{10} [:0-9]{8},[0-4],[5-9],$" },
            { "invalid_site", @"^[-0-9]{10} [:0-9]{8},(INF|None|ERR|03|-1|1\.5),[0-4],$" },
            { "invalid_type", @",[0-4],-1,(?!0\.0|1\.0).+$" },
            { "contradictory", @",[0-4],[0-4],[01]\.0$" },
            { "invalid_at", @"^(2023-02-30 .{8}|2024-13-01 .{8}|\d+|\d\d/.*|.{11}24:00:00),[0-4],[0-4],$" },
            { "unknown_site", @",(6|7|12|99),[0-4],$" },
            { "future", @"^2996-.*,[0-4],[0-4],$" },
            { "invalid_row", @"^[^,]+,[0-4],[0-4](,,[^,]+)?$" },
            { "invalid_encoding", @"^[^,]+,[0-4],[0-4],\u00FF\u00FE$" },
            { "too_large", @"^[^,]+,[0-4],[0-4],#{65536}$" },
        };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void Every_reason_a_history_row_can_have_is_reached_as_often_as_reported(string reason, string looks)
    {
        var report = Simulate("spoiled", rows: 6_000, invalidShare: 0.05);
        var spoiled = Rows("spoiled").Where(r => !IsSound(r)).ToList();

        Assert.Equal(300, report.Spoiled);
        Assert.Equal(300, spoiled.Count);
        Assert.True(report.Reasons[reason] > 0);
        Assert.Equal(report.Reasons[reason], spoiled.Count(r => Regex.IsMatch(r, looks)));
    }

    [Fact]
    public void The_ways_of_spoiling_are_all_the_reasons_a_history_row_can_be_refused_for()
    {
        // A blank line is no record, a lost clock is simulated on the stream, JSON is not CSV, history admits rows
        // out of hours, and a constraint is the database's own.
        Reason[] unreachable =
        [
            Reason.Empty,
            Reason.InvalidJson,
            Reason.RepeatedHeader,
            Reason.Past,
            Reason.OutOfHours,
            Reason.RefusedByDatabase,
        ];

        Assert.Equal(Enum.GetValues<Reason>().Except(unreachable).Order(), Spoiler.Ways.Order());
    }

    [Fact]
    public void Six_exhibitions_are_written_of_which_one_is_not_open_yet()
    {
        var report = Simulate("clean", rows: 2_100);

        var files = Directory.GetFiles(In("clean"), "lmnh_exhibition_*.json");
        var facts = files.Select(f => JsonDocument.Parse(File.ReadAllBytes(f)).RootElement).ToList();
        string[] keys = ["EXHIBITION_NAME", "EXHIBITION_ID", "FLOOR", "DEPARTMENT", "START_DATE", "DESCRIPTION"];
        Assert.All(facts, f => Assert.Equal(keys, f.EnumerateObject().Select(p => p.Name)));
        Assert.All(
            facts,
            f => Assert.All(f.EnumerateObject(), p => Assert.Equal(JsonValueKind.String, p.Value.ValueKind))
        );
        Assert.Equal(
            ["EXH_00", "EXH_01", "EXH_02", "EXH_03", "EXH_04", "EXH_05"],
            facts.Select(f => f.GetProperty("EXHIBITION_ID").GetString()).Order()
        );
        var starts = facts.Select(f =>
            DateOnly.ParseExact(f.GetProperty("START_DATE").GetString()!, "dd/MM/yy", CultureInfo.InvariantCulture)
        );
        Assert.Single(starts, start => start > report.LastDay);
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_refused_unless_forced_and_then_only_our_files_are_replaced()
    {
        Simulate("bucket", rows: 100, objects: 5);
        File.WriteAllText(Path.Combine(In("bucket"), "notes.txt"), "keep me");

        var refused = Assert.Throws<MuseumException>(() => Simulate("bucket", rows: 10, objects: 1));
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);

        BucketSimulator.Run(new SimulateRequest(In("bucket"), 10, 1, 1, 0, Force: true), CancellationToken.None);
        Assert.Equal(10, Rows("bucket").Count);
        Assert.True(File.Exists(Path.Combine(In("bucket"), "notes.txt")));
    }

    [Fact]
    public void A_first_day_can_be_chosen()
    {
        var report = BucketSimulator.Run(
            new SimulateRequest(In("clean"), 6_300, 1, 3, 0, new DateOnly(2023, 3, 6)),
            CancellationToken.None
        );

        Assert.Equal((new DateOnly(2023, 3, 6), new DateOnly(2023, 3, 8)), (report.FirstDay, report.LastDay));
        Assert.Equal(["2023-03-06", "2023-03-07", "2023-03-08"], Rows("clean").Select(r => r[..10]).Distinct());
    }

    private SimulateReport Simulate(string name, long rows, long seed = 1, int objects = 4, double invalidShare = 0) =>
        BucketSimulator.Run(new SimulateRequest(In(name), rows, seed, objects, invalidShare), CancellationToken.None);

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private List<(string Name, string Bytes)> Contents(string name) =>
        [
            .. Directory
                .GetFiles(In(name))
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileName(f), Convert.ToHexString(File.ReadAllBytes(f)))),
        ];

    private List<string> Rows(string name) =>
        [
            .. Enumerable
                .Range(0, Directory.GetFiles(In(name), "lmnh_hist_data_*.csv").Length)
                .SelectMany(n =>
                    File.ReadLines(Path.Combine(In(name), $"lmnh_hist_data_{n}.csv"), Encoding.Latin1).Skip(1)
                ),
        ];

    private static bool IsSound(string row) =>
        Sound().IsMatch(row)
        && DateTime.TryParseExact(
            row[..19],
            "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var at
        )
        && at.Year < 2996;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:[0-5]\d:[0-5]\d,[0-4],([0-4],|-1,[01]\.0)$")]
    private static partial Regex Sound();
}
