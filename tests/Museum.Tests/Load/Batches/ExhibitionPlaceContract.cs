using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Batches;

public sealed class SqliteExhibitionPlaceTests() : ExhibitionPlaceContract(TestStore.SqliteAsync);

public sealed class PostgresExhibitionPlaceTests(PostgresServer server)
    : ExhibitionPlaceContract(() => TestStore.PostgresAsync(server));

/// <summary>Ten seconds of another museum's bucket once renamed all six exhibitions of a real one.</summary>
public abstract class ExhibitionPlaceContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("museum-places-");

    protected override async ValueTask BeginAsync() =>
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);

    protected override ValueTask EndAsync()
    {
        root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Another_place_that_contradicts_is_refused_whole()
    {
        Write("ours", "Adaptation", "1,4");
        Write("theirs", "The Beetle Vault", "1,0");
        await LoadAsync("ours");

        var refused = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("theirs"));
        var trial = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("theirs", dryRun: true));

        Assert.Equal((ExitCode.DataRefused, ExitCode.DataRefused), (refused.ExitCode, trial.ExitCode));
        Assert.Contains(
            $"lmnh_exhibition_e.json: EXHIBITION_NAME: found \"The Beetle Vault\", but EXH_01 is \"Adaptation\" by "
                + Place("ours"),
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--rename-exhibitions", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["Adaptation|1"], await PressesAsync());
    }

    [Fact]
    public async Task A_copy_that_agrees_is_welcome_and_leaves_the_exhibition_to_its_own_place()
    {
        Write("ours", "Adaptation", "1,4");
        Write("copy", "Adaptation", "1,3");
        await LoadAsync("ours");
        await LoadAsync("copy");

        Write("ours", "Adaptation, once more", "1,4");
        var report = await LoadAsync("ours");

        Assert.Equal(1, report.Exhibitions.Changed);
        Assert.Equal(["Adaptation, once more|2"], await PressesAsync());
        Assert.Contains(
            "found \"Adaptation\", but EXH_01 is \"Adaptation, once more\"",
            (await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("copy"))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Whoever_asks_for_it_renames_and_owns_the_exhibition_from_then_on()
    {
        Write("ours", "Adaptation", "1,4");
        Write("moved", "Adaptation II", "1,3");
        await LoadAsync("ours");

        var report = await LoadAsync("moved", rename: true);
        var again = await LoadAsync("moved");

        Assert.Equal((1, 1), (report.Exhibitions.Changed, again.Exhibitions.Unchanged));
        Assert.Equal(["Adaptation II|2"], await PressesAsync());
        await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("ours"));
    }

    [Fact]
    public async Task Of_an_exhibition_from_before_places_were_kept_the_place_of_its_history_is_its_own()
    {
        Write("ours", "Adaptation", "1,4");
        Write("theirs", "The Beetle Vault", "1,0");
        await LoadAsync("ours");
        await Database.QueryAsync("update exhibition set described_by = null");

        await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("theirs"));
        Write("ours", "Adaptation, once more", "1,4");
        var report = await LoadAsync("ours");

        Assert.Equal(1, report.Exhibitions.Changed);
        Assert.Equal([Place("ours")], await Database.QueryAsync("select described_by from exhibition"));
    }

    [Fact]
    public async Task A_file_that_is_far_too_long_is_refused_and_the_others_are_loaded()
    {
        Write("ours", "Adaptation", "1,4");
        File.WriteAllText(
            Path.Combine(root.FullName, "ours", "lmnh_exhibition_long.json"),
            new string(' ', (1 << 20) + 1)
        );

        var report = await LoadAsync("ours");

        Assert.Contains("bytes, expected at most", Assert.Single(report.Exhibitions.Refused), StringComparison.Ordinal);
        Assert.Equal(["Adaptation|1"], await PressesAsync());
    }

    [Fact]
    public async Task A_limited_load_is_stopped_whole_by_a_record_that_the_database_refuses()
    {
        Write("ours", "Adaptation", "1,4");
        await Database.AddRuleAsync("rating_instance", "{0}rating_type_id > 0");

        var stopped = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("ours", rows: 5));

        Assert.Equal(ExitCode.Service, stopped.ExitCode);
        Assert.Contains(
            "A replaced or limited object is loaded as a whole, so that one record that the database refuses",
            stopped.Message,
            StringComparison.Ordinal
        );
    }

    private Task<RunReport> LoadAsync(string name, bool dryRun = false, bool rename = false, long? rows = null) =>
        new Loader(
            Database.Store,
            new FolderBucket(Path.Combine(root.FullName, name)),
            new LoadOptions(CleaningRules.History, TimeProvider.System) { RenameExhibitions = rename },
            NullLogger.Instance
        ).RunAsync(new LoadRequest(rows, dryRun), null, Cancel);

    private string Place(string name) => new FolderBucket(Path.Combine(root.FullName, name)).Location;

    private Task<List<string>> PressesAsync() =>
        Database.QueryAsync("select exhibition_name, count(*) from rating_info group by 1 order by 1");

    private void Write(string place, string exhibition, string press)
    {
        var folder = root.CreateSubdirectory(place).FullName;
        File.WriteAllText(
            Path.Combine(folder, "lmnh_exhibition_e.json"),
            $$"""
            {"EXHIBITION_NAME":"{{exhibition}}","EXHIBITION_ID":"EXH_01","FLOOR":"1","DEPARTMENT":"Zoology","START_DATE":"01/02/23","DESCRIPTION":"…"}
            """
        );
        File.WriteAllText(
            Path.Combine(folder, "lmnh_hist_data_0.csv"),
            $"at,site,val,type\n2023-03-06 10:00:00,{press},\n"
        );
    }
}
