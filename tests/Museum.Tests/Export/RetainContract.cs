using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Export;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Replay;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Targets;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Tests.Serve;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;

namespace MuseumPipeline.Tests.Export;

public sealed class SqliteRetainTests() : RetainContract(TestStore.SqliteAsync);

public sealed class PostgresRetainTests(PostgresServer server) : RetainContract(() => TestStore.PostgresAsync(server));

/// <summary>Old months leave the tables; the counts, the ledger and what was known of their positions stay.</summary>
public abstract class RetainContract(Func<Task<TestStore>> create) : RetainBed(create)
{
    [Fact]
    public async Task A_month_leaves_the_tables_into_a_file_and_every_count_stays()
    {
        var (march, all) = (await PressesAsync(BeforeApril), await PressesAsync("is not null"));
        var (hourly, before) = (await HourlyAsync(Database), await Store.Counts.HourlyAsync(1, null, Cancel));
        Assert.InRange(march.Count, 1000, all.Count - 1);

        var dry = await RetainAsync(dryRun: true);
        Assert.Equal(all, await PressesAsync("is not null"));
        var report = await RetainAsync();

        Assert.Equal((march.Count, march.Count), ((int)dry.Rows(ExportSet.Events), (int)report.Rows(ExportSet.Events)));
        Assert.Empty(await PressesAsync(BeforeApril));
        Assert.Equal(all.Count - march.Count, (await PressesAsync("is not null")).Count);
        Assert.Equal(march, Duck("events", "event_id"));
        Assert.Equal(hourly, await HourlyAsync(Database));
        await AssertTrueAsync();
        var status = await Store.Maintenance.StatusAsync(Cancel);
        Assert.Equal(march.Count, status.RetiredRatings + status.RetiredSupport);
        Assert.Equal(march.Count, (await VerifyAsync()).Retired);
        var after = await Store.Counts.HourlyAsync(1, null, Cancel);
        Assert.Equal((before.First, before.Last), (after.First, after.Last));
        Assert.Empty((await RetainAsync()).Parts);
    }

    [Fact]
    public async Task Everything_may_go_away_and_the_pages_still_know_the_first_and_the_last_press()
    {
        var (hourly, before) = (await HourlyAsync(Database), await Store.Counts.HourlyAsync(1, null, Cancel));

        await AwayAsync(new(April.AddYears(1), null));

        Assert.Empty(await PressesAsync("is not null"));
        Assert.False(Directory.Exists(Files));
        Assert.Equal(hourly, await HourlyAsync(Database));
        await AssertTrueAsync();
        var after = await Store.Counts.HourlyAsync(1, null, Cancel);
        Assert.Equal((before.First, before.Last), (after.First, after.Last));
        var calls = await Store.HelpCalls.CountsAsync(1, DateTimeOffset.UnixEpoch, Cancel);
        Assert.Equal((await Store.HelpCalls.ListAsync(new(1, 1000), Cancel)).Count, calls.Total);
        Assert.All(await Store.Retention.ListAsync(Cancel), one => Assert.Equal(RetirementState.Done, one.State));
    }

    [Fact]
    public async Task What_is_retired_stays_in_every_number_and_the_list_behind_it_says_that_it_is_gone()
    {
        var march = await Database.NumberAsync(
            $"select count(*) from rating_instance where rating_created_at {BeforeApril}"
        );
        await using var server = await DashboardServer.OpenAsync(Database);
        var before = await AskAsync("ratings/events?range=all&limit=10000");
        await RetainAsync();

        var ratings = await server.JsonAsync("/api/v1/ratings?range=all");
        var after = await AskAsync("ratings/events?range=all&limit=10000");
        Assert.Equal(before.Total, ratings.GetProperty("total").GetProperty("votes").GetInt64());
        Assert.Equal((before.Total, march, before.Total - march), (after.Total, after.NotKept, after.Listed));
        Assert.Equal(0, before.NotKept);
        // Of one hour and one button too; and small pages go past the gap.
        foreach (var query in (string[])["&type=4&hour=11", "&exhibition=EXH_00&excludeRepeats=false"])
        {
            var some = await AskAsync($"ratings/events?range=all&limit=10000{query}");
            Assert.InRange(some.NotKept, 1, some.Total - 1);
            Assert.Equal(some.Total - some.NotKept, some.Listed);
            Assert.Equal(some, await AskAsync($"ratings/events?range=all&limit=101{query}"));
        }

        var gone = await AskAsync("ratings/events?from=2024-03-01&to=2024-03-30&limit=50");
        Assert.Equal((gone.Total, 0L), (gone.NotKept, gone.Listed));

        async Task<(long Total, long NotKept, long Listed)> AskAsync(string query)
        {
            var listed = 0L;
            for (var cursor = ""; ; )
            {
                var page = await server.JsonAsync($"/api/v1/{query}&cursor={cursor}");
                listed += page.GetProperty("events").GetArrayLength();
                if (page.GetProperty("next").GetString() is { } next)
                    cursor = next;
                else
                    return (page.GetProperty("total").GetInt64(), page.GetProperty("notKept").GetInt64(), listed);
            }
        }
    }

