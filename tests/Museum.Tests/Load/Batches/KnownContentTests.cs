using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Batches;

public sealed class SqliteKnownContentTests() : KnownContentContract(TestStore.SqliteAsync);

public sealed class PostgresKnownContentTests(PostgresServer server)
    : KnownContentContract(() => TestStore.PostgresAsync(server));

/// <summary>The same content under another name, and removing sources, over either database.</summary>
public abstract class KnownContentContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly LoadOptions Options = new(CleaningRules.History, TimeProvider.System);
    private static readonly OperatorMove Ann = new("ann", "sources remove", "");
    private readonly string root = Directory.CreateTempSubdirectory("museum-known-").FullName;

    protected override async ValueTask BeginAsync() =>
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);

    protected override ValueTask EndAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<RunReport> LoadAsync(
        string place = "a",
        bool again = false,
        bool recursive = false,
        bool dryRun = false,
        MuseumStore? store = null
    ) =>
        new Loader(
            store ?? Database.Store,
            new FolderBucket(Path.Combine(root, place), recursive),
            Options with
            {
                Again = again,
            },
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, dryRun), null, Cancel);

    private void Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private void WriteExhibitions(string place) => ExhibitionFiles.Write(Path.Combine(root, place), 0, 1, 2);

    /// <summary>Presses one second apart, from this second of the day on.</summary>
    private static string Rows(int count, int from = 0, string end = "\n") =>
        $"at,site,val,type{end}{Body(count, from, end)}";

    private static string Body(int count, int from, string end = "\n")
    {
        var text = new StringBuilder();
        for (var i = from; i < from + count; i++)
        {
            var at = new DateTime(2023, 3, 6, 9, 0, 0, DateTimeKind.Unspecified).AddSeconds(i);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{at:yyyy-MM-dd HH:mm:ss},{i % 3},{(i % 20 == 19 ? "-1,0.0" : $"{i * 7 % 5},")}{end}"
            );
        }

        return text.ToString();
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    private async Task AssertHoldsAsync(long presses)
    {
        var status = await Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal(presses, status.Ratings + status.Support);
    }

    private static string[] Aside(RunReport report) => [.. report.Aside.Select(a => $"{a.Name} {a.State}")];

    [Fact]
    public async Task A_copy_under_another_name_is_named_and_not_loaded_until_somebody_insists()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(500));
        await LoadAsync();
        Write("a/lmnh_hist_data_10.csv", Rows(500));
        Write("a/lmnh_hist_data_11.csv", Rows(500, 20_000));

        var report = await LoadAsync();

        Assert.Equal(["lmnh_hist_data_10.csv known"], Aside(report));
        Assert.EndsWith("a/lmnh_hist_data_0.csv", report.Aside[0].Detail, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, report.ExitCode);
        await AssertHoldsAsync(1000);
        Assert.Equal(["lmnh_hist_data_10.csv known"], Aside(await LoadAsync()));

        Assert.Empty((await LoadAsync(again: true)).Aside);
        await AssertHoldsAsync(1500);
        Assert.Empty((await LoadAsync()).Aside);
        await AssertHoldsAsync(1500);
    }

    [Fact]
    public async Task A_connection_that_is_cut_while_a_copy_is_noted_or_forgotten_costs_nothing_but_time()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(500));
        await LoadAsync();
        Write("a/lmnh_hist_data_10.csv", Rows(500));
        var store = Database.Store with
        {
            Ledger = CutOnce.Over(Database.Store.Ledger, nameof(ILedger.NoteKnownAsync), nameof(ILedger.ForgetAsync)),
        };

        Assert.Equal(["lmnh_hist_data_10.csv known"], Aside(await LoadAsync(store: store)));
        Assert.Empty((await LoadAsync(again: true, store: store)).Aside);

        await AssertHoldsAsync(1000);
        Assert.Empty((await LoadAsync()).Aside);
    }

    [Fact]
    public async Task A_dry_run_says_what_is_known_as_a_load_would()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(500));
        await LoadAsync();
        Write("a/lmnh_hist_data_1.csv", Rows(500, from: 1000));
        Write("a/lmnh_hist_data_2.csv", Rows(500, from: 1000, end: "\r\n"));
        Write("a/lmnh_hist_data_10.csv", Rows(500));

        var dry = await LoadAsync(dryRun: true);
        var real = await LoadAsync();
        var after = await LoadAsync(dryRun: true);

        string[] known = ["lmnh_hist_data_10.csv known", "lmnh_hist_data_2.csv known"];
        Assert.Equal(known, Aside(dry));
        Assert.Equal(known, Aside(real));
        Assert.Equal(known, Aside(after));
        Assert.Equal((500L, 500L), (dry.Counts.Read - dry.Counts.Already, real.Counts.Read - real.Counts.Already));
        Assert.Contains("lmnh_hist_data_0.csv", dry.Aside[0].Detail, StringComparison.Ordinal);
        await AssertHoldsAsync(1000);
    }

    [Fact]
    public async Task A_copy_in_the_same_load_is_found_too_whatever_the_workers_do()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(900));
        Write("a/lmnh_hist_data_1.csv", Rows(900));
        Write("a/lmnh_hist_data_2.csv", Rows(900, end: "\r\n"));
        Write("a/lmnh_hist_data_3.csv.gz", Gzip(Rows(900)));

        Assert.Equal(3, (await LoadAsync()).Aside.Count);
        await AssertHoldsAsync(900);
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("crlf")]
    [InlineData("gzip")]
    [InlineData("prefix")]
    [InlineData("merged")]
    [InlineData("appended to itself")]
    public async Task Known_content_is_found_in_another_place_in_any_dress(string dress)
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400));
        Write("a/lmnh_hist_data_1.csv", Rows(400, 400));
        await LoadAsync();
        Write(
            "b/lmnh_hist_data_7.csv",
            dress switch
            {
                "crlf" => Encoding.UTF8.GetBytes(Rows(400, end: "\r\n")),
                "gzip" => Gzip(Rows(400)),
                "prefix" => Encoding.UTF8.GetBytes(Rows(100)),
                "merged" => Encoding.UTF8.GetBytes(Rows(800)),
                "appended to itself" => Encoding.UTF8.GetBytes(
                    Rows(400) + string.Concat(Enumerable.Repeat(Body(400, 0), 31))
                ),
                _ => Encoding.UTF8.GetBytes(Rows(400)),
            }
        );

        Assert.Equal(["lmnh_hist_data_7.csv known"], Aside(await LoadAsync("b")));
        await AssertHoldsAsync(800);
    }

    [Fact]
    public async Task What_is_new_for_the_most_part_is_loaded_and_so_is_what_is_too_small_to_tell()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400));
        await LoadAsync();
        Write("b/lmnh_hist_data_1.csv", Rows(100) + Body(300, 5000));
        Write("b/lmnh_hist_data_2.csv", Rows(19));

        Assert.Empty((await LoadAsync("b")).Aside);
        await AssertHoldsAsync(819);
    }

    [Fact]
    public async Task A_changed_object_is_no_copy_of_what_it_replaces()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400));
        await LoadAsync();
        Write("a/lmnh_hist_data_0.csv", Rows(402));

        Assert.Empty((await LoadAsync()).Aside);
        await AssertHoldsAsync(402);
    }

    [Fact]
    public async Task A_file_that_repeats_itself_is_pointed_out_and_honest_doubles_are_not()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400) + string.Concat(Enumerable.Repeat(Body(400, 0), 31)));
        Write("a/lmnh_hist_data_1.csv", Rows(400, 9000) + Body(6, 9000));

        var repeats = Assert.Single((await LoadAsync()).Repeating);

        Assert.Equal(("lmnh_hist_data_0.csv", 12_400L, 12_800L), (repeats.Name, repeats.Repeats, repeats.Presses));
        Assert.Equal(
            [true, false],
            (await Database.Store.Ledger.ListAsync(Cancel)).OrderBy(s => s.Row.Name).Select(s => s.MostlyRepeats)
        );
    }

    [Fact]
    public async Task A_source_that_was_removed_takes_everything_with_it_and_stays_away()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400));
        Write("a/lmnh_hist_data_1.csv", Rows(300, 5000) + "2023-03-06 10:00:00,99,3,\n");
        await LoadAsync();
        var source = (await Database.Store.Ledger.ListAsync(Cancel)).Single(s => s.Row.Name.EndsWith("_1.csv"));

        var removed = await Database.Store.Ledger.RemoveAsync(source.Row.Id, Ann, Cancel);

        Assert.Equal((285L, 15L, 1L), (removed!.Ratings, removed.Support, removed.Quarantined));
        await AssertHoldsAsync(400);
        Assert.Equal(0, await Database.NumberAsync("select count(*) from quarantine"));
        Assert.Null(await Database.Store.Ledger.RemoveAsync(source.Row.Id, Ann, Cancel));
        var action = Assert.Single(await Database.Store.OperatorLog.ListAsync(9, Cancel));
        Assert.Equal(("ann", "sources remove"), (action.Who, action.Command));
        Assert.EndsWith("lmnh_hist_data_1.csv", action.Target, StringComparison.Ordinal);

        var report = await LoadAsync();
        Assert.Equal(["lmnh_hist_data_1.csv removed"], Aside(report));
        Assert.StartsWith("removed by ann on ", report.Aside[0].Detail, StringComparison.Ordinal);
        await AssertHoldsAsync(400);
        await LoadAsync(again: true);
        await AssertHoldsAsync(700);
        Assert.Empty((await LoadAsync()).Aside);
    }

    [Fact]
    public async Task What_was_known_is_checked_again_when_its_twin_is_removed()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(400));
        Write("b/lmnh_hist_data_5.csv", Rows(400));
        await LoadAsync();
        Assert.Single((await LoadAsync("b")).Aside);

        var source = Assert.Single(await Database.Store.Ledger.ListAsync(Cancel));
        await Database.Store.Ledger.RemoveAsync(source.Row.Id, Ann, Cancel);

        Assert.Empty((await LoadAsync("b")).Aside);
        await AssertHoldsAsync(400);
    }

    [Fact]
    public async Task A_packed_object_that_was_cut_is_refused_whole_and_the_others_are_loaded()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv.gz", Gzip(Rows(4000))[..^9]);
        Write("a/lmnh_hist_data_1.csv.gz", Gzip(Rows(400, 9000)));

        var report = await LoadAsync();

        Assert.Equal(["lmnh_hist_data_0.csv.gz damaged"], Aside(report));
        Assert.Equal(ExitCode.DataRefused, report.ExitCode);
        await AssertHoldsAsync(400);
    }

    [Fact]
    public async Task One_file_is_loaded_whatever_it_is_called_and_a_merge_alone_is_named()
    {
        WriteExhibitions("a");
        Write("a/lmnh_merged_hist_data.csv", Rows(400));

        var error = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync());
        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("museum load -b ", error.Message, StringComparison.Ordinal);
        Assert.Contains("a/lmnh_merged_hist_data.csv", error.Message, StringComparison.Ordinal);
        await AssertHoldsAsync(0);

        Assert.Equal(400, (await LoadAsync("a/lmnh_merged_hist_data.csv")).Counts.Read);
        await AssertHoldsAsync(400);
        Assert.Equal(400, (await LoadAsync("a/lmnh_merged_hist_data.csv")).Counts.Already);
        // The only thing that was asked for.
        Write("b/another.csv", Rows(400));
        error = await Assert.ThrowsAsync<MuseumException>(() => LoadAsync("b/another.csv"));
        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Contains("--again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exhibitions_alone_are_no_failure()
    {
        WriteExhibitions("a");

        Assert.Equal((ExitCode.Done, 3), ((await LoadAsync()).ExitCode, (await LoadAsync()).Exhibitions.Read));
    }

    [Fact]
    public async Task Folders_below_count_where_it_is_asked_for()
    {
        WriteExhibitions("a");
        Write("a/2023/march/lmnh_hist_data_0.csv", Rows(400));

        await LoadAsync();
        await AssertHoldsAsync(0);
        Assert.Equal(400, (await LoadAsync(recursive: true)).Counts.Read);
        Assert.Equal(400, (await LoadAsync(recursive: true)).Counts.Already);
        await AssertHoldsAsync(400);
    }

    [Fact]
    public async Task Refusals_are_let_go_of_with_a_reason_and_the_books_balance()
    {
        WriteExhibitions("a");
        Write("a/lmnh_hist_data_0.csv", Rows(40) + "2023-03-06 10:00:00,99,3,\n2023-03-06 10:00:00,98,3,\nnonsense\n");
        await LoadAsync();
        var held = await Database.Store.Quarantine.ListAsync(new QuarantineFilter(), Cancel);

        Assert.Equal(1, await Database.Store.Ledger.DiscardAsync(new(Id: held[0].Id), "a test press", Ann, Cancel));
        Assert.Equal(0, await Database.Store.Ledger.DiscardAsync(new(Id: held[0].Id), "again", Ann, Cancel));
        Assert.Equal(1, await Database.Store.Ledger.DiscardAsync(new(Reason.UnknownSite), "no such room", Ann, Cancel));

        await AssertHoldsAsync(40);
        Assert.Equal(1, (await Database.Store.Maintenance.StatusAsync(Cancel)).QuarantineHeld);
        var all = await Database.Store.Quarantine.ListAsync(new QuarantineFilter(State: null), Cancel);
        Assert.Equal(["a test press", "no such room", null], all.Select(row => row.Discarded));
        Assert.Equal("lmnh_hist_data_0.csv, line 42", all[0].Place);
        Assert.Equal(2, (await Database.Store.OperatorLog.ListAsync(9, Cancel)).Count);
        Assert.Equal(43, (await LoadAsync()).Counts.Already);
    }
}
