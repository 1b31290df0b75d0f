using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Reports;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Reports;

public sealed partial class WeeklyReportTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> ReportAsync(string who, string week = "2023-W10", string? bucket = null)
    {
        Assert.Equal(0, (await museum.RunAsync("load", bucket ?? Samples.Day)).ExitCode);
        var outcome = await museum.RunAsync("report", "--week", week, "--for", who, "-o", "report.html");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return await File.ReadAllTextAsync(Path.Combine(museum.Directory, "report.html"), Cancel);
    }

    [Fact]
    public async Task A_week_is_reported_to_security()
    {
        var page = Words(await ReportAsync("security"));

        Assert.Contains(
            $"Visitors called for help {Samples.Number("help")} times, {Samples.Number("emergencies")} of them "
                + "emergencies at The Collector's Cabinet, floor 2.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("Only 1 of the 7 days has any press at all.", page, StringComparison.Ordinal);
        Assert.Contains("Week 10, 2023 6 to 12 March 2023", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_is_reported_to_the_exhibitions_manager()
    {
        var page = Words(await ReportAsync("exhibitions"));

        Assert.Contains(
            $"Voices of the Deep leads with {Samples.Mean(3)} of 4, from {Samples.Number("votes-3")} votes. "
                + $"What We Threw Away comes last with {Samples.Mean(4)}.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("Nothing was heard of First Footprints.", page, StringComparison.Ordinal);
        Assert.Contains($"{Samples.Number("votes"):N0}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_week_is_reported_to_security()
    {
        var page = Words(await ReportAsync("security", bucket: RealData.Bucket));

        Assert.Contains(
            "Visitors called for help 73 times, 2 of them emergencies at The Crenshaw Collection, floor 2.",
            page,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_real_week_is_reported_to_the_exhibitions_manager()
    {
        var page = Words(await ReportAsync("exhibitions", bucket: RealData.Bucket));

        Assert.Contains(
            "Cetacean Sensations leads with 2.83 of 4, from 472 votes. Our Polluted World comes last with 1.22.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("Nothing was heard of Thunder Lizards.", page, StringComparison.Ordinal);
        Assert.Contains("2,064", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("security")]
    [InlineData("exhibitions")]
    public async Task It_is_one_sheet_of_A4_for_one_day_and_for_a_museum_larger_than_any(string who)
    {
        var chromium = Tool.Find("chromium") ?? Tool.Find("google-chrome");
        if (chromium is null)
            Assert.Skip("there is no chromium on this machine to print with");

        foreach (var page in (string[])[await ReportAsync(who), await LargeAsync(who)])
        {
            var file = Path.Combine(museum.Directory, "sheet.html");
            await File.WriteAllTextAsync(file, page, Cancel);
            var text = await Tool.RunAsync(
                chromium!,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-pdf-header-footer",
                $"--user-data-dir={museum.Directory}/chromium",
                $"--print-to-pdf={file}.pdf",
                $"file://{file}"
            );
            var pdf = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file + ".pdf", Cancel));
            Assert.True(Sheet().Count(pdf) == 1, $"{Sheet().Count(pdf)} pages; {text}");
            Assert.Contains("/MediaBox [0 0 594.95996 841.91998]", pdf, StringComparison.Ordinal);

            // Text that does not fit would be cut off at the bottom: it must end before the sheet does.
            var probe = Path.Combine(museum.Directory, "probe.html");
            await File.WriteAllTextAsync(
                probe,
                Policy()
                    .Replace(page, "")
                    .Replace(
                        "</body>",
                        "<script>document.title = 'height ' + document.body.scrollHeight + ' of ' + "
                            + "Math.round(297 * 96 / 25.4)</script></body>",
                        StringComparison.Ordinal
                    ),
                Cancel
            );
            var dump = await Tool.RunAsync(
                chromium!,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--window-size=900,1200",
                $"--user-data-dir={museum.Directory}/chromium",
                "--dump-dom",
                $"file://{probe}"
            );
            var heights = Height().Match(dump);
            Assert.InRange(
                int.Parse(heights.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
                800,
                int.Parse(heights.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
            );
        }
    }

    [Fact]
    public async Task What_is_left_out_is_said()
    {
        var (exhibitions, security) = (Words(await LargeAsync("exhibitions")), Words(await LargeAsync("security")));

        Assert.Contains("and 30 more exhibitions, in the dashboard", exhibitions, StringComparison.Ordinal);
        Assert.Contains("and 2 more floors, in the dashboard", exhibitions, StringComparison.Ordinal);
        Assert.Contains("and 1 more department, in the dashboard", exhibitions, StringComparison.Ordinal);
        Assert.Contains(
            "Gallery 8",
            exhibitions[exhibitions.IndexOf("By floor", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
        Assert.Contains("and 4 more floors, in the dashboard", security, StringComparison.Ordinal);
        Assert.Contains("and 29 more exhibitions, in the dashboard", security, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("security")]
    [InlineData("exhibitions")]
    public async Task A_week_of_which_nothing_was_recorded_is_not_called_a_quiet_one(string who)
    {
        var page = Words(await ReportAsync(who, "2022-W30"));

        Assert.Contains(
            "Nothing was recorded in this week. The presses there are begin on 6 March 2023, ",
            page,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Nobody", page, StringComparison.Ordinal);
        Assert.DoesNotContain("0 hours", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Where patrols", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_with_votes_and_no_call_is_a_quiet_one()
    {
        await using var database = await OneAsync();
        await database.QueryAsync("insert into rating_hourly values (1, '2023-03-06T10:00:00Z', 2, 300)");

        var page = Words(await WriteAsync(database, "security"));

        Assert.Contains("Nobody called for help this week.", page, StringComparison.Ordinal);
        Assert.Contains("There was no call to answer.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("came from files", page, StringComparison.Ordinal);
        Assert.DoesNotContain("every press", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_that_is_not_over_says_so_and_shows_the_rates_it_compares()
    {
        await using var database = await OneAsync();
        await database.QueryAsync(
            """
            with recursive days(d) as (select 0 union all select d + 1 from days where d < 8)
            insert into support_hourly select 1, strftime('%Y-%m-%dT10:00:00Z', '2023-02-27', '+' || d || ' days'), 1, case when d < 7 then 20 else 40 end from days
            """
        );
        await database.QueryAsync(
            "insert into rating_hourly select exhibition_id, hour, rating_type_id, 15 from support_hourly, "
                + "(select 1 as rating_type_id union select 3)"
        );
        var clock = new FakeTimeProvider(new(2023, 3, 7, 19, 45, 0, TimeSpan.Zero));

        var security = Words(await WriteAsync(database, "security", clock));
        var exhibitions = Words(await WriteAsync(database, "exhibitions", clock));

        // Nine and a half hours a day.
        Assert.Contains(
            "called for help 80 times so far, until Tuesday 19:45, none of them an emergency",
            security,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The week before had 140. By the opening hour: clearly more now, 4.21 against 2.11.",
            security,
            StringComparison.Ordinal
        );
        Assert.Contains("in 19 opening hours; 140 in 66.5 in the week before", security, StringComparison.Ordinal);
        Assert.Contains("4.21 2.11 140 more", security, StringComparison.Ordinal);
        Assert.DoesNotContain("Only ", security, StringComparison.Ordinal);
        Assert.Contains(
            "Adaptation leads so far, until Tuesday 19:45, with 1.00 of 4",
            exhibitions,
            StringComparison.Ordinal
        );
        Assert.Contains("in 19 opening hours; 210 in 66.5 in the week before", exhibitions, StringComparison.Ordinal);
    }

    /// <summary>A quarter of an hour with two calls has the highest rate of the day, and means nothing; calls at night
    /// are in no rate at all.</summary>
    [Theory]
    [InlineData("security", "support_hourly", 2, "08:45–10")]
    [InlineData("exhibitions", "rating_hourly", 20, "08:45–10")]
    public async Task A_short_hour_is_part_of_the_one_beside_it_and_never_the_darkest(
        string who,
        string table,
        int presses,
        string column
    )
    {
        await using var database = await OneAsync();
        await database.QueryAsync("insert into rating_hourly values (1, '2023-03-06T11:00:00Z', 2, 300)");
        await database.QueryAsync(
            $"insert into {table} values (1, '2023-03-06T08:00:00Z', 1, {presses}), "
                + $"(1, '2023-03-06T09:00:00Z', 1, {presses}), (1, '2023-03-06T10:00:00Z', 1, {2 * presses}), "
                + $"(1, '2023-03-06T03:00:00Z', 1, {presses})"
        );
        var page = await WriteAsync(database, who);
        var chart = HeatMap().Match(page).Value;

        Assert.Contains($">{column}</text>", chart, StringComparison.Ordinal);
        Assert.DoesNotContain(">08</text>", chart, StringComparison.Ordinal);
        Assert.DoesNotContain(">03</text>", chart, StringComparison.Ordinal);
        // Both parts of the first column in one number, over an hour and a quarter.
        Assert.Contains($">{2 * presses}</text>", chart, StringComparison.Ordinal);
        if (who == "security")
            Assert.Contains(
                $"{presses} while the museum was closed: in no cell, and in no rate.",
                Words(page),
                StringComparison.Ordinal
            );
    }

    [GeneratedRegex("""<svg viewBox="0 0 100.*?</svg>""", RegexOptions.Singleline)]
    private static partial Regex HeatMap();

    private static async Task<TestStore> OneAsync()
    {
        var database = TestStore.Sqlite();
        await database.Store.Maintenance.MigrateAsync(Cancel);
        await database.Store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_00", "0", "Adaptation", "1", "Entomology", new(2021, 1, 1), ""),
            Cancel
        );
        return database;
    }

    [Theory]
    [InlineData(10, 999, true)]
    [InlineData(16, 999, true)]
    [InlineData(16, 9999, true)]
    [InlineData(24, 9, true)]
    [InlineData(24, 999, false)]
    public void Numbers_of_a_heat_map_keep_to_their_cells_or_are_left_out(int hours, int presses, bool shown)
    {
        var chart = Charts
            .Heat(
                ["1"],
                [.. Enumerable.Range(0, hours).Select(hour => $"{hour:00}")],
                (_, _) => (presses, 1.0),
                "Presses"
            )
            .ToString();

        var cell = double.Parse(
            CellWidth().Match(chart).Groups[1].ValueSpan,
            System.Globalization.CultureInfo.InvariantCulture
        );
        var numbers = Numbers().Matches(chart).Where(m => m.Groups[2].Value == $"{presses}").ToList();
        Assert.Equal(shown ? hours : 0, numbers.Count);
        // A digit of DejaVu Sans is 0.636 of its size wide.
        Assert.All(
            numbers,
            m =>
                Assert.InRange(
                    double.Parse(m.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
                        * 0.636
                        * m.Groups[2].Length,
                    0.1,
                    cell
                )
        );
    }

    /// <summary>Forty exhibitions with the longest names, on ten floors.</summary>
    private static async Task<string> LargeAsync(string who)
    {
        await using var database = TestStore.Sqlite();
        await database.Store.Maintenance.MigrateAsync(Cancel);
        for (var i = 0; i < 40; i++)
            await database.Store.Museums.UpsertExhibitionAsync(
                1,
                new(
                    $"EXH_{i:00}",
                    $"{i}",
                    new string('W', 200),
                    $"Gallery {i % 10}",
                    $"Department of everything {i % 9}",
                    new(2021, 1, 1),
                    ""
                ),
                Cancel
            );
        await database.QueryAsync(
            """
            with recursive days(d) as (select 0 union all select d + 1 from days where d < 13), hours(h) as (select 8 union all select h + 1 from hours where h < 18)
            insert into rating_hourly select exhibition_id, strftime('%Y-%m-%dT', '2023-02-27', '+' || d || ' days') || printf('%02d:00:00Z', h), 1 + (exhibition_id + d) % 5, 9
            from exhibition, days, hours
            """
        );
        await database.QueryAsync(
            """
            insert into support_hourly select exhibition_id, hour, 1, (exhibition_id * 7 + cast(substr(hour, 12, 2) as integer)) % 4 from rating_hourly where hour >= '2023-03-01'
            """
        );
        return await WriteAsync(database, who);
    }

    [Theory]
    [InlineData("security")]
    [InlineData("exhibitions")]
    public async Task Hostile_names_are_text(string who)
    {
        await using var database = TestStore.Sqlite();
        await database.Store.Maintenance.MigrateAsync(Cancel);
        await database.Store.Museums.UpsertExhibitionAsync(
            1,
            new(
                "EXH_00",
                "0",
                "<img src=x onerror=alert(1)>",
                "\"><script>",
                "\u202Egpj\u001b[31m",
                new(2021, 1, 1),
                ""
            ),
            Cancel
        );
        await database.QueryAsync("insert into support_hourly values (1, '2023-03-06T10:00:00Z', 2, 3)");
        await database.QueryAsync("insert into rating_hourly values (1, '2023-03-06T10:00:00Z', 2, 300)");

        var page = await WriteAsync(database, who);

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', page);
        Assert.DoesNotContain('\u001b', page);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page, StringComparison.Ordinal);
    }

    private static async Task<string> WriteAsync(TestStore database, string who, TimeProvider? clock = null)
    {
        var report = new WeeklyReport(database.Store, RatingTarget.Of(2.5), clock ?? TimeProvider.System);
        var week = ReportWeek.Parse("2023-W10");
        return who == "security"
            ? await report.SecurityAsync(week, null, Cancel)
            : await report.ExhibitionsAsync(week, "lmnh", Cancel);
    }

    [Theory]
    [InlineData("2020-W53", "28 December 2020 to 3 January 2021")]
    [InlineData("2023-W13", "27 March to 2 April 2023")]
    [InlineData("2025-W01", "30 December 2024 to 5 January 2025")]
    public void A_week_knows_its_days(string week, string days) =>
        Assert.Equal((days, week), (ReportWeek.Parse(week).Days(), ReportWeek.Parse(week).ToString()));

    [Theory]
    [InlineData("2023-03-12", "2023-W09")]
    [InlineData("2023-03-13", "2023-W10")]
    [InlineData("2021-01-04", "2020-W53")]
    [InlineData("2025-01-05", "2024-W52")]
    public void The_last_week_is_the_newest_that_is_over(string today, string week) =>
        Assert.Equal(
            week,
            ReportWeek.Before(DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture)).ToString()
        );

    [Theory]
    [InlineData("2023-W53")]
    [InlineData("2023-W00")]
    [InlineData("2023-10")]
    [InlineData("2023-W1")]
    [InlineData("9999-W52")]
    public void A_week_that_does_not_exist_is_refused(string week) =>
        Assert.Equal(
            $"--week: found '{week}', expected an ISO week such as 2023-W10, or last",
            Assert.Throws<MuseumException>(() => ReportWeek.Parse(week)).Message
        );

    [Fact]
    public async Task The_command_says_what_is_wrong_and_writes_to_stdout_without_a_file()
    {
        Assert.Equal(3, (await museum.RunAsync("report", "--week", "2023-W10", "--for", "security")).ExitCode);
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        var wrong = await museum.RunAsync("report", "--week", "2023-W10", "--for", "security", "--museum", "MARS");
        var page = await museum.RunAsync("report", "--week", "2023-W10", "--for", "Exhibitions");
        var json = await museum.RunAsync("report", "--week", "2023-W10", "--for", "security", "-o", "s.html", "--json");

        Assert.Equal((2, "error: --museum: found 'MARS', expected one of LMNH"), (wrong.ExitCode, wrong.Error.Trim()));
        Assert.StartsWith("<!doctype html>", page.Out, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing was recorded in this week.  There is no press of this museum in the database at all.",
            page.Out,
            StringComparison.Ordinal
        );
        Assert.Equal(
            new FileInfo(Path.Combine(museum.Directory, "s.html")).Length,
            json.Json.GetProperty("bytes").GetInt64()
        );
    }

    private static string Words(string page) =>
        Spaces()
            .Replace(System.Net.WebUtility.HtmlDecode(Tags().Replace(page, " ")), " ")
            .Replace(" .", ".", StringComparison.Ordinal);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("<rect [^>]*? width=\"([0-9.]+)\"")]
    private static partial Regex CellWidth();

    [GeneratedRegex("font-size=\"([0-9.]+)\"[^>]*>([0-9]+)</text>")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex Sheet();

    [GeneratedRegex("<meta http-equiv[^>]*>")]
    private static partial Regex Policy();

    [GeneratedRegex("<title>height ([0-9]+) of ([0-9]+)</title>")]
    private static partial Regex Height();
}
