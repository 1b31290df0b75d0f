using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Batches;

public sealed class SqliteTogetherTests() : TogetherContract(TestStore.SqliteAsync);

public sealed class PostgresTogetherTests(PostgresServer server)
    : TogetherContract(() => TestStore.PostgresAsync(server))
{
    [Fact]
    public async Task A_connection_that_is_cut_costs_nothing_but_time()
    {
        WriteFour();

        var (report, _) = await LoadAsync(beforeCommit: number =>
        {
            if (number == 0)
                Database
                    .QueryAsync(
                        "select pg_terminate_backend(pid) from pg_stat_activity "
                            + "where datname = current_database() and pid <> pg_backend_pid()"
                    )
                    .Wait(Cancel);
        });

        Assert.True(report.Balanced);
        await AssertHoldsAsync(Large + (3 * Small));
    }
}

/// <summary>Objects over the same hours, loaded in one transaction, over either database. The first is large and is
/// opened last, so that the others wait when it ends.</summary>
public abstract class TogetherContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    protected const int Large = 60_000;
    protected const int Small = 500;
    private static readonly LoadOptions Options = new(CleaningRules.History, TimeProvider.System) { MostSlices = 16 };
    private readonly string directory = Directory.CreateTempSubdirectory("museum-together-").FullName;

    protected override async ValueTask BeginAsync()
    {
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);
        ExhibitionFiles.Write(directory, 0, 1, 2);
    }

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(directory, name), content);

    /// <summary>Presses of four days, in no order, each at a time of this file's own.</summary>
    private static string Rows(int file, int count) => "at,site,val,type\n" + Body(file, count);

    private static string Body(int file, int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var place = i * 7919L % 60_013;
            var at = new DateTime(2023, 3, 6 + (int)(place % 4), 9, 0, 0, DateTimeKind.Unspecified)
                .AddSeconds(place / 4 % 3600 * 8)
                .AddSeconds(file);
            text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss},{i % 3},{i * 7 % 5},\n");
        }

        return text.ToString();
    }

    protected async Task<(RunReport Report, int Commits)> LoadAsync(
        int before = int.MaxValue,
        bool afterCommit = false,
        Action<int>? beforeCommit = null,
        int writers = 1
    )
    {
        var commits = 0;
        var failing = new FailingCommits(before, afterCommit, times: 1)
        {
            BeforeCommit = number =>
            {
                commits++;
                beforeCommit?.Invoke(number);
            },
        };
        var report = await new Loader(
            failing.Over(Database.Store) with
            {
                Writers = Math.Min(writers, Database.Store.Writers),
            },
            new FirstLast(new FolderBucket(directory), Directory.GetFiles(directory, "lmnh_hist_data_*").Length),
            Options,
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);
        return (report, commits);
    }

    protected async Task AssertHoldsAsync(long presses)
    {
        var status = await Database.Store.Maintenance.StatusAsync(Cancel);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal(presses, status.Ratings + status.Support);
        Assert.Equal(
            await Database.QueryAsync(
                "select source_id, count(*) from rating_instance group by source_id order by source_id"
            ),
            await Database.QueryAsync(
                "select source_id, ratings from source where ratings > 0 and state <> 'replaced' order by source_id"
            )
        );
    }

    protected void WriteFour()
    {
        Write("lmnh_hist_data_0.csv", Rows(0, Large));
        for (var file = 1; file < 4; file++)
            Write($"lmnh_hist_data_{file}.csv", Rows(file, Small));
    }

    [Fact]
    public async Task They_are_committed_together_and_each_has_its_own_row_in_the_ledger()
    {
        WriteFour();

        var (report, commits) = await LoadAsync();

        Assert.Equal(1, commits);
        Assert.Equal(4, report.Sources.Count);
        Assert.Equal(new Counts(Large + (3 * Small), Large + (3 * Small), 0, 0, 0, 0, 0), report.Counts);
        await AssertHoldsAsync(Large + (3 * Small));
        Assert.Equal(Large + (3 * Small), (await LoadAsync()).Report.Counts.Already);
    }

    [Fact]
    public async Task Objects_of_other_hours_are_not_among_them()
    {
        WriteFour();
        Write("lmnh_hist_data_4.csv", Rows(4, Small).Replace("2023-03", "2024-03", StringComparison.Ordinal));

        Assert.Equal(2, (await LoadAsync()).Commits);
        await AssertHoldsAsync(Large + (4 * Small));
    }

    [Fact]
    public async Task A_replacement_is_loaded_by_itself()
    {
        Write("lmnh_hist_data_0.csv", Rows(0, Small));
        await LoadAsync();
        WriteFour();

        Assert.Equal(2, (await LoadAsync()).Commits);
        await AssertHoldsAsync(Large + (3 * Small));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task If_the_commit_fails_each_is_loaded_by_itself_and_once(bool afterCommit)
    {
        WriteFour();

        var (report, commits) = await LoadAsync(before: 0, afterCommit);

        Assert.Equal(afterCommit ? 1 : 5, commits);
        Assert.True(report.Balanced);
        await AssertHoldsAsync(Large + (3 * Small));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_copy_and_a_merge_of_others_are_known_before_those_are_committed(int writers)
    {
        WriteFour();
        Write("lmnh_hist_data_2.csv", Rows(1, Small));
        Write("lmnh_hist_data_3.csv", Rows(0, Small) + Body(1, Small));
        Write("lmnh_hist_data_4.csv", Rows(0, Large));

        var (report, _) = await LoadAsync(writers: writers);

        Assert.Equal(["2.csv", "3.csv", "4.csv"], report.Aside.Select(aside => aside.Name[^5..]));
        Assert.All(report.Aside, aside => Assert.Equal("known", aside.State));
        await AssertHoldsAsync(Large + Small);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_costs_only_itself()
    {
        WriteFour();
        Write("lmnh_hist_data_2.csv", Rows(2, Small) + "2019-03-06 10:00:00,1,3,\n");
        await Database.AddRuleAsync("rating_instance", "{0}rating_created_at < '2020-01-01'");

        var (report, _) = await LoadAsync();

        Assert.Equal(1, report.Reasons["refused_by_database"]);
        Assert.Equal(Large + (3 * Small) + 1, report.Counts.Read);
        await AssertHoldsAsync(Large + (3 * Small));
    }

    [Fact]
    public async Task The_refusals_of_each_are_kept_under_its_own_number()
    {
        WriteFour();
        Write("lmnh_hist_data_1.csv", Rows(1, Small) + "2023-03-06 10:00:00,1,9,\n");
        Write("lmnh_hist_data_3.csv", Rows(3, Small) + "2023-03-06 10:00:00,1,8,\n2023-03-06 10:00:00,1,-1,1\n");

        var (report, commits) = await LoadAsync();

        Assert.Equal(1, commits);
        Assert.Equal(new Counts(Large + (3 * Small) + 3, Large + (3 * Small), 1, 2, 0, 0, 0), report.Counts);
        Assert.Equal(
            ["lmnh_hist_data_1.csv|502", "lmnh_hist_data_3.csv|502"],
            await Database.QueryAsync(
                "select s.name, q.position from quarantine q join source s using (source_id) order by 1"
            )
        );
        await AssertHoldsAsync(Large + (3 * Small) + 1);
    }

    /// <summary>A directory whose first history object opens after the others.</summary>
    private sealed class FirstLast(FolderBucket bucket, int files) : IBucket
    {
        private readonly TaskCompletionSource others = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int opened;

        public string Location => bucket.Location;

        public int Fetches => bucket.Fetches;

        public string Prefix => bucket.Prefix;

        public string Folder => bucket.Folder;

        public Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel) => bucket.ListAsync(cancel);

        public async Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel)
        {
            var isFirst = entry.Key.EndsWith("_0.csv", StringComparison.Ordinal);
            if (isFirst && opened < files - 1)
                await others.Task.WaitAsync(cancel);
            var content = await bucket.OpenAsync(entry, cancel);
            if (entry.Key.EndsWith(".csv", StringComparison.Ordinal) && Interlocked.Increment(ref opened) == files - 1)
                others.TrySetResult();
            return content;
        }

        public ValueTask DisposeAsync() => bucket.DisposeAsync();
    }
}
