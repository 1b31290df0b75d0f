using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Commands.Quarantine;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;
using MuseumPipeline.Reports;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteInstantsTests() : InstantsContract(TestStore.SqliteAsync);

public sealed class PostgresInstantsTests(PostgresServer server)
    : InstantsContract(() => TestStore.PostgresAsync(server));

/// <summary>No instant in a record can break anything: not the load, not a page, not a report.</summary>
public abstract class InstantsContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly string[] Pages =
    [
        "museums",
        "ratings",
        "ratings?excludeRepeats=true",
        "ratings/trend",
        "ratings/trend?by=week",
        "ratings/busiest",
        "safety",
        "safety/patrols",
        "help?limit=500",
        "data/kiosks",
        "data/refused",
        "data/live",
        "data/loads",
        "data/quarantine?limit=500",
        "data/audit",
    ];

    private readonly string directory = Directory.CreateTempSubdirectory("museum-instants-").FullName;
    private Museum museum = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        museum = (await Database.Store.Museums.ListAsync(CancellationToken.None)).Single();
        for (var site = 0; site < 4; site++)
            await Database.Store.Museums.UpsertExhibitionAsync(
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

    private async Task<RunReport> ConsumeAsync(IEnumerable<string> lines, CleaningRules? rules = null)
    {
        var file = Path.Combine(directory, $"{Guid.NewGuid():N}.ndjson");
        await File.WriteAllLinesAsync(file, lines, Cancel);
        using var archive = await Archive.OpenAsync(file, Stream.Null, Path.GetTempPath(), Cancel);
        var options = new StreamOptions(rules ?? CleaningRules.Stream, TimeProvider.System)
        {
            Breaker = new(0.9, 1 << 30),
        };
        return await new ArchiveLoader(Database.Store, options, NullLogger.Instance).RunAsync(
            archive,
            museum,
            "",
            Cancel
        );
    }

    private async Task<RunReport> LoadAsync(string csv)
    {
        var bucket = Directory.CreateDirectory(Path.Combine(directory, $"bucket{Guid.NewGuid():N}")).FullName;
        await File.WriteAllTextAsync(Path.Combine(bucket, "lmnh_hist_data_0.csv"), csv, Cancel);
        return await new Loader(
            Database.Store,
            new FolderBucket(bucket),
            new(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);
    }

    /// <summary>Every page, every table as CSV, both reports, the export and the replay.</summary>
    private async Task AssertEverythingGoesOnAsync()
    {
        await using (var server = await DashboardServer.OpenAsync(Database))
        {
            foreach (var page in Pages)
            {
                foreach (
                    var range in page.StartsWith("data/", StringComparison.Ordinal) && page != "data/refused"
                        ? (string[])[""]
                        : ["7d", "all"]
                )
                {
                    var mark = page.Contains('?', StringComparison.Ordinal) ? "&" : "?";
                    var path =
                        range.Length == 0 || page is "museums" || page.StartsWith("help", StringComparison.Ordinal)
                            ? page
                            : $"{page}{mark}range={range}";
                    using var answer = await server.GetAsync($"/api/v1/{path}");
                    var text = await answer.Content.ReadAsStringAsync(Cancel);
                    Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode} {text}");
                }
            }
        }

        var report = new WeeklyReport(Database.Store, RatingTarget.Of(RatingTarget.UsualMean), TimeProvider.System);
        foreach (var week in (string[])["2026-W48", "1970-W01", "2998-W52"])
        {
            Assert.NotEmpty(await report.SecurityAsync(ReportWeek.Parse(week), null, Cancel));
            Assert.NotEmpty(await report.ExhibitionsAsync(ReportWeek.Parse(week), null, Cancel));
        }

        foreach (var name in (string[])["held.ndjson", "held.csv"])
            await new QuarantineExport(Database.Store.Quarantine).WriteAsync(
                Path.Combine(directory, name),
                new QuarantineFilter(),
                Cancel
            );
        await new Replayer(
            Database.Store,
            new(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(), dryRun: false, Cancel);
        var status = await Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
    }

    [Fact]
    public async Task Absurd_times_are_refused_and_the_emergency_behind_them_is_stored()
    {
        var report = await ConsumeAsync([
            """{"at":"0001-01-01T00:00:00Z","site":"2","val":1}""",
            """{"at":"0001-01-01T12:00:00Z","site":"2","val":1}""",
            """{"at":"0001-01-01T00:00:00+14:00","site":"2","val":-1,"type":1}""",
            """{"at":"1970-01-01T12:00:00Z","site":"2","val":3}""",
            """{"at":"9999-12-31T23:59:59.9999999Z","site":"2","val":3}""",
            """{"at":"9999-12-31T23:59:59.999999-14:00","site":"2","val":3}""",
            """{"at":"2026-11-05T12:00:00+0000","site":"2","val":3}""",
            """{"at":"2026-11-05T12:00:00Z","site":"2","val":-1,"type":1}""",
        ]);

        Assert.Equal(new Counts(8, 1, 1, 6, 0, 0, 1), report.Counts);
        Assert.Equal(
            "future 1, invalid_at 2, past 3",
            string.Join(", ", report.Reasons.Select(r => $"{r.Key} {r.Value}"))
        );
        await AssertEverythingGoesOnAsync();
    }

    [Fact]
    public async Task The_first_hour_of_the_calendar_in_history_is_refused_and_everything_else_continues()
    {
        var report = await LoadAsync("at,site,val,type\n0001-01-01 00:00:00,2,1,\n2023-03-06 15:09:21,2,3,\n");

        Assert.Equal(new Counts(2, 1, 0, 1, 0, 0, 0), report.Counts);
        await AssertEverythingGoesOnAsync();
    }

    [Fact]
    public async Task The_last_microsecond_of_the_calendar_stops_nobody()
    {
        var report = await ConsumeAsync([
            """{"at": "2024-11-27T12:00:00Z", "site": "2", "val": 4}""",
            """{"at": "9999-12-31T23:59:59.9999999Z", "site": "2", "val": 3}""",
            """{"at": "2024-11-27T12:00:05Z", "site": "2", "val": -1, "type": 1}""",
        ]);

        Assert.Equal(new Counts(3, 1, 1, 1, 0, 0, 0), report.Counts);
        await AssertEverythingGoesOnAsync();
    }

    /// <summary>As it stood before instants had bounds: rows counted in year 1, hours of -infinity.</summary>
    [Fact]
    public async Task A_database_that_holds_absurd_instants_is_read_and_repaired()
    {
        await ConsumeAsync([
            """{"at": "2024-11-27T12:00:00Z", "site": "2", "val": 4}""",
            """{"at": "2024-11-27T12:00:01Z", "site": "2", "val": 3}""",
            """{"at": "2024-11-27T12:00:02Z", "site": "2", "val": -1, "type": 1}""",
            """{"at": "9999-11-27T12:00:02Z", "site": "2", "val": 2}""",
        ]);
        var (first, hour) =
            Database is SqliteTestStore
                ? ("'0001-01-01T00:00:00.000000Z'", "'0001-01-01T00:00:00Z'")
                : ("'-infinity'", "'-infinity'");
        foreach (
            var sql in (string[])
                [
                    $"update rating_instance set rating_created_at = {first} where position = 1",
                    $"update rating_hourly set presses = presses - 0, hour = {hour} where rating_type_id = 5",
                    $"update support_instance set instance_created_at = {first}",
                    $"update support_hourly set hour = {hour}",
                    $"update quarantine set created_at = {first}",
                ]
        )
            await Database.QueryAsync(sql);

        await using (var server = await DashboardServer.OpenAsync(Database))
        {
            foreach (var page in Pages)
            {
                using var answer = await server.GetAsync($"/api/v1/{page}");
                Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
            }
        }

        var steps = Migrations.For(Database is SqliteTestStore ? "sqlite" : "postgres");
        await Database.QueryAsync(steps.Single(step => step.Name == "006_instants").Sql);

        var status = await Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal((1, 0, 3), (status.Ratings, status.Support, status.QuarantineHeld));
        Assert.Equal(
            ["future|0", "past|0", "past|1"],
            (await Database.Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel))
                .Select(row => $"{row.Reason.Code()}|{(row.PossibleHelp ? 1 : 0)}")
                .Order(StringComparer.Ordinal)
        );
        await AssertEverythingGoesOnAsync();
    }

    /// <summary>MUSEUM_TEST_DRAWS=1000000 MUSEUM_TEST_SECONDS=1800 for a night.</summary>
    [Fact]
    public async Task Any_instant_of_the_calendar_is_stored_as_it_was_sent_or_refused_and_nothing_breaks()
    {
        var seed = Environment.TickCount;
        var draws = int.Parse(
            Environment.GetEnvironmentVariable("MUSEUM_TEST_DRAWS") ?? "10000",
            CultureInfo.InvariantCulture
        );
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var drawn = Drawn.Some(seed, draws);
        var rules = CleaningRules.Stream with { OpeningHours = false };

        var report = await ConsumeAsync(drawn.Select(d => d.Line), rules);

        var stored = (
            await Database.QueryAsync(
                "select position, rating_created_at from rating_instance union all "
                    + "select position, instance_created_at from support_instance"
            )
        ).ToDictionary(
            row => long.Parse(row.Split('|')[0], CultureInfo.InvariantCulture),
            row => Micro(row.Split('|')[1])
        );
        var held = (await Database.Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel)).ToDictionary(r =>
            r.Position
        );
        Assert.Equal(draws, report.Counts.Read);
        for (var line = 1; line <= draws; line++)
        {
            var draw = drawn[line - 1];
            var what = $"seed {seed}, line {line}: {draw.Line}";
            if (draw.Expected(rules) is not { } reason)
                Assert.True(stored.GetValueOrDefault(line) == draw.Instant.UtcTicks / 10, what);
            else
            {
                Assert.True(held.GetValueOrDefault(line)?.Reason == reason, what);
                if (reason is Reason.Past or Reason.Future && draw.Instant.Year is > 1 and < 9999)
                    Assert.True(held[line].At?.UtcTicks / 10 == draw.Instant.UtcTicks / 10, what);
            }
        }

        await AssertEverythingGoesOnAsync();
    }

    private static long Micro(string stored) =>
        DateTimeOffset.Parse(stored, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).UtcTicks / 10;

    /// <summary>A message with a written time, and the instant it means by arithmetic of its own.</summary>
    private sealed record Drawn(string Line, long UtcTicks)
    {
        private const long Calendar = 3_155_378_976_000_000_000;

        public DateTimeOffset Instant => new(UtcTicks, TimeSpan.Zero);

        public Reason? Expected(CleaningRules rules)
        {
            if (UtcTicks is < 0 or >= Calendar)
                return Reason.InvalidAt;
            return UtcTicks > (DateTimeOffset.UtcNow + rules.ClockSkew).UtcTicks ? Reason.Future
                : UtcTicks < rules.Past.UtcTicks ? Reason.Past
                : null;
        }

        public static List<Drawn> Some(int seed, int draws)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, draws).Select(number => One(random, number))];
        }

        private static Drawn One(Random random, int number)
        {
            var now = DateTime.UtcNow.Ticks;
            var ticks = random.Next(4) switch
            {
                0 => random.NextInt64(Calendar),
                1 => random.NextInt64(2 * TimeSpan.TicksPerDay),
                2 => Calendar - 1 - random.NextInt64(2 * TimeSpan.TicksPerDay),
                // A day is left between these and now, so that the future rule is certain for each.
                _ => random.NextInt64(new DateTime(2009, 12, 1).Ticks, now - TimeSpan.TicksPerDay),
            };
            var decimals = random.Next(8);
            ticks -= ticks % (long)Math.Pow(10, 7 - decimals);
            var minutes = random.Next(3) == 0 ? 0 : random.Next(-840, 841);
            var written = new DateTime(ticks);
            var text = new StringBuilder(written.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            if (decimals > 0)
                text.Append('.')
                    .Append((ticks % 10_000_000).ToString("0000000", CultureInfo.InvariantCulture)[..decimals]);
            var sign = minutes < 0 ? '-' : '+';
            var (hour, minute) = (Math.Abs(minutes) / 60, Math.Abs(minutes) % 60);
            text.Append(
                (minutes, random.Next(3)) switch
                {
                    (0, 0) => "Z",
                    (_, 0) when minute == 0 => $"{sign}{hour:00}",
                    (_, 1) => $"{sign}{hour:00}{minute:00}",
                    _ => $"{sign}{hour:00}:{minute:00}",
                }
            );
            var press = number % 7 == 0 ? "-1,\"type\":1" : $"{number % 5}";
            return new(
                $"{{\"at\":\"{text}\",\"site\":\"{number % 4}\",\"val\":{press}}}",
                ticks - (minutes * TimeSpan.TicksPerMinute)
            );
        }
    }
}