    [Fact]
    public async Task The_same_object_and_the_same_content_under_another_name_bring_nothing_back()
    {
        await RetainAsync();
        var (there, hourly) = (await PressesAsync("is not null"), await HourlyAsync(Database));
        await LoadAsync();
        var elsewhere = Directory.CreateDirectory(Path.Combine(Bucket, "elsewhere")).FullName;
        foreach (var file in Directory.GetFiles(Bucket, "lmnh_exhibition*"))
            File.Copy(file, Path.Combine(elsewhere, Path.GetFileName(file)));
        var lines = await File.ReadAllLinesAsync(Object(2), Cancel);
        var march = lines.Where(line => line.StartsWith("2024-03", StringComparison.Ordinal));
        await File.WriteAllTextAsync(
            Path.Combine(elsewhere, "lmnh_hist_data_7.csv"),
            string.Join("\r\n", march.Prepend(lines[0])) + "\r\n",
            Cancel
        );

        var copied = await LoadAsync(bucket: elsewhere);

        Assert.Contains("data_2.csv", Assert.Single(copied.Aside).Detail, StringComparison.Ordinal);
        Assert.Equal(there, await PressesAsync("is not null"));
        Assert.Equal(hourly, await HourlyAsync(Database));
        await AssertTrueAsync();
    }

    [Fact]
    public async Task New_presses_of_a_retired_month_are_loaded_and_go_with_the_next_run()
    {
        await RetainAsync();
        var first = Duck("events", "event_id");
        var lines = (await File.ReadAllLinesAsync(Object(2), Cancel)).ToList();
        // Others, in hours that have such presses: ten minutes later each.
        var later = lines
            .Where(line => line.StartsWith("2024-03", StringComparison.Ordinal))
            .Take(60)
            .Select((line, i) => $"{line[..14]}{i:00}:31{line[19..]}");
        await File.WriteAllLinesAsync(Path.Combine(Bucket, "lmnh_hist_data_8.csv"), later.Prepend(lines[0]), Cancel);

        var loaded = await LoadAsync();
        Assert.Empty(loaded.Aside);
        var late = await PressesAsync(BeforeApril);
        Assert.InRange(late.Count, 1, 60);
        await AssertTrueAsync();
        await RetainAsync();

        Assert.Empty(await PressesAsync(BeforeApril));
        Assert.Equal(
            first.Concat(late).Select(long.Parse).Order(),
            Duck("events", "event_id").Select(long.Parse).Order()
        );
        await AssertTrueAsync();
    }

    [Fact]
    public async Task A_corrected_version_counts_as_a_load_of_it_would_and_brings_no_retired_month_back()
    {
        await RetainAsync();
        var lines = await File.ReadAllLinesAsync(Object(2), Cancel);
        await File.WriteAllLinesAsync(Object(2), lines.Where((_, line) => line % 3 != 1), Cancel);

        await LoadAsync();

        Assert.Empty(await PressesAsync(BeforeApril));
        await AssertTrueAsync();
        await using var fresh = await CreateAsync();
        await fresh.Store.Maintenance.MigrateAsync(Cancel);
        await LoadAsync(fresh.Store);
        Assert.Equal(await HourlyAsync(fresh), await HourlyAsync(Database));

        // And the version after that.
        await File.WriteAllLinesAsync(Object(2), lines, Cancel);
        await LoadAsync();
        Assert.Empty(await PressesAsync(BeforeApril));
        await AssertTrueAsync();
    }

