using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Load.Verify;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Tests.Load.Batches;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Verify;

public sealed class SqliteVerifyTests() : VerifyContract(TestStore.SqliteAsync);

public sealed class PostgresVerifyTests(PostgresServer server) : VerifyContract(() => TestStore.PostgresAsync(server));

/// <summary>What <c>museum verify</c> finds, over either database: nothing in a clean one, and every planted
/// difference.</summary>
public abstract class VerifyContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-verify-").FullName;

    private string ArchivePath => Path.Combine(directory, "kiosks.ndjson");

    /// <summary>Two objects and an archive: ratings, calls for help, refusals of several kinds.</summary>
    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(Cancel);
        ExhibitionFiles.Write(directory, 0, 1, 2);
        File.WriteAllText(Path.Combine(directory, "lmnh_hist_data_0.csv"), Rows(0));
        File.WriteAllText(Path.Combine(directory, "lmnh_hist_data_1.csv"), Rows(7000));
        await new Loader(
            Database.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System) { Workers = 1 },
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, DryRun: false), null, Cancel);

        File.WriteAllText(ArchivePath, Messages());
        using var archive = await OpenArchiveAsync();
        await new ArchiveLoader(
            Database.Store,
            new StreamOptions(CleaningRules.Stream, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(archive, (await Database.Store.Museums.ListAsync(Cancel))[0], "", Cancel);
    }

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<Archive> OpenArchiveAsync() => Archive.OpenAsync(ArchivePath, Stream.Null, Path.GetTempPath(), Cancel);

    /// <summary>100 rows: line 21, 41 … a call for help, lines 102 to 104 refused.</summary>
    private static string Rows(int from)
    {
        var text = new StringBuilder("at,site,val,type\n");
        for (var i = 0; i < 100; i++)
        {
            var at = new DateTime(2023, 3, 6, 9, 0, 0, DateTimeKind.Unspecified).AddSeconds(from + (i * 7));
            text.Append(
                CultureInfo.InvariantCulture,
                $"{at:yyyy-MM-dd HH:mm:ss},{i % 3},{(i % 20 == 19 ? "-1,0.0" : $"{i * 7 % 5},")}\n"
            );
        }

        return text.Append("2023-03-06 10:00:00,99,3,\n2023-03-06 10:00:00,1,7,\nnonsense\n").ToString();
    }

    private static string Messages()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 50; i++)
        {
            var at = new DateTime(2024, 10, 21, 10, 0, 0, DateTimeKind.Unspecified).AddSeconds(i);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{{\"at\": \"{at:yyyy-MM-ddTHH:mm:ss}+01:00\", \"site\": \"{i % 3}\", \"val\": "
                    + $"{(i == 9 ? "-1, \"type\": 1" : "3")}}}\n"
            );
        }

        return text.Append("not json\n").ToString();
    }

    private async Task<VerifyReport> VerifyAsync(long? sample = null, Func<string, bool>? only = null)
    {
        using var archive = await OpenArchiveAsync();
        var options = new VerifyOptions(
            CleaningRules.History,
            CleaningRules.Stream,
            TimeProvider.System,
            new(place => new FolderBucket(place), null, Path.GetTempPath())
        )
        {
            Archives = only is null ? [archive] : [],
            Sample = sample,
            Only = only is null ? null : source => only(source.Row.Name),
        };
        return await new Verifier(Database.Store, options).RunAsync(Cancel);
    }

    [Fact]
    public async Task Nothing_is_found_in_a_clean_database_and_everything_was_compared()
    {
        var report = await VerifyAsync();

        Assert.Equal([], report.Differences);
        Assert.Equal((257L, 239L, 11L, 7L), (report.Compared, report.Ratings, report.Support, report.Refused));
        Assert.Equal([103L, 103L, 51L], report.Sources.OrderBy(s => s.Id).Select(s => s.Records));
        Assert.Empty(report.Unread);
        Assert.Equal(0, (await VerifyAsync(sample: 50)).Wrong);
    }

    [Fact]
    public async Task What_cannot_be_read_again_is_named_and_counted()
    {
        File.Delete(Path.Combine(directory, "lmnh_hist_data_1.csv"));

        var report = await VerifyAsync();

        Assert.Equal(0, report.Wrong);
        Assert.Contains("is gone", Assert.Single(report.Unread).Why, StringComparison.Ordinal);
        Assert.Equal(154, report.Compared);
        // Its rows were counted all the same.
        await Database.QueryAsync("delete from rating_instance where rating_instance_id = 20000000002");
        Assert.Equal(["counts", "counts"], (await VerifyAsync()).Differences.Select(d => d.Kind));
    }

    [Fact]
    public async Task A_part_is_verified_alone()
    {
        await Database.QueryAsync("delete from rating_instance where rating_instance_id = 20000000002");

        Assert.Equal(0, (await VerifyAsync(only: name => name.EndsWith("_0.csv", StringComparison.Ordinal))).Wrong);
        Assert.NotEqual(0, (await VerifyAsync(only: name => name.EndsWith("_1.csv", StringComparison.Ordinal))).Wrong);
    }

    /// <summary>The first object is source 1, the second 2, the archive 3; a key is the source and ten digits of the
    /// line.</summary>
    [Theory]
    [InlineData("missing", "_0.csv, line 2", "delete from rating_instance where rating_instance_id = 10000000002")]
    [InlineData("missing", "_1.csv, line 21", "delete from support_instance where support_instance_id = 20000000021")]
    [InlineData("missing", "_0.csv, line 102", "delete from quarantine where quarantine_id = 10000000102")]
    [InlineData("missing", ", line 5", "delete from rating_instance where rating_instance_id = 30000000005")]
    [InlineData(
        "missing",
        "_0.csv, line 102",
        "update quarantine set state = 'replayed' where quarantine_id = 10000000102"
    )]
    [InlineData(
        "different",
        "_0.csv, line 3",
        "update rating_instance set rating_type_id = rating_type_id % 5 + 1 where rating_instance_id = 10000000003"
    )]
    [InlineData(
        "different",
        "_0.csv, line 4",
        "update rating_instance set rating_created_at = '2023-03-06T10:59:59.000000Z' where rating_instance_id = "
            + "10000000004"
    )]
    [InlineData(
        "different",
        "_0.csv, line 5",
        "update rating_instance set exhibition_id = exhibition_id % 3 + 1 where rating_instance_id = 10000000005"
    )]
    [InlineData(
        "different",
        "_0.csv, line 6",
        "update rating_instance set source_id = 2 where rating_instance_id = 10000000006"
    )]
    [InlineData(
        "different",
        "_0.csv, line 7",
        "update rating_instance set position = 8 where rating_instance_id = 10000000007"
    )]
    [InlineData(
        "different",
        "_1.csv, line 21",
        "update support_instance set support_type_id = 2 where support_instance_id = 20000000021"
    )]
    [InlineData(
        "different",
        "_0.csv, line 104",
        "update quarantine set raw = substr(raw, 1, 3) where quarantine_id = 10000000104"
    )]
    [InlineData(
        "different",
        "_0.csv, line 2",
        "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, "
            + "support_type_id) select rating_instance_id, rating_created_at, position, exhibition_id, source_id, 1 "
            + "from rating_instance where rating_instance_id = 10000000002; delete from rating_instance where "
            + "rating_instance_id = 10000000002"
    )]
    [InlineData(
        "doubled",
        "_0.csv, line 2",
        "insert into support_instance (support_instance_id, instance_created_at, position, exhibition_id, source_id, "
            + "support_type_id) select rating_instance_id, rating_created_at, position, exhibition_id, source_id, 1 "
            + "from rating_instance where rating_instance_id = 10000000002"
    )]
    [InlineData(
        "doubled",
        "_0.csv, line 2",
        "insert into quarantine (quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, "
            + "raw_length, received_at, run_id) select 10000000002, museum_id, source_id, 2, reason, detail, "
            + "possible_help, raw, raw_length, received_at, run_id from quarantine where quarantine_id = 10000000102"
    )]
    [InlineData(
        "unexplained",
        "_0.csv, line 5000002",
        "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
            + "rating_type_id) select rating_instance_id + 5000000, rating_created_at, position + 5000000, "
            + "exhibition_id, source_id, rating_type_id from rating_instance where rating_instance_id = 10000000002"
    )]
    [InlineData(
        "unexplained",
        "row 9990000000002",
        "insert into rating_instance (rating_instance_id, rating_created_at, position, exhibition_id, source_id, "
            + "rating_type_id) select 9990000000002, rating_created_at, position, exhibition_id, 999, rating_type_id "
            + "from rating_instance where rating_instance_id = 10000000002"
    )]
    [InlineData("unexplained", "row 20000000002", "update source set state = 'replaced' where source_id = 2")]
    [InlineData(
        "counts",
        "rating_hourly",
        "update rating_hourly set presses = presses + 1 where exhibition_id = 1 and rating_type_id = 1"
    )]
    [InlineData("counts", "support_hourly", "delete from support_hourly where exhibition_id = 1")]
    [InlineData("counts", "rating_hourly", "insert into rating_hourly values (1, '2023-03-07T10:00:00Z', 1, 5)")]
    [InlineData("counts", "_0.csv", "update source set ratings = ratings + 1, read = read + 1 where source_id = 1")]
    [InlineData(
        "counts",
        "_0.csv",
        "update source set quarantined = quarantined - 1, skipped = skipped + 1 where source_id = 1"
    )]
    public async Task Every_planted_difference_is_found_with_its_place(string kind, string place, string sql)
    {
        await Database.QueryAsync(sql);

        var report = await VerifyAsync();

        Assert.Contains(report.Differences, d => d.Kind == kind && d.Place.Contains(place, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_somebody_changed_is_found()
    {
        var path = Path.Combine(directory, "lmnh_hist_data_1.csv");
        var written = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, Rows(7000).Replace(",0,4,", ",0,3,", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, written);

        var difference = Assert.Single((await VerifyAsync()).Differences);

        Assert.Equal("changed", difference.Kind);
        Assert.EndsWith("lmnh_hist_data_1.csv", difference.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trigger_that_drops_rows_is_found_out()
    {
        await Database.QueryAsync(
            Database is PostgresTestStore
                ? "create function drop_it() returns trigger language plpgsql as $$ begin return null; end $$; "
                    + "create trigger drops before insert on support_instance for each row execute function drop_it()"
                : "create trigger drops after insert on support_instance begin delete from support_instance where "
                    + "support_instance_id = new.support_instance_id; end"
        );
        File.WriteAllText(Path.Combine(directory, "lmnh_hist_data_2.csv"), Rows(20_000));
        await new Loader(
            Database.Store,
            new FolderBucket(directory),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, DryRun: false), null, Cancel);

        var report = await VerifyAsync();

        Assert.Equal(5, report.Kinds["missing"]);
    }
}
