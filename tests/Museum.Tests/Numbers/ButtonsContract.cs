using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Reports;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers;

public sealed class SqliteButtonsTests() : ButtonsContract(TestStore.SqliteAsync);

public sealed class PostgresButtonsTests(PostgresServer server)
    : ButtonsContract(() => TestStore.PostgresAsync(server));

/// <summary>Buttons that a museum adds count under their own names, everywhere.</summary>
public abstract class ButtonsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-buttons-").FullName;
    private Museum museum = null!;

    private MuseumStore Store => Database.Store;

    protected override async ValueTask BeginAsync()
    {
        await Store.Maintenance.MigrateAsync(CancellationToken.None);
        museum = (await Store.Museums.ListAsync(CancellationToken.None)).Single();
        for (var site = 0; site < 4; site++)
            await Store.Museums.UpsertExhibitionAsync(
                museum.Id,
                new ExhibitionFacts($"EXH_{site:00}", $"{site}", $"Hall {site}", "1", "Zoology", new(2023, 2, 1), "…"),
                CancellationToken.None
            );
    }

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>600 ratings of 5 at site 3, ten calls of kind 2 at site 2, and 200 ratings of 1.</summary>
    private async Task ConsumeAsync()
    {
        var lines = Enumerable
            .Range(0, 600)
            .Select(n => Press(n, 3, "\"val\":5"))
            .Concat(Enumerable.Range(0, 10).Select(n => Press(n, 2, "\"val\":-1,\"type\":2")))
            .Concat(Enumerable.Range(0, 200).Select(n => Press(n, 3, "\"val\":1")));
        var file = Path.Combine(directory, "in.ndjson");
        await File.WriteAllLinesAsync(file, lines, Cancel);
        using var archive = await Archive.OpenAsync(file, Stream.Null, Path.GetTempPath(), Cancel);
        var options = new StreamOptions(CleaningRules.Stream, TimeProvider.System) { Breaker = new(1, 1 << 30) };
        await new ArchiveLoader(Store, options, NullLogger.Instance).RunAsync(archive, museum, "", Cancel);
    }

    private static string Press(int number, int site, string what) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"at\":\"2024-11-27T{9 + (number % 9):00}:{number % 60:00}:{number / 60:00}+00:00\",\"site\":\"{site}\",{what}}}"
        );

    private Task<PressType> AddAsync(PressKind kind, int value, string name, bool emergency = false) =>
        Store.Buttons.AddAsync(kind, new PressType(0, value, name) { Alarms = emergency }, "test", Cancel);

    [Fact]
    public async Task Replay_brings_back_what_was_refused_and_every_number_has_it_under_its_own_name()
    {
        await ConsumeAsync();
        Assert.Equal(610, (await Store.Maintenance.StatusAsync(Cancel)).QuarantineHeld);
        await AddAsync(PressKind.Rating, 5, "Superb");
        await AddAsync(PressKind.Support, 2, "Cleaning");

        var report = await new Replayer(
            Store,
            new(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(), dryRun: false, Cancel);

        Assert.Equal((600, 10, 0), (report.Ratings, report.Support, report.StillRefused));
        var status = await Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal((800, 800, 10), (status.Ratings, status.HourlyRatings, status.HourlySupport));
        Assert.Equal(
            ["Bad|200", "Superb|600"],
            await Database.QueryAsync("select rating_description, count(*) from rating_info group by 1 order by 1")
        );
        Assert.Equal(
            ["Cleaning|10"],
            await Database.QueryAsync("select support_description, count(*) from support_info group by 1")
        );

        await using var server = await DashboardServer.OpenAsync(Database);
        await AssertRatingsAsync(server);
        await AssertSafetyAsync(server);
    }

    private static async Task AssertRatingsAsync(DashboardServer server)
    {
        var ratings = await server.JsonAsync("/api/v1/ratings?range=all");
        var total = ratings.GetProperty("total");
        Assert.Equal((800, 4.0), (total.GetProperty("votes").GetInt32(), total.GetProperty("mean").GetDouble()));
        Assert.Equal(
            [0, 200, 0, 0, 0, 600],
            total.GetProperty("distribution").EnumerateArray().Select(count => count.GetInt32())
        );
        Assert.Equal(
            "Terrible, Bad, Neutral, Good, Amazing, Superb",
            string.Join(
                ", ",
                ratings.GetProperty("buttons").EnumerateArray().Select(b => b.GetProperty("name").GetString())
            )
        );
        // The usual target is five eighths of the scale, whatever its length.
        Assert.Equal(3.125, ratings.GetProperty("target").GetProperty("mean").GetDouble());
        Assert.InRange(total.GetProperty("high").GetDouble(), 4.0, 5.0);

        var csv = await TextAsync(server, "/api/v1/ratings?range=all&format=csv");
        Assert.Contains("votes4,votes5,", csv, StringComparison.Ordinal);
        Assert.Contains(",0,200,0,0,0,600,", csv, StringComparison.Ordinal);
        var trend = await server.JsonAsync("/api/v1/ratings/trend?range=all");
        Assert.Equal(800, trend.GetProperty("series")[0].GetProperty("votes")[0].GetInt32());
        var once = await server.JsonAsync("/api/v1/ratings?range=all&excludeRepeats=true");
        // Every 180th press is of the same button three seconds later.
        Assert.Equal(
            [0, 180, 0, 0, 0, 180],
            once.GetProperty("total").GetProperty("distribution").EnumerateArray().Select(count => count.GetInt32())
        );
    }

    private static async Task AssertSafetyAsync(DashboardServer server)
    {
        var safety = await server.JsonAsync("/api/v1/safety?range=all");
        foreach (var part in (JsonElement[])[safety.GetProperty("totals"), safety.GetProperty("exhibitions")[2]])
        {
            Assert.Equal(
                (0, 0),
                (part.GetProperty("emergencies").GetInt32(), part.GetProperty("assistance").GetInt32())
            );
            var added = part.GetProperty("added")[0];
            Assert.Equal(
                ("Cleaning", 10),
                (added.GetProperty("name").GetString(), added.GetProperty("presses").GetInt32())
            );
        }

        Assert.Contains(
            "assistance,Cleaning,perOpenHour",
            await TextAsync(server, "/api/v1/safety?range=all&format=csv"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "hour,emergencies,assistance,Cleaning,openHours",
            await TextAsync(server, "/api/v1/exhibition?exhibition=EXH_02&range=all&format=csv&table=calls"),
            StringComparison.Ordinal
        );
        var press = (await server.JsonAsync("/api/v1/help")).GetProperty("presses")[0];
        Assert.Equal(
            ("other", "Cleaning"),
            (press.GetProperty("kind").GetString(), press.GetProperty("name").GetString())
        );
    }

    private static async Task<string> TextAsync(DashboardServer server, string path)
    {
        using var answer = await server.GetAsync(path);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    [Fact]
    public async Task Both_weekly_reports_speak_of_them()
    {
        await AddAsync(PressKind.Rating, 5, "Superb");
        await AddAsync(PressKind.Support, 2, "Cleaning");
        await ConsumeAsync();
        var report = new WeeklyReport(Store, RatingTarget.Of(null), TimeProvider.System);

        var exhibitions = await report.ExhibitionsAsync(ReportWeek.Parse("2024-W48"), null, Cancel);
        Assert.Contains("from 0 (terrible) to 5 (superb)", exhibitions, StringComparison.Ordinal);
        Assert.Contains("Superb or amazing", exhibitions, StringComparison.Ordinal);
        Assert.Contains("of all votes were 4 or 5", exhibitions, StringComparison.Ordinal);
        Assert.Contains(
            "Cleaning: 10.",
            await report.SecurityAsync(ReportWeek.Parse("2024-W48"), null, Cancel),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_dashboard_that_is_open_learns_of_a_button_and_of_its_new_name()
    {
        await using var server = await DashboardServer.OpenAsync(Database);
        Assert.Equal(5, (await server.JsonAsync("/api/v1/ratings")).GetProperty("buttons").GetArrayLength());

        await AddAsync(PressKind.Rating, 5, "Superb");
        await Store.Buttons.RenameAsync(PressKind.Rating, 4, "Great", "test", Cancel);
        await ConsumeAsync();

        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        var ratings = await server.JsonAsync("/api/v1/ratings?range=all");
        Assert.Equal("Great", ratings.GetProperty("buttons")[4].GetProperty("name").GetString());
        Assert.Equal(600, ratings.GetProperty("total").GetProperty("distribution")[5].GetInt32());
    }

    [Fact]
    public async Task Renamed_calls_for_help_have_their_new_names_on_pages_and_reports()
    {
        await ConsumeAsync();
        await using var server = await DashboardServer.OpenAsync(Database);
        Assert.Equal(("Emergencies", "Assistance"), await NamesAsync(server, "/api/v1/safety?"));

        await Store.Buttons.RenameAsync(PressKind.Support, 0, "Staff, please", "test", Cancel);
        await Store.Buttons.RenameAsync(PressKind.Support, 1, "Alarm", "test", Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);

        Assert.Equal(("Alarm", "Staff, please"), await NamesAsync(server, "/api/v1/safety?"));
        Assert.Equal(("Alarm", "Staff, please"), await NamesAsync(server, "/api/v1/exhibition?exhibition=EXH_02&"));
        await AddAsync(PressKind.Support, 2, "Cleaning");
        await new Replayer(Store, new(CleaningRules.History, TimeProvider.System), NullLogger.Instance).RunAsync(
            new QuarantineFilter(),
            dryRun: false,
            Cancel
        );
        var report = await new WeeklyReport(Store, RatingTarget.Of(null), TimeProvider.System).SecurityAsync(
            ReportWeek.Parse("2024-W48"),
            null,
            Cancel
        );
        foreach (var name in (string[])["Alarm", "Staff, please"])
            Assert.Contains($"<th class=\"n\">{name}</th>", report, StringComparison.Ordinal);
        // With another kind that alarms, there is no single name for all emergencies.
        await AddAsync(PressKind.Support, 3, "Flood", emergency: true);
        await Task.Delay(TimeSpan.FromSeconds(1.1), Cancel);
        Assert.Equal(("Emergencies", "Staff, please"), await NamesAsync(server, "/api/v1/safety?"));
    }

    private static async Task<(string?, string?)> NamesAsync(DashboardServer server, string path)
    {
        var view = await server.JsonAsync($"{path}range=all");
        var names = view.GetProperty(path.Contains("safety", StringComparison.Ordinal) ? "totals" : "calls")
            .GetProperty("names");
        return (names.GetProperty("emergencies").GetString(), names.GetProperty("assistance").GetString());
    }

    [Theory]
    [InlineData(PressKind.Rating, 3, "Fine", "a value of its own: it is Good")]
    [InlineData(PressKind.Rating, 7, "Superb", "5, the next of the scale")]
    [InlineData(PressKind.Rating, -1, "Help", "5, the next of the scale")]
    [InlineData(PressKind.Rating, 5, "amazing", "a name of its own: 4 has this one")]
    [InlineData(PressKind.Rating, 5, " ", "1 to 40 characters")]
    [InlineData(PressKind.Support, 100, "Cleaning", "0 to 99")]
    [InlineData(PressKind.Support, 1, "Fire", "a value of its own: it is Emergency")]
    public async Task What_no_kiosk_can_have_is_refused_with_what_can_be(
        PressKind kind,
        int value,
        string name,
        string expected
    )
    {
        var fault = await Assert.ThrowsAsync<MuseumException>(() => AddAsync(kind, value, name));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MuseumException>(() => Store.Buttons.RenameAsync(kind, 50, "Nobody", "test", Cancel));
    }

    [Fact]
    public async Task A_scale_has_an_end()
    {
        for (var value = 5; value <= KioskButtons.LongestScale; value++)
            await AddAsync(PressKind.Rating, value, $"Better {value}");

        Assert.Contains(
            "no more: the scale is as long as it can be",
            (await Assert.ThrowsAsync<MuseumException>(() => AddAsync(PressKind.Rating, 21, "Best"))).Message,
            StringComparison.Ordinal
        );
    }
}