    [Fact]
    public async Task A_source_that_is_removed_takes_its_retired_counts_along()
    {
        await RetainAsync();
        foreach (var source in await Store.Ledger.ListAsync(Cancel))
            await Store.Ledger.RemoveAsync(source.Row.Id, Ann, Cancel);

        Assert.Empty(await HourlyAsync(Database));
        await AssertTrueAsync();
        foreach (var table in (string[])["retired", "retired_hourly", "retired_refusal"])
            Assert.Equal(0, await Database.NumberAsync($"select count(*) from {table}"));
    }

    [Fact]
    public async Task Counts_that_somebody_dropped_are_made_again_with_what_is_retired()
    {
        var hourly = await HourlyAsync(Database);
        await RetainAsync();
        await Database.QueryAsync("drop table rating_hourly");
        await Database.QueryAsync("drop table support_hourly");

        await Store.Maintenance.MigrateAsync(Cancel);

        Assert.Equal(hourly, await HourlyAsync(Database));
    }

    [Fact]
    public async Task Refusals_go_too_and_the_days_still_count_them()
    {
        var soon = new RetireLimits(null, TimeProvider.System.GetUtcNow().AddMonths(2));
        var museum = (await Store.Museums.ListAsync(Cancel))[0];
        var held = await Store.Quarantine.ListAsync(new(), Cancel);
        var first = await Store.Quarantine.ByDayAsync(museum.Id, museum.TimeZone, null, Cancel);
        Assert.NotEmpty(held);

        var report = await RetainAsync(soon);

        Assert.Equal(held.Count, report.Rows(ExportSet.Refusals));
        Assert.Empty(await Store.Quarantine.ListAsync(new(State: null), Cancel));
        Assert.Equal(0, await Store.Quarantine.HeldAsync(museum.Id, Cancel));
        Assert.Equal(held.Count, await Store.Retention.HeldAsync(null, Cancel));
        Assert.Equal(held.Select(row => row.Id), Duck("refusals", "refusal_id").Select(long.Parse));
        Assert.Equal(held.Sum(row => row.Raw.Length), Duck("refusals", "octet_length(raw)").Sum(int.Parse));
        await AssertTrueAsync();
        var after = await Store.Quarantine.ByDayAsync(museum.Id, museum.TimeZone, null, Cancel);
        Assert.Equal(Days(first), Days(after));
        Assert.Empty((await Store.Quarantine.ByDayAsync(museum.Id, museum.TimeZone, first.Marks, Cancel)).Changed);
        var retired = await Store.Retention.FindRefusalAsync(held[0].Id, Cancel);
        Assert.Equal((Files, ExportSet.Refusals), (retired!.Place, retired.What));
        Assert.Null(await Store.Retention.FindRefusalAsync(held[0].Id + 70_000, Cancel));

        static IEnumerable<string> Days(RefusedReading reading) =>
            reading
                .Changed.SelectMany(source => source.Counts.Select(row => $"{source.SourceId} {row.Day} {row.Count}"))
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_was_replayed_while_a_month_leaves_stays_until_it_is_in_a_file_too()
    {
        // The exhibition of two records is known only later.
        await File.AppendAllLinesAsync(Object(2), ["2024-03-11 10:00:01,77,3,", "2024-03-11 10:00:02,77,-1,0"], Cancel);
        await LoadAsync();
        var meanwhile = new Meanwhile(Store.Retention)
        {
            Planned = async () =>
            {
                await Store.Museums.UpsertExhibitionAsync(
                    1,
                    new("EXH_77", "77", "Late", "1", "Zoology", new(2023, 2, 1), "…"),
                    Cancel
                );
                await new Replayer(
                    Store,
                    new LoadOptions(CleaningRules.History, TimeProvider.System),
                    NullLogger.Instance
                ).RunAsync(new QuarantineFilter(Reason.UnknownSite), dryRun: false, Cancel);
            },
        };

        await RetainAsync(retention: meanwhile);

        Assert.Equal(2, (await PressesAsync(BeforeApril)).Count);
        await AssertTrueAsync();
        await RetainAsync();
        Assert.Empty(await PressesAsync(BeforeApril));
        await AssertTrueAsync();
        var ids = Duck("events", "event_id");
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_version_that_comes_while_a_month_leaves_counts_once()
    {
        var lines = await File.ReadAllLinesAsync(Object(2), Cancel);
        var meanwhile = new Meanwhile(Store.Retention)
        {
            Planned = async () =>
            {
                await File.WriteAllLinesAsync(Object(2), lines.Where((_, line) => line % 3 != 1), Cancel);
                await LoadAsync();
            },
        };

        await RetainAsync(retention: meanwhile);

        Assert.Empty(await PressesAsync(BeforeApril));
        await AssertTrueAsync();
    }

    [Fact]
    public async Task Of_two_at_once_one_gives_up_and_no_row_is_in_two_files()
    {
        var march = await PressesAsync(BeforeApril);
        var meanwhile = new Meanwhile(Store.Retention) { Planning = () => RetainAsync() };

        var error = await Assert.ThrowsAsync<MuseumException>(() => RetainAsync(retention: meanwhile));

        Assert.Contains("another museum db retain has begun 2024-03 of LMNH", error.Message, StringComparison.Ordinal);
        Assert.Equal(march, Duck("events", "event_id"));
        Assert.Empty(await PressesAsync(BeforeApril));
        await AssertTrueAsync();
    }

    /// <summary>Every step may be the last one before the process dies, and the answer to any may be lost.</summary>
    [Fact]
    public async Task Whenever_it_dies_the_next_run_completes_it_and_each_row_is_in_one_file()
    {
        var march = await PressesAsync(BeforeApril);
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 100, "it never ends");
            try
            {
                await RetainAsync(retention: new Meanwhile(Store.Retention) { Left = 1 + (steps % 3) });
                break;
            }
            catch (IOException)
            {
                await AssertTrueAsync();
                Assert.True((await PressesAsync(BeforeApril)).Count + Filed() >= march.Count);
            }
        }

        Assert.Empty(await PressesAsync(BeforeApril));
        Assert.Equal(march, Duck("events", "event_id"));
        await AssertTrueAsync();

        int Filed() => Directory.Exists(Path.Combine(Files, "events")) ? Duck("events", "event_id").Count : 0;
    }

