using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Numbers;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Numbers;

public sealed class SqliteHourCubeTests() : HourCubeContract(TestStore.SqliteAsync);

public sealed class PostgresHourCubeTests(PostgresServer server)
    : HourCubeContract(() => TestStore.PostgresAsync(server));

/// <summary>The counts in memory follow the database whatever happens to it. Compared with the events themselves, not
/// with the hourly tables.</summary>
public abstract class HourCubeContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-cube-").FullName;
    private readonly FakeTimeProvider clock = new(new(2024, 10, 21, 12, 0, 0, TimeSpan.Zero));
    private HourCube cube = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        cube = new HourCube(Database.Store.Counts, clock);
        for (var site = 0; site < 3; site++)
            await AddExhibitionAsync(1, site);
    }

    protected override ValueTask EndAsync()
    {
        cube.Dispose();
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<Change> AddExhibitionAsync(int museum, int site, string name = "Exhibition") =>
        Database.Store.Museums.UpsertExhibitionAsync(
            museum,
            new ExhibitionFacts(
                $"EXH_{site:00}",
                $"{site}",
                $"{name} {site}",
                "1",
                "Zoology",
                new DateOnly(2023, 2, 1),
                "…"
            ),
            Cancel
        );

    private async Task LoadAsync(params string[] rows)
    {
        await File.WriteAllLinesAsync(
            Path.Combine(directory, "lmnh_hist_data_0.csv"),
            ["at,site,val,type", .. rows],
            Cancel
        );
        await new Loader(
            Database.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);
    }

    /// <summary>Commits presses as a stream does.</summary>
    private async Task ConsumeAsync(params (string At, int Exhibition, PressKind Kind, short Type)[] presses)
    {
        var topic = new StreamIdentity(1, "cluster-1", "lmnh", "topic-1");
        var run = await Database.Store.Runs.StartAsync("consume", "", Cancel);
        await Database.Store.Partitions.StartAsync(topic, new Dictionary<int, long> { [0] = 0 }, Cancel);
        var claim = (await Database.Store.Partitions.ClaimAsync(topic, 0, "test", Cancel))!;
        await using var load = await Database.Store.Partitions.BeginAsync(
            [new PartitionMove(claim, claim.NextOffset + presses.Length, 7, presses.Length)],
            run,
            Cancel
        );
        foreach (var (index, press) in presses.Index())
        {
            var at =
                (DateTimeOffset.Parse(press.At, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks
                / TimeSpan.TicksPerMicrosecond;
            load.Write(
                new KioskEvent(claim.SourceId, claim.NextOffset + index, press.Exhibition, press.Kind, press.Type, at)
            );
        }

        await load.CommitAsync(Cancel);
    }

    private async Task<MuseumCube> LookAsync(int museum = 0)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return (await cube.CurrentAsync(Cancel)).Museums[museum];
    }

    /// <summary>Every hour of every exhibition matches the events, and so do the first and the newest press.</summary>
    private async Task<MuseumCube> AgreesAsync(int presses, int museum = 0)
    {
        var now = await LookAsync(museum);
        var id = now.Museum.Id;
        var events = await Database.QueryAsync(
            $"""
            select e.exhibition_id, i.rating_created_at, t.rating_type_value from rating_instance i join rating_type t using (rating_type_id) join exhibition e using (exhibition_id) where museum_id = {id}
            union all
            select e.exhibition_id, i.instance_created_at, t.support_type_value + 5 from support_instance i join support_type t using (support_type_id) join exhibition e using (exhibition_id) where museum_id = {id}
            """
        );
        Assert.Equal(presses, events.Count);
        var expected = events
            .Select(line => line.Split('|'))
            .GroupBy(e => (Exhibition: int.Parse(e[0], CultureInfo.InvariantCulture), Hour: e[1][..13]))
            .Select(hour =>
                string.Join(
                    ' ',
                    hour.Key.Exhibition,
                    hour.Key.Hour,
                    string.Join(',', Enumerable.Range(0, 7).Select(value => hour.Count(e => e[2] == $"{value}")))
                )
            );
        var actual = now.Exhibitions.SelectMany(e =>
            e.Cells.ToArray()
                .Select(c =>
                    $"{e.Card.Id} {c.Hour:yyyy-MM-ddTHH} "
                    + $"{string.Join(',', c.Ratings)},{string.Join(',', c.Calls)}"
                )
        );
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        var times = events
            .Select(line => DateTimeOffset.Parse(line.Split('|')[1], CultureInfo.InvariantCulture))
            .ToList();
        Assert.Equal(
            (times.Count == 0 ? null : times.Min(), times.Count == 0 ? null : times.Max()),
            (now.FirstPress, now.LastPress)
        );
        Assert.All(now.Exhibitions, e => Assert.Equal(e.Cells.ToArray().OrderBy(c => c.Hour), e.Cells.ToArray()));
        return now;
    }

    [Fact]
    public async Task Counts_follow_loads_replacements_replays_and_a_reset()
    {
        await AgreesAsync(0);
        await LoadAsync(
            "2023-03-06 09:00:01,0,4,",
            "2023-03-06 09:10:01,0,4,",
            "2023-03-06 11:00:00,1,-1,1.0",
            "2023-03-07 17:59:59,2,0,",
            "2023-03-07 18:00:00,9,3,"
        );
        await AgreesAsync(4);

        await LoadAsync(
            "2023-03-06 09:00:01,0,4,",
            "2023-03-06 09:10:01,0,3,",
            "2023-03-06 11:00:00,1,-1,0.0",
            "2023-03-08 17:59:59,2,0,",
            "2023-03-08 18:00:00,9,3,"
        );
        await AgreesAsync(4);

        await AddExhibitionAsync(1, 9);
        var replay = await new Replayer(
            Database.Store,
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(Reason.UnknownSite), dryRun: false, Cancel);
        Assert.Equal(1, replay.Ratings);
        var now = await AgreesAsync(5);
        Assert.Equal(["EXH_00", "EXH_01", "EXH_02", "EXH_09"], now.Exhibitions.Select(e => e.Card.PublicId));

        await Database.Store.Maintenance.ResetInteractionsAsync(Cancel);
        await AgreesAsync(0);
        await LoadAsync("2023-03-06 09:00:01,0,4,");
        await AgreesAsync(1);
    }

    [Fact]
    public async Task Counts_follow_live_commits_new_and_long_past()
    {
        await LoadAsync("2023-03-06 09:00:01,0,4,", "2023-03-06 11:00:00,1,-1,1.0");
        await AgreesAsync(2);
        await ConsumeAsync(
            ("2024-10-21T10:00:00.5Z", 1, PressKind.Rating, 5),
            ("2024-10-21T10:59:59Z", 2, PressKind.Support, 2)
        );
        await AgreesAsync(4);
        await ConsumeAsync(
            ("2024-10-21T10:00:01Z", 1, PressKind.Rating, 5),
            ("2024-10-21T11:00:00Z", 1, PressKind.Rating, 1),
            ("2024-10-20T08:00:00Z", 3, PressKind.Rating, 1)
        );
        await AgreesAsync(7);
        await ConsumeAsync(
            ("2022-01-03T10:00:01Z", 1, PressKind.Rating, 2),
            ("2024-10-21T11:30:00Z", 1, PressKind.Support, 1)
        );
        await AgreesAsync(9);
    }

    [Fact]
    public async Task What_is_recent_alone_is_read_after_a_live_commit()
    {
        await LoadAsync("2023-03-06 09:00:01,0,4,");
        await ConsumeAsync(("2024-10-21T10:00:00Z", 1, PressKind.Rating, 5));
        await AgreesAsync(2);
        // Without the ledger, so that only a reader of the old hour could notice.
        await Database.QueryAsync("update rating_hourly set rating_type_id = 1 where hour < '2024-01-01T00:00:00Z'");

        await ConsumeAsync(("2024-10-21T10:00:01Z", 1, PressKind.Rating, 5));
        Assert.Equal(
            [(0, 1), (0, 2)],
            (await LookAsync()).Exhibitions[0].Cells.ToArray().Select(c => (c.Ratings[0], c.Ratings[4]))
        );
        await LoadAsync("2023-03-06 09:00:01,0,4,", "2023-03-06 10:00:01,0,4,");
        Assert.Equal(
            2,
            (await LookAsync())
                .Exhibitions[0]
                .Cells.ToArray()
                .Where(c => c.Day.Year == 2023)
                .Sum(c => c.Ratings[4] + c.Ratings[0])
        );
    }

    [Fact]
    public async Task A_picture_is_kept_for_a_second_and_never_changes()
    {
        await LoadAsync("2023-03-06 09:00:01,0,4,");
        var first = await cube.CurrentAsync(Cancel);
        await LoadAsync("2023-03-06 09:00:01,0,4,", "2023-03-06 09:00:02,0,4,");
        Assert.Same(first, await cube.CurrentAsync(Cancel));
        var both = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(
                        async () =>
                        {
                            if (i == 10)
                                clock.Advance(TimeSpan.FromSeconds(1));
                            return (await cube.CurrentAsync(Cancel)).Museums[0].Exhibitions[0].Cells[0].Ratings[4];
                        },
                        Cancel
                    )
                )
        );
        Assert.All(both, n => Assert.InRange(n, 1, 2));
        Assert.Equal(1, first.Museums[0].Exhibitions[0].Cells[0].Ratings[4]);
        Assert.Equal(2, (await LookAsync()).Exhibitions[0].Cells[0].Ratings[4]);
    }

    /// <summary>Refusals and calls nobody could read come after the newest press that counts.</summary>
    [Fact]
    public async Task All_ends_with_the_newest_press_and_where_a_stream_continues_today()
    {
        await LoadAsync("2023-03-06 09:00:01,0,4,");
        Assert.Equal(new DateOnly(2023, 3, 6), await EndOfAllAsync());
        await ConsumeAsync();
        Assert.Equal(new DateOnly(2024, 10, 21), await EndOfAllAsync());

        async Task<DateOnly> EndOfAllAsync()
        {
            await LookAsync();
            return Selection.Of(new ViewQuery { Range = "all" }, await cube.CurrentAsync(Cancel), clock.GetUtcNow()).To;
        }
    }

    [Fact]
    public async Task Two_museums_have_their_own_counts_and_their_own_clocks()
    {
        var second = await Database.Store.Museums.AddAsync(
            new("NYC", "Of New York", "nyc", "nyc", new(10, 0), new(18, 0), "America/New_York"),
            Cancel
        );
        await AddExhibitionAsync(second.Id, 0, "Bridges");
        await LoadAsync("2023-03-06 09:00:01,0,4,");
        await File.WriteAllTextAsync(
            Path.Combine(directory, "nyc_hist_data_0.csv"),
            "at,site,val,type\n2023-03-06 16:00:01,0,1,\n",
            Cancel
        );
        await new Loader(
            Database.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);

        var london = await AgreesAsync(1);
        var newYork = await AgreesAsync(1, museum: 1);
        Assert.Equal((9, 16), (london.Exhibitions[0].Cells[0].LocalHour, newYork.Exhibitions[0].Cells[0].LocalHour));
        Assert.Equal(new DateTime(2023, 3, 6, 21, 0, 0, DateTimeKind.Utc), newYork.Exhibitions[0].Cells[0].Hour);
        Assert.Equal("Bridges 0", newYork.Exhibitions[0].Card.Name);
    }

    [Fact]
    public async Task New_names_floors_hours_and_zones_are_seen_though_no_press_came()
    {
        await LoadAsync("2023-07-06 09:00:01,0,4,");
        await AgreesAsync(1);
        await AddExhibitionAsync(1, 0, "Renamed");
        Assert.Equal("Renamed 0", (await LookAsync()).Exhibitions[0].Card.Name);
        await Database.Store.Museums.ChangeAsync(
            "LMNH",
            m => m with { Opens = new(7, 0), TimeZone = "Europe/Berlin" },
            Cancel
        );
        var now = await AgreesAsync(1);
        Assert.Equal((new TimeOnly(7, 0), 10), (now.Museum.Opens, now.Exhibitions[0].Cells[0].LocalHour));
    }

    /// <summary>British clocks go back at 01:00 UTC on 29 October 2023: 00:30 UTC and 01:30 UTC are both half past
    /// one.</summary>
    [Fact]
    public async Task A_doubled_hour_is_one_hour_of_its_day_and_a_day_is_the_museums()
    {
        await ConsumeAsync(
            ("2023-10-28T22:59:59Z", 1, PressKind.Rating, 1),
            ("2023-10-28T23:00:00Z", 1, PressKind.Rating, 2),
            ("2023-10-29T00:30:00Z", 1, PressKind.Rating, 3),
            ("2023-10-29T01:30:00Z", 1, PressKind.Rating, 4),
            ("2023-10-29T23:59:59Z", 1, PressKind.Rating, 5),
            ("2023-10-30T00:00:00Z", 1, PressKind.Rating, 5)
        );
        var exhibition = (await AgreesAsync(6)).Exhibitions[0];
        var day = new DateOnly(2023, 10, 29);
        Assert.Equal([0, 1, 1, 23], exhibition.Between(day, day).ToArray().Select(c => c.LocalHour));
        Assert.Equal(6, exhibition.Between(day.AddDays(-1), day.AddDays(1)).Length);
        Assert.Empty(exhibition.Between(day.AddDays(2), day.AddDays(9)).ToArray());
    }
}
