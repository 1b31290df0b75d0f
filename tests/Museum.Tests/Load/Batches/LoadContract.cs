using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Faults;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Load.Batches;

public sealed class SqliteLoadTests() : LoadContract(TestStore.SqliteAsync);

public sealed class PostgresLoadTests(PostgresServer server) : LoadContract(() => TestStore.PostgresAsync(server));

/// <summary>What a load does, over either database.</summary>
public abstract class LoadContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private readonly string directory = Directory.CreateTempSubdirectory("museum-load-").FullName;

    protected override async ValueTask BeginAsync() =>
        await Database.Store.Maintenance.MigrateAsync(CancellationToken.None);

    protected override ValueTask EndAsync()
    {
        Directory.Delete(directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static readonly LoadOptions Options = new(CleaningRules.History, TimeProvider.System);

    private Task<RunReport> LoadAsync(
        string? from = null,
        long? numRows = null,
        LoadOptions? options = null,
        bool dryRun = false,
        MuseumStore? store = null
    ) =>
        new Loader(
            store ?? Database.Store,
            new FolderBucket(from ?? directory),
            options ?? Options,
            NullLogger.Instance
        ).RunAsync(new LoadRequest(numRows, dryRun), null, Cancel);

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(directory, name), content);

    private void WriteExhibitions(params int[] sites) => ExhibitionFiles.Write(directory, sites);

    private static string Rows(int count, int seed = 0)
    {
        var text = new StringBuilder("at,site,val,type\n");
        for (var i = 0; i < count; i++)
        {
            var at = new DateTime(2023, 3, 6, 9, 0, 0, DateTimeKind.Unspecified).AddSeconds(((i + seed) * 37) % 30_000);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{at:yyyy-MM-dd HH:mm:ss},{(i + seed) % 3},{(i % 20 == 19 ? "-1,0.0" : $"{(i * 7) % 5},")}\n"
            );
        }

        return text.ToString();
    }

    private async Task AssertBalancedAsync()
    {
        var status = await Database.Store.Maintenance.StatusAsync(CancellationToken.None);
        Assert.True(status.Balanced, status.ToString());
        Assert.Equal(
            await Database.QueryAsync(
                $"select exhibition_id, rating_type_id, count(*) from rating_instance group by 1, 2 order by 1, 2"
            ),
            await Database.QueryAsync(
                $"select exhibition_id, rating_type_id, cast(sum(presses) as bigint) from rating_hourly group by "
                    + $"1, 2 order by 1, 2"
            )
        );
    }

    private Task<List<string>> MeansAsync() =>
        Database.QueryAsync(
            "select e.site, avg(1.0 * t.rating_type_value) from rating_instance r join rating_type t using "
                + "(rating_type_id) join exhibition e using (exhibition_id) group by 1 order by 1"
        );

    private Task<List<string>> HelpAsync() =>
        Database.QueryAsync("select support_description, count(*) from support_info group by 1 order by 1");

    private Task<List<string>> EmergenciesAsync() =>
        Database.QueryAsync("select distinct exhibition_name, floor from support_info where support_type_value = 1");

    private Task<List<string>> FirstAndLastAsync() =>
        Database.QueryAsync(
            "select min(at), max(at) from (select rating_created_at as at from rating_instance union all "
                + "select instance_created_at from support_instance) as all_events"
        );

    [Fact]
    public async Task A_days_history_loads_as_it_is_counted_by_hand_and_again_changes_nothing()
    {
        var (rows, votes, help) = (Samples.Number("rows"), Samples.Number("votes"), Samples.Number("help"));

        var first = await LoadAsync(Samples.Day);

        Assert.Equal(new Counts(rows, votes, help, 0, 0, 0, 0), first.Counts);
        Assert.Equal((6, 6), (first.Exhibitions.Read, first.Exhibitions.Created));
        Assert.Equal(["lmnh_hist_data_all.csv", "lms_exhibition_ropes.json", "notes.txt"], first.IgnoredObjects);
        Assert.Equal(4, first.Sources.Count);
        Assert.Equal(Enumerable.Range(0, 5).Select(site => $"{site}|{Samples.Mean(site)}"), await MeansAsync());
        var emergencies = Samples.Number("emergencies");
        Assert.Equal([$"Assistance|{help - emergencies}", $"Emergency|{emergencies}"], await HelpAsync());
        Assert.Equal(["The Collector's Cabinet|2"], await EmergenciesAsync());
        var last = Samples.Instant("last").Replace("Z", ".000000Z", StringComparison.Ordinal);
        Assert.Equal(
            [Samples.Instant("first").Replace("Z", ".000000Z", StringComparison.Ordinal) + "|" + last],
            await FirstAndLastAsync()
        );
        await AssertBalancedAsync();

        var second = await LoadAsync(Samples.Day);

        Assert.Equal(new Counts(rows, 0, 0, 0, rows, 0, 0), second.Counts);
        Assert.Equal(6, second.Exhibitions.Unchanged);
        Assert.All(second.Sources, source => Assert.Equal("already", source.State));
        Assert.Equal(votes, await Database.NumberAsync("select count(*) from rating_instance"));
    }

    [Fact]
    public async Task The_real_history_loads_as_the_contract_says()
    {
        var report = await LoadAsync(RealData.Bucket);

        Assert.Equal(new Counts(2137, 2064, 73, 0, 0, 0, 0), report.Counts);
        Assert.Equal(["lmnh_hist_data_all.csv", "lms_exhibition_planets.json", "notes.txt"], report.IgnoredObjects);
        Assert.Equal(["0|1.92", "1|1.93", "2|1.43", "3|2.83", "4|1.22"], await MeansAsync());
        Assert.Equal(["Assistance|71", "Emergency|2"], await HelpAsync());
        Assert.Equal(["The Crenshaw Collection|2"], await EmergenciesAsync());
        Assert.Equal(["2023-03-06T08:30:34.000000Z|2023-03-06T18:14:25.000000Z"], await FirstAndLastAsync());
    }

    [Fact]
    public async Task A_changed_object_replaces_its_own_rows_and_no_others()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(100));
        Write("lmnh_hist_data_1.csv", Rows(100, seed: 5));
        await LoadAsync();
        // Which of the two is first depends on the workers.
        const string Other =
            "select rating_instance_id, rating_created_at from rating_instance join source using (source_id) "
            + "where name = 'lmnh_hist_data_1.csv' order by 1";
        var other = await Database.QueryAsync(Other);

        Write("lmnh_hist_data_0.csv", Rows(90));
        var report = await LoadAsync();

        Assert.Equal(["replaced", "already"], report.Sources.Select(s => s.State));
        Assert.Equal(new Counts(190, 86, 4, 0, 100, 0, 0), report.Counts);
        Assert.Equal(
            190,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
        Assert.Equal(other, await Database.QueryAsync(Other));
        await AssertBalancedAsync();

        Write("lmnh_hist_data_0.csv", Rows(100));
        Assert.Equal(new Counts(200, 95, 5, 0, 100, 0, 0), (await LoadAsync()).Counts);
        await AssertBalancedAsync();
    }

    /// <summary>Two objects whose presses lie in the same four thousand hours, replaced at the same time: what each adds
    /// to and takes from a count meets the other's, and counts that nobody has presses for disappear.</summary>
    [Fact]
    public async Task Objects_of_many_hours_replaced_side_by_side_leave_counts_that_equal_the_rows()
    {
        WriteExhibitions(0, 1, 2);
        for (var round = 0; round < 3; round++)
        {
            Write("lmnh_hist_data_0.csv", Hours(4000, step: round + 1));
            Write("lmnh_hist_data_1.csv", Hours(4000, step: 7 - round));
            var report = await LoadAsync(options: Options with { Workers = 2 });

            Assert.Equal(8000, report.Counts.Ratings);
            Assert.Empty(await Database.QueryAsync("select * from rating_hourly where presses <= 0"));
            Assert.Equal(
                await Database.QueryAsync(
                    $"select exhibition_id, {Database.HourOf("rating_created_at")}, rating_type_id, count(*) "
                        + "from rating_instance group by 1, 2, 3 order by 1, 2, 3"
                ),
                await Database.QueryAsync(
                    "select exhibition_id, hour, rating_type_id, presses from rating_hourly order by 1, 2, 3"
                )
            );
            await AssertBalancedAsync();
        }
    }

    [Fact]
    public async Task A_count_that_somebody_deleted_does_not_stop_a_replacement()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Hours(4000, step: 1));
        await LoadAsync();
        await Database.QueryAsync("delete from rating_hourly where hour < (select max(hour) from rating_hourly)");
        Write("lmnh_hist_data_0.csv", Hours(4000, step: 3));

        Assert.Equal(4000, (await LoadAsync()).Counts.Ratings);
        Assert.Equal(4000, await Database.NumberAsync("select count(*) from rating_instance"));
    }

    /// <summary>A press every so many hours, each second one at another exhibition.</summary>
    private static string Hours(int count, int step)
    {
        var text = new StringBuilder("at,site,val,type\n");
        for (var i = 0; i < count; i++)
        {
            var (day, hour) = (i * step / 8, 9 + (i * step % 8));
            var at = new DateTime(2020, 1, 1, hour, i % 60, 0, DateTimeKind.Unspecified).AddDays(day % 600);
            text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss},{i % 3},{i * step % 5},\n");
        }

        return text.ToString();
    }

    [Fact]
    public async Task A_limited_load_takes_the_first_rows_and_a_full_one_completes_it_without_doubling()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(100));
        Write("lmnh_hist_data_1.csv", Rows(100, seed: 5));

        Assert.Equal(new Counts(200, 7, 7, 0, 0, 186, 0), (await LoadAsync(numRows: 7)).Counts);
        await AssertBalancedAsync();
        Assert.Equal(new Counts(200, 0, 0, 0, 14, 186, 0), (await LoadAsync(numRows: 7)).Counts);
        Assert.Equal(new Counts(200, 183, 3, 0, 14, 0, 0), (await LoadAsync()).Counts);
        await AssertBalancedAsync();
        Assert.Equal(new Counts(200, 0, 0, 0, 200, 0, 0), (await LoadAsync()).Counts);
        Assert.Equal(190, await Database.NumberAsync("select count(*) from rating_instance"));
    }

    [Fact]
    public async Task A_replay_marks_what_an_earlier_version_did_not_take_for_a_call_for_help()
    {
        WriteExhibitions(0);
        Write("lmnh_hist_data_0.csv", "at,site,val,type\n2023-03-06 10:00:00,99,-1,1\n2023-03-06 10:00:01,99,3,\n");
        await LoadAsync();
        await Database.QueryAsync("update quarantine set possible_help = false");
        await Database.QueryAsync("update source set possible_help = 0");
        var replayer = new Replayer(Database.Store, Options, NullLogger.Instance);

        await replayer.RunAsync(new QuarantineFilter(), dryRun: false, Cancel);
        await replayer.RunAsync(new QuarantineFilter(), dryRun: false, Cancel);

        Assert.Equal(1, await Database.NumberAsync("select count(*) from quarantine where possible_help"));
        Assert.Equal(1, await Database.NumberAsync("select possible_help from source"));
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task Refused_rows_are_kept_and_loaded_once_when_their_exhibition_arrives()
    {
        WriteExhibitions(0, 1);
        Write("lmnh_hist_data_0.csv", Rows(100));

        var report = await LoadAsync();
        Assert.Equal(33, report.Reasons["unknown_site"]);
        Assert.Equal(33, report.Counts.Quarantined);
        var row = (
            await Database.Store.Quarantine.ListAsync(new QuarantineFilter(Most: 1), CancellationToken.None)
        ).Single();
        Assert.Equal(
            ("lmnh_hist_data_0.csv", 4L, "2023-03-06 09:01:14,2,4,"),
            (row.SourceName, row.Position, Encoding.UTF8.GetString(row.Raw))
        );
        await AssertBalancedAsync();

        WriteExhibitions(2);
        Assert.Equal(100, (await LoadAsync()).Counts.Already);
        var replayer = new Replayer(Database.Store, Options, NullLogger.Instance);
        Assert.Equal(
            33,
            (await replayer.RunAsync(new QuarantineFilter(), dryRun: true, CancellationToken.None)).Ratings
                + (await replayer.RunAsync(new QuarantineFilter(), dryRun: true, CancellationToken.None)).Support
        );
        var replay = await replayer.RunAsync(
            new QuarantineFilter(Reason.UnknownSite),
            dryRun: false,
            CancellationToken.None
        );
        Assert.Equal((33, 33, 0), (replay.Replayed, replay.Ratings + replay.Support, replay.StillRefused));
        await AssertBalancedAsync();

        Assert.Equal(
            0,
            (await replayer.RunAsync(new QuarantineFilter(), dryRun: false, CancellationToken.None)).Replayed
        );
        Assert.Equal(
            100,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
    }

    [Fact]
    public async Task Every_bad_file_is_judged_record_by_record()
    {
        var files = FaultBucket.Write(directory);

        var report = await LoadAsync(options: Options with { Breaker = new(Share: 1.1), Again = true });

        Assert.Equal(FaultBucket.Exhibitions.Count(e => !e.Accepted), report.Exhibitions.Refused.Count);
        var seen = (
            await Database.QueryAsync(
                """
                select s.name, e.position, e.kind from (
                  select source_id, position, 'Rating' as kind from rating_instance
                  union all select source_id, position, 'Support' from support_instance
                  union all select source_id, position, reason || case when possible_help then ' help' else '' end from quarantine) as e
                join source s using (source_id)
                """
            )
        ).Order(StringComparer.Ordinal);
        var expected = files.SelectMany(
            (file, number) =>
                file.Records.Select(record =>
                    $"{FaultBucket.FileName(number)}|{record.Line}|{record.Loaded?.ToString() ?? record.Reason!.Value.Code() + (record.PossibleHelp ? " help" : "")}"
                )
        );
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen);
        Assert.True(report.Balanced);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task An_interrupted_load_continues_from_its_last_commit()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(1000));
        var failing = new FailingCommits(3).Over(Database.Store);

        await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync(store: failing, options: Options with { SliceRecords = 100, Patience = TimeSpan.Zero })
        );
        Assert.Equal(
            300,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
        await AssertBalancedAsync();

        Assert.Equal(
            new Counts(1000, 665, 35, 0, 300, 0, 0),
            (await LoadAsync(options: Options with { SliceRecords = 100 })).Counts
        );
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task Rows_in_no_order_of_time_are_counted_once_for_many_slices()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(1000));
        var failing = new FailingCommits(0).Over(Database.Store);

        // A thousand presses in as many hours: one commit would do, and it fails.
        await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync(
                store: failing,
                options: Options with
                {
                    SliceRecords = 100,
                    MostSlices = 16,
                    Patience = TimeSpan.Zero,
                }
            )
        );
        await AssertBalancedAsync();

        var fourth = new FailingCommits(1).Over(Database.Store);
        await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync(
                store: fourth,
                options: Options with
                {
                    SliceRecords = 100,
                    MostSlices = 4,
                    Patience = TimeSpan.Zero,
                }
            )
        );
        Assert.Equal(
            400,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
        Assert.True((await LoadAsync(options: Options with { SliceRecords = 100, MostSlices = 4 })).Balanced);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task A_commit_that_succeeded_without_saying_so_is_not_repeated()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(1000));
        var failing = new FailingCommits(3, afterCommit: true, times: 2).Over(Database.Store);

        Assert.Equal(
            new Counts(1000, 950, 50, 0, 0, 0, 0),
            (await LoadAsync(store: failing, options: Options with { SliceRecords = 100 })).Counts
        );
        await AssertBalancedAsync();

        Write("lmnh_hist_data_0.csv", Rows(900));
        var again = new FailingCommits(0, afterCommit: true, times: 1).Over(Database.Store);
        Assert.Equal(new Counts(900, 855, 45, 0, 0, 0, 0), (await LoadAsync(store: again)).Counts);
        Assert.Equal(new Counts(900, 0, 0, 0, 900, 0, 0), (await LoadAsync()).Counts);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task Several_loads_at_once_share_a_bucket_each_object_once()
    {
        WriteExhibitions(0, 1, 2);
        for (var number = 0; number < 40; number++)
            Write($"lmnh_hist_data_{number}.csv", Rows(50, number * 50));

        var reports = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var store = Database.Another();
                        return await LoadAsync(store: store);
                    })
                )
        );

        Assert.All(reports, report => Assert.Equal(2000, report.Counts.Read));
        Assert.Equal(2000, reports.Sum(report => report.Counts.Ratings + report.Counts.Support));
        Assert.Equal(
            2000,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task The_breaker_stops_a_bucket_that_is_refused_almost_whole_and_keeps_what_was_refused()
    {
        WriteExhibitions(0);
        Write("lmnh_hist_data_0.csv", Rows(600).Replace(",0,", ",9,", StringComparison.Ordinal));
        Write("lmnh_hist_data_1.csv", Rows(600));

        var error = await Assert.ThrowsAsync<BreakerException>(() => LoadAsync(options: Options with { Workers = 1 }));

        Assert.Equal(ExitCode.DataRefused, error.ExitCode);
        Assert.Equal(600, await Database.NumberAsync("select count(*) from quarantine"));
        Assert.Equal(RunState.Stopped, (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single().State);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task A_bucket_with_nothing_of_ours_is_an_error()
    {
        Write("notes.txt", "nothing");
        Assert.Equal(ExitCode.DataRefused, (await Assert.ThrowsAsync<MuseumException>(() => LoadAsync())).ExitCode);
    }

    [Fact]
    public async Task A_dry_run_gives_the_verdicts_and_writes_nothing()
    {
        WriteExhibitions(0, 1);
        Write("lmnh_hist_data_0.csv", Rows(100));

        var report = await LoadAsync(dryRun: true);

        Assert.Equal((100, 33), (report.Counts.Read, report.Counts.Quarantined));
        Assert.True(report.Balanced);
        Assert.Equal(
            0,
            await Database.NumberAsync(
                "select (select count(*) from run) + (select count(*) from source) + (select count(*) from exhibition)"
            )
        );
    }

    [Fact]
    public async Task A_vanished_object_keeps_its_rows_and_is_reported()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(10));
        Write("lmnh_hist_data_1.csv", Rows(10));
        await LoadAsync();
        File.Delete(Path.Combine(directory, "lmnh_hist_data_0.csv"));

        var report = await LoadAsync();

        Assert.Equal(["lmnh_hist_data_0.csv"], report.VanishedObjects);
        Assert.Equal(10, report.Counts.Already);
        Assert.Equal(
            20,
            await Database.NumberAsync(
                "select (select count(*) from rating_instance) + (select count(*) from support_instance)"
            )
        );
    }

    [Fact]
    public async Task A_changed_exhibition_file_changes_its_row_and_events_keep_it_from_being_deleted()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(10));
        await LoadAsync();
        var file = Path.Combine(directory, "lmnh_exhibition_e1.json");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("\"FLOOR\":\"1\"", "\"FLOOR\":\"Vault\"", StringComparison.Ordinal)
        );

        var report = await LoadAsync();

        Assert.Equal((1, 2), (report.Exhibitions.Changed, report.Exhibitions.Unchanged));
        Assert.Equal(
            ["Vault"],
            await Database.QueryAsync("select floor from exhibition_info where public_id = 'EXH_01'")
        );
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            Database.QueryAsync("delete from exhibition where public_id = 'EXH_01'")
        );
    }

    [Fact]
    public async Task A_row_that_only_the_database_refuses_is_found_and_quarantined()
    {
        WriteExhibitions(0, 1, 2);
        Write(
            "lmnh_hist_data_0.csv",
            Rows(300).Replace("2023-03-06 09:01:14", "2019-03-06 09:01:14", StringComparison.Ordinal)
        );
        await AddRuleAsync();

        var report = await LoadAsync();

        Assert.Equal(new Counts(300, 284, 15, 1, 0, 0, 0), report.Counts);
        Assert.Equal(1, report.Reasons["refused_by_database"]);
        Assert.Equal(4, await Database.NumberAsync("select position from quarantine"));
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task A_unique_index_of_somebody_elses_sets_the_row_at_fault_aside()
    {
        WriteExhibitions(0, 1, 2);
        var rows = Rows(300);
        Write("lmnh_hist_data_0.csv", rows + rows.Split('\n')[1] + "\n");
        await Database.QueryAsync(
            "create unique index one_an_instant on rating_instance (rating_created_at, exhibition_id)"
        );

        var report = await LoadAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        Assert.Equal(new Counts(301, 285, 15, 1, 0, 0, 0), report.Counts);
        Assert.Equal(1, report.Reasons["refused_by_database"]);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task Where_the_database_refuses_even_the_bare_refusal_the_run_ends_and_names_the_line()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(300).Replace("09:01:14,", "09:01:14,x", StringComparison.Ordinal));
        await Database.AddRuleAsync("quarantine", "{0}raw_length > 0");

        var end = await Assert.ThrowsAsync<MuseumException>(() =>
            LoadAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancel)
        );

        Assert.Equal(ExitCode.Service, end.ExitCode);
        Assert.Contains("lmnh_hist_data_0.csv, line 4", end.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single().State);
        await AssertBalancedAsync();
    }

    [Fact]
    public async Task An_interrupted_replay_is_stopped_not_failed()
    {
        WriteExhibitions(0);
        Write("lmnh_hist_data_0.csv", Rows(100));
        await LoadAsync(options: Options with { Breaker = new(Share: 1.1) });
        WriteExhibitions(1, 2);
        using var stop = new CancellationTokenSource();
        var store = Database.Store with { Quarantine = new ReplayAfter(stop.Cancel, Database.Store.Quarantine) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new Replayer(store, Options, NullLogger.Instance).RunAsync(new QuarantineFilter(), false, stop.Token)
        );

        var run = (await Database.Store.Runs.ListAsync(1, CancellationToken.None)).Single();
        Assert.Equal((RunState.Stopped, (int?)130), (run.State, run.ExitCode));
    }

    /// <summary>A rule that somebody added to the table.</summary>
    private Task<List<string>> AddRuleAsync() =>
        Database is SqliteTestStore
            ? Database.QueryAsync(
                """
                create trigger nothing_before_2020 before insert on rating_instance when new.rating_created_at < '2020' begin select raise(abort, 'too old'); end
                """
            )
            : Database.QueryAsync("alter table rating_instance add check (rating_created_at >= '2020-01-01')");

    [Fact]
    public async Task Migrations_are_safe_under_concurrent_starts()
    {
        await using var fresh = await CreateAsync();

        var applied = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var store = fresh.Another();
                        return await store.Maintenance.MigrateAsync(CancellationToken.None);
                    })
                )
        );

        Assert.Single(applied, migrations => migrations.Count > 0);
    }

    [Fact]
    public async Task A_reset_removes_events_and_keeps_exhibitions()
    {
        WriteExhibitions(0, 1, 2);
        Write("lmnh_hist_data_0.csv", Rows(100));
        await LoadAsync();

        Assert.Equal(
            new ResetCounts(95, 5, 0, 1, 1),
            await Database.Store.Maintenance.ResetInteractionsAsync(CancellationToken.None)
        );

        Assert.Equal(3, (await Database.Store.Maintenance.StatusAsync(CancellationToken.None)).Exhibitions);
        Assert.Equal(100, (await LoadAsync()).Counts.Ratings + (await LoadAsync()).Counts.Already - 95);
        await AssertBalancedAsync();
    }
}
