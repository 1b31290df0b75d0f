using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteFencingTests() : FencingContract(TestStore.SqliteAsync);

public sealed class PostgresFencingTests(PostgresServer server)
    : FencingContract(() => TestStore.PostgresAsync(server));

/// <summary>Acting on a source that another process has moved since is refused, and a decision about a refusal is
/// final.</summary>
public abstract class FencingContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private const string Rows =
        "at,site,val,type\n2023-03-06 10:00:00,0,3,\n2023-03-06 10:00:01,0,4,\n2023-03-06 10:00:02,7,2,\n";

    private readonly string directory = Directory.CreateTempSubdirectory("museum-fencing-").FullName;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(Cancel);
        await AddExhibitionAsync(0);
        Write(Rows);
    }

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string File => Path.Combine(directory, "lmnh_hist_data_0.csv");

    private void Write(string rows) => System.IO.File.WriteAllText(File, rows);

    private async Task AddExhibitionAsync(int site) =>
        await Database.Store.Museums.UpsertExhibitionAsync(
            1,
            new($"EXH_0{site}", $"{site}", $"Exhibition {site}", "1", "Zoology", new(2023, 2, 1), ""),
            Cancel
        );

    private Task<RunReport> LoadAsync(MuseumStore? store = null, int slice = 1000) =>
        new Loader(
            store ?? Database.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System, slice),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);

    private async Task<SourceRow> SourceAsync()
    {
        var location = (await Database.QueryAsync("select distinct location from source")).Single();
        return (await Database.Store.Sources.ListAsync(location, Cancel)).Single();
    }

    private async Task<Claim> ClaimAsync(string? version = null)
    {
        var source = await SourceAsync();
        var identity = new SourceIdentity(
            source.MuseumId,
            source.Kind,
            source.Location,
            source.Name,
            version ?? source.Version,
            source.Size
        );
        return await Database.Store.Sources.ClaimAsync(identity, Cancel)
            ?? throw new InvalidOperationException("not claimed");
    }

    /// <summary>As a replay moves it that somebody else has run meanwhile.</summary>
    private async Task SomebodyMovesItAsync() => await Database.QueryAsync("update source set epoch = epoch + 1");

    [Fact]
    public async Task A_source_that_somebody_moved_since_the_claim_is_not_entered()
    {
        await LoadAsync();
        await using var claim = await ClaimAsync();
        Assert.NotNull(claim.Current);
        await SomebodyMovesItAsync();

        var run = await Database.Store.Runs.StartAsync("load", "", Cancel);
        Assert.Null(await Database.Store.Sources.BeginAsync(claim, run, Cancel));
    }

    [Fact]
    public async Task A_version_that_somebody_moved_since_the_claim_is_not_retired()
    {
        await LoadAsync();
        await using var claim = await ClaimAsync("another");
        Assert.NotNull(claim.Replaced);
        await SomebodyMovesItAsync();

        var run = await Database.Store.Runs.StartAsync("load", "", Cancel);
        Assert.Null(await Database.Store.Sources.BeginAsync(claim, run, Cancel));
        Assert.Equal(2, await Database.NumberAsync("select count(*) from rating_instance"));
        Assert.Equal(["loaded"], await Database.QueryAsync("select state from source"));
    }

    [Fact]
    public async Task A_source_that_somebody_moved_since_it_was_read_is_not_extended()
    {
        await LoadAsync();
        var source = await SourceAsync();
        await SomebodyMovesItAsync();

        await Database.Store.Sources.ExtendAsync(source, "grown", source.Size + 100, Cancel);

        var now = await SourceAsync();
        Assert.Equal((source.Version, source.Size, SourceState.Loaded), (now.Version, now.Size, now.State));
    }

    [Fact]
    public async Task A_refusal_is_released_once()
    {
        await LoadAsync();
        await AddExhibitionAsync(7);
        var source = await SourceAsync();
        var exhibition = (int)await Database.NumberAsync("select exhibition_id from exhibition where site = '7'");
        var at = new DateTimeOffset(2023, 3, 6, 10, 0, 2, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        var press = new KioskEvent(source.Id, 4, exhibition, PressKind.Rating, 3, at);
        var run = await Database.Store.Runs.StartAsync("quarantine replay", "", Cancel);

        Assert.Equal(new ReplayCounts(1, 0, 0), await Database.Store.Quarantine.ReplayAsync(run, [press], [], Cancel));
        Assert.Equal(new ReplayCounts(0, 0, 0), await Database.Store.Quarantine.ReplayAsync(run, [press], [], Cancel));

        Assert.Equal(3, await Database.NumberAsync("select count(*) from rating_instance"));
        Assert.True((await Database.Store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task A_refusal_that_was_replayed_is_not_superseded_by_a_new_version()
    {
        await A_refusal_is_released_once();

        Write(Rows + "2023-03-06 10:00:03,0,1,\n2023-03-06 10:00:04,8,1,\n");
        await LoadAsync();
        Write(Rows + "2023-03-06 10:00:03,0,1,\n");
        await LoadAsync();

        Assert.Equal(
            ["replayed|1", "superseded|1"],
            await Database.QueryAsync("select state, count(*) from quarantine group by 1 order by 1")
        );
    }

    [Fact]
    public async Task An_object_that_changes_while_it_is_read_is_not_loaded_as_what_it_was()
    {
        var grown = Rows + string.Concat(Enumerable.Range(3, 7).Select(Row));
        Write(grown);
        var commits = new FailingCommits(int.MaxValue)
        {
            BeforeCommit = commit =>
            {
                if (commit == 0)
                    Write(grown.Replace(",0,3,", ",0,1,", StringComparison.Ordinal) + Row(10));
            },
        };

        await LoadAsync(commits.Over(Database.Store), slice: 4);

        // It was listed and read again, as what it is now.
        Assert.Equal(10, await Database.NumberAsync("select count(*) from rating_instance"));
        Assert.Equal(1, await Database.NumberAsync("select count(*) from rating_info where rating_type_value = 1"));

        static string Row(int second) =>
            string.Create(CultureInfo.InvariantCulture, $"2023-03-06 10:00:{second:00},0,2,\n");
    }
}