    [Fact]
    public async Task An_export_keeps_the_files_of_retired_months_and_its_place_is_no_place_for_them()
    {
        var export = Path.Combine(Files, "export");
        await ExportAsync();
        var before = Directory.GetFiles(export, "*.parquet", SearchOption.AllDirectories).Order().ToList();
        await RetainAsync();

        var second = await ExportAsync();

        Assert.Equal((0, 0), (second.Written, second.Removed));
        Assert.Equal(before, Directory.GetFiles(export, "*.parquet", SearchOption.AllDirectories).Order());
        var error = await Assert.ThrowsAsync<MuseumException>(() => RetainAsync(target: new FolderTarget(export)));
        Assert.Contains("is where museum export parquet writes to", error.Message, StringComparison.Ordinal);

        Task<ExportReport> ExportAsync() =>
            new Exporter(Store.Export, Store.Retention, new FolderTarget(export)).RunAsync(Cancel);
    }

    /// <summary>Something happens between its steps; or the process dies once it has done so many.</summary>
    private sealed class Meanwhile(IRetention real) : IRetention
    {
        public Func<Task>? Planning { get; set; }

        public Func<Task>? Planned { get; set; }

        public int Left { get; set; } = int.MaxValue;

        public Task<IReadOnlyList<Retirement>> ListAsync(CancellationToken cancel) => real.ListAsync(cancel);

        public Task<Retirement> BeginAsync(
            ExportPart part,
            string? place,
            Func<int, string> fileOf,
            CancellationToken cancel
        ) => StepAsync(real.BeginAsync(part, place, fileOf, cancel));

        public async Task<bool> PlanAsync(int retirement, RetiredPositions positions, CancellationToken cancel)
        {
            await OnceAsync(Planning);
            var planned = await StepAsync(real.PlanAsync(retirement, positions, cancel));
            await OnceAsync(Planned);
            return planned;
        }

        public Task<long?> RemoveAsync(int retirement, CancellationToken cancel) =>
            StepAsync(real.RemoveAsync(retirement, cancel));

        public Task<Retirement?> FindRefusalAsync(long id, CancellationToken cancel) =>
            real.FindRefusalAsync(id, cancel);

        public Task<long> HeldAsync(Reason? reason, CancellationToken cancel) => real.HeldAsync(reason, cancel);

        private async Task OnceAsync(Func<Task>? what)
        {
            (Planning, Planned) = (what == Planning ? null : Planning, what == Planned ? null : Planned);
            if (what is not null)
                await what();
        }

        private async Task<T> StepAsync<T>(Task<T> work)
        {
            var done = await work;
            return Left-- > 0 ? done : throw new IOException("killed");
        }
    }
}
