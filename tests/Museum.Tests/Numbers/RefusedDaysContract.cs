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

public sealed class SqliteRefusedDaysTests() : RefusedDaysContract(TestStore.SqliteAsync);

public sealed class PostgresRefusedDaysTests(PostgresServer server)
    : RefusedDaysContract(() => TestStore.PostgresAsync(server));

/// <summary>The counts of held refusals follow the database whatever happens to it. Compared with the records
/// themselves.</summary>
public abstract class RefusedDaysContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly DateOnly Ever = new(1900, 1, 1),
        Never = new(2999, 12, 31);
    private readonly string directory = Directory.CreateTempSubdirectory("museum-refused-").FullName;
    private readonly FakeTimeProvider clock = new(new(2024, 10, 21, 12, 0, 0, TimeSpan.Zero));
    private HourCube cube = null!;
    private RefusedDays refused = null!;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        (cube, refused) = (
            new HourCube(Database.Store.Counts, clock),
            new RefusedDays(Database.Store.Quarantine, clock)
        );
        await AddExhibitionAsync(0);
    }

    protected override ValueTask EndAsync()
    {
        cube.Dispose();
        refused.Dispose();
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<Change> AddExhibitionAsync(int site) =>
        Database.Store.Museums.UpsertExhibitionAsync(
            1,
            new ExhibitionFacts(
                $"EXH_{site:00}",
                $"{site}",
                $"Exhibition {site}",
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

    /// <summary>Commits refusals as a stream does, one a record.</summary>
    private async Task ConsumeAsync(params (string At, Reason Reason, string? Site)[] records)
    {
        var topic = new StreamIdentity(1, "cluster-1", "lmnh", "topic-1");
        var run = await Database.Store.Runs.StartAsync("consume", "", Cancel);
        await Database.Store.Partitions.StartAsync(topic, new Dictionary<int, long> { [0] = 0 }, Cancel);
        var claim = (await Database.Store.Partitions.ClaimAsync(topic, 0, "test", Cancel))!;
        await using var load = await Database.Store.Partitions.BeginAsync(
            [new PartitionMove(claim, claim.NextOffset + records.Length, 7, records.Length)],
            run,
            Cancel
        );
        foreach (var (index, record) in records.Index())
        {
            var at =
                (DateTimeOffset.Parse(record.At, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks
                / TimeSpan.TicksPerMicrosecond;
            load.Write(
                new Refusal(claim.SourceId, claim.NextOffset + index, record.Reason, "found it")
                {
                    Site = record.Site,
                    At = at,
                    PossibleHelp = record.Reason is Reason.InvalidType,
                }
            );
        }

        await load.CommitAsync(Cancel);
    }

    /// <summary>Day by day, what is counted is what is held.</summary>
    private async Task AgreesAsync(int held, string zone = "Europe/London")
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        var museum = (await cube.CurrentAsync(Cancel)).Museums[0];
        var records = await Database.QueryAsync(
            """
            select case when q.created_at < q.received_at then q.created_at else q.received_at end, coalesce(q.site, '-'), q.exhibition_id, q.reason,
                   case when q.possible_help then 'help' else '' end, case when q.support_type_id is null then '' else 'kind' end
            from quarantine q where q.museum_id = 1 and q.state = 'held'
            """
        );
        Assert.Equal(held, records.Count);
        var days = records
            .Select(record => record.Split('|', 2))
            .GroupBy(
                record =>
                    DateOnly.FromDateTime(
                        TimeZoneInfo
                            .ConvertTime(
                                DateTimeOffset.Parse(record[0], CultureInfo.InvariantCulture),
                                TimeZoneInfo.FindSystemTimeZoneById(zone)
                            )
                            .DateTime
                    ),
                record => record[1]
            )
            .ToDictionary(day => day.Key, day => day.Order(StringComparer.Ordinal).ToList());
        foreach (var (day, expected) in days)
            Assert.Equal(expected, await OfAsync(museum, day, day));
        Assert.Equal(
            records.Select(record => record.Split('|', 2)[1]).Order(StringComparer.Ordinal),
            await OfAsync(museum, Ever, Never)
        );
    }

    private async Task<IEnumerable<string>> OfAsync(MuseumCube museum, DateOnly from, DateOnly to) =>
        (await refused.OfAsync(museum.Museum, from, to, Cancel))
            .SelectMany(count =>
                Enumerable.Repeat(
                    $"{count.Site ?? "-"}|{count.ExhibitionId}|{count.Reason.Code()}|{(count.PossibleHelp ? "help" : "")}|{(count.KindKnown ? "kind" : "")}",
                    (int)count.Count
                )
            )
            .Order(StringComparer.Ordinal);

    [Fact]
    public async Task Counts_follow_loads_replacements_replays_and_a_reset()
    {
        await AgreesAsync(0);
        await LoadAsync(
            "2023-03-06 09:00:01,0,4,",
            "2023-03-06 10:00:00,9,3,",
            "2023-03-06 10:00:01,9,77,",
            "2023-03-07 10:00:00,0,-1,7",
            ",0,-1,1"
        );
        await AgreesAsync(4);
        await LoadAsync(
            "2023-03-06 09:00:01,0,4,",
            "2023-03-06 10:00:00,9,3,",
            "2023-03-08 10:00:01,9,77,",
            "2023-03-08 10:00:02,9,1,"
        );
        await AgreesAsync(3);

        // One is loaded after all, one is still refused, and for another reason.
        await AddExhibitionAsync(9);
        var replay = await new Replayer(
            Database.Store,
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(Reason.UnknownSite), dryRun: false, Cancel);
        Assert.True(replay.Ratings > 0);
        await AgreesAsync((int)await Database.NumberAsync("select count(*) from quarantine where state = 'held'"));

        await Database.Store.Maintenance.ResetInteractionsAsync(Cancel);
        await AgreesAsync(0);
    }

    [Fact]
    public async Task A_record_that_is_refused_for_another_reason_now_is_counted_under_it()
    {
        await LoadAsync("2023-03-06 10:00:00,9,77,", "2023-03-06 10:00:00,9,3,");
        await AgreesAsync(2);
        await Database.QueryAsync(
            "update quarantine set reason = 'unknown_site' where position = (select min(position) from quarantine)"
        );
        await AddExhibitionAsync(9);
        var replay = await new Replayer(
            Database.Store,
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new QuarantineFilter(null), dryRun: false, Cancel);
        Assert.Equal((1, 1), (replay.Ratings, replay.StillRefused));
        await AgreesAsync(1);
    }

    [Fact]
    public async Task Counts_follow_the_live_road_also_where_records_are_judged_again_meanwhile()
    {
        await ConsumeAsync(
            ("2024-07-01T22:59:59Z", Reason.InvalidVal, "0"),
            ("2024-07-01T23:00:00Z", Reason.InvalidVal, "0"),
            ("2024-07-01T23:00:00Z", Reason.InvalidType, null)
        );
        await AgreesAsync(3);
        await ConsumeAsync(
            ("2024-07-02T10:00:00Z", Reason.InvalidVal, "0"),
            ("2022-01-01T00:00:00Z", Reason.UnknownSite, "77")
        );
        await AgreesAsync(5);
        await ConsumeAsync();
        await AgreesAsync(5);
        await Database.QueryAsync("update quarantine set state = 'superseded' where reason = 'unknown_site'");
        await Database.QueryAsync(
            "update source set quarantined = quarantined - 1, skipped = skipped + 1, epoch = epoch + 1"
        );
        await ConsumeAsync(("2024-07-03T10:00:00Z", Reason.InvalidVal, "0"));
        await AgreesAsync(5);
    }

    [Fact]
    public async Task Of_a_stream_only_what_is_new_is_read()
    {
        await ConsumeAsync(("2024-07-01T10:00:00Z", Reason.InvalidVal, "0"));
        await AgreesAsync(1);
        // Without the ledger, so that only a reader of the old record could notice.
        await Database.QueryAsync("update quarantine set site = 'changed'");
        await ConsumeAsync(("2024-07-01T11:00:00Z", Reason.InvalidVal, "0"));
        clock.Advance(TimeSpan.FromSeconds(1));
        var museum = (await cube.CurrentAsync(Cancel)).Museums[0];
        Assert.Equal(
            [("0", 2L)],
            (await refused.OfAsync(museum.Museum, Ever, Never, Cancel)).Select(count => (count.Site!, count.Count))
        );
    }

    [Fact]
    public async Task Days_are_those_of_the_museums_zone_and_follow_it()
    {
        await ConsumeAsync(
            ("2024-07-01T22:30:00Z", Reason.InvalidVal, "0"),
            ("2024-01-01T23:30:00Z", Reason.InvalidVal, "0"),
            ("2024-10-27T23:59:59Z", Reason.InvalidVal, "0")
        );
        await AgreesAsync(3);
        await Database.Store.Museums.ChangeAsync("LMNH", m => m with { TimeZone = "Asia/Kathmandu" }, Cancel);
        await AgreesAsync(3, "Asia/Kathmandu");
    }

    [Fact]
    public async Task A_stranger_who_names_ten_thousand_sites_fills_no_memory()
    {
        var records = Enumerable
            .Range(0, 10_050)
            .Select(i => ("2024-07-01T10:00:00Z", Reason.UnknownSite, (string?)$"site {i}"))
            .ToArray();
        await ConsumeAsync(records);
        await ConsumeAsync(("2024-07-01T10:00:00Z", Reason.UnknownSite, new string('x', 5000)));
        var museum = (await cube.CurrentAsync(Cancel)).Museums[0];
        var counts = await refused.OfAsync(museum.Museum, Ever, Never, Cancel);
        Assert.Equal(10_001, counts.Count);
        Assert.Equal(10_051, counts.Sum(count => count.Count));
        Assert.Equal(51, counts.Single(count => count.Site == "…").Count);
    }
}
