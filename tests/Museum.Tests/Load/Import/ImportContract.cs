using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Load.Import;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Original;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;
using MuseumPipeline.Tests.Store;
using Npgsql;

namespace MuseumPipeline.Tests.Load.Import;

public sealed class SqliteImportTests(PostgresServer server) : ImportContract(server, TestStore.SqliteAsync);

public sealed class PostgresImportTests(PostgresServer server)
    : ImportContract(server, () => TestStore.PostgresAsync(server));

/// <summary>The original's database is taken over whole, each row once, and left as it was.</summary>
public abstract class ImportContract(PostgresServer server, Func<Task<TestStore>> create) : StoreContract(create)
{
    private MuseumStore Store => Database.Store;

    private OriginalSchema original = null!;

    protected override async ValueTask BeginAsync()
    {
        original = await OriginalSchema.CreateAsync(server);
        await Store.Maintenance.MigrateAsync(Cancel);
    }

    protected override ValueTask EndAsync() => original.DisposeAsync();

    [Fact]
    public async Task Numbers_and_the_hours_of_the_museums_clock_stay_and_a_second_import_changes_nothing()
    {
        var before = await DumpOfOriginalAsync();

        var report = await ImportAsync();

        // 2023-03-26 01:00 to 01:59 did not exist in London.
        const string Skipped = "between '2023-03-26 01:00' and '2023-03-26 01:59:59'";
        var skipped = int.Parse(
            (
                await original.QueryAsync(
                    $"""
                    select ((select count(*) from rating_instance where rating_created_at {Skipped})
                         + (select count(*) from support_instance where instance_created_at {Skipped}))::text
                    """
                )
            ).Single(),
            CultureInfo.InvariantCulture
        );
        Assert.InRange(skipped, 3, 5);
        Assert.Equal(31_200, report.Counts.Read);
        Assert.Equal(skipped, report.Counts.Quarantined);
        Assert.Equal(new() { ["invalid_at"] = skipped }, report.Reasons);
        Assert.True(report.NumbersKept);
        Assert.Equal(
            await original.QueryAsync(
                $"""
                select rating_instance_id || '|' || exhibition_id || '|' || rating_type_id || '|'
                    || to_char(rating_created_at, 'YYYY-MM-DD HH24:MI')
                from rating_instance where rating_created_at not {Skipped} order by rating_instance_id
                """
            ),
            await LocalAsync("rating", "rating_created_at")
        );
        Assert.Equal(
            await original.QueryAsync(
                $"""
                select support_instance_id || '|' || exhibition_id || '|' || support_type_id || '|'
                    || to_char(instance_created_at, 'YYYY-MM-DD HH24:MI')
                from support_instance where instance_created_at not {Skipped} order by support_instance_id
                """
            ),
            await LocalAsync("support", "instance_created_at")
        );
        Assert.Equal(
            ["1|Stones|2021-08-23|1|Geology", "2|Whales||Vault|Zoology", "3|Moths|2019-07-01|2|not known"],
            await Database.QueryAsync(
                "select exhibition_id, exhibition_name, cast(exhibition_start_date as text), floor, "
                    + "department_name from "
                    + "exhibition_info order by 1"
            )
        );
        Assert.True((await Store.Maintenance.StatusAsync(Cancel)).Balanced);

        Assert.Equal(30_001, await Database.NumberAsync("select next_position from source"));
        var state = await StateAsync();
        var again = await ImportAsync();

        Assert.Equal(new Counts(31_200, 0, 0, 0, 31_200, 0, 0), again.Counts);
        Assert.Equal(0, again.ExhibitionsCreated);
        Assert.Equal(state, await StateAsync());
        Assert.Equal(before, await DumpOfOriginalAsync());
    }

    [Fact]
    public async Task A_row_that_appears_later_below_the_newest_is_taken_over_too()
    {
        await original.ExecuteAsync("delete from rating_instance where rating_instance_id = 777");
        await ImportAsync();
        await original.ExecuteAsync("insert into rating_instance values (777, 1, 1, '2023-05-05 10:00')");

        var report = await ImportAsync();

        Assert.Equal(new Counts(31_200, 1, 0, 0, 31_199, 0, 0), report.Counts);
        Assert.Equal(
            1,
            await Database.NumberAsync("select count(*) from rating_instance where rating_instance_id = 777")
        );
        Assert.True((await Store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task The_file_of_an_exhibition_gives_the_one_of_its_name_its_site()
    {
        await ImportAsync();

        await Store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_04", "4", "whales", "Vault", "Zoology", new(2019, 7, 1), "…"),
            Cancel
        );

        Assert.Equal(
            ["2|EXH_04|4|2019-07-01"],
            await Database.QueryAsync(
                "select exhibition_id, public_id, site, cast(exhibition_start_date as text) from exhibition where "
                    + "lower(exhibition_name) = 'whales'"
            )
        );
        Assert.Equal(0, (await ImportAsync()).ExhibitionsCreated);
    }

    [Fact]
    public async Task Beside_other_rows_an_old_number_is_a_position()
    {
        await Store.Museums.UpsertExhibitionAsync(
            1,
            new("EXH_07", "7", "Moths", "9", "Zoology", new(2019, 7, 1), "…"),
            Cancel
        );

        var report = await ImportAsync();

        Assert.False(report.NumbersKept);
        Assert.Equal(2, report.ExhibitionsCreated);
        Assert.Equal(
            ["10000000002|2"],
            await Database.QueryAsync("select rating_instance_id, position from rating_instance where position = 2")
        );
        Assert.Equal(
            10_000
                - await Database.NumberAsync(
                    "select count(*) from quarantine where site = 'OLD_3' and not possible_help"
                ),
            await Database.NumberAsync(
                "select count(*) from rating_instance join exhibition using (exhibition_id) where public_id = 'EXH_07'"
            )
        );
        Assert.Equal(31_200, (await ImportAsync()).Counts.Already);
    }

    [Fact]
    public async Task Times_that_are_instants_stay_them()
    {
        await original.ExecuteAsync(
            """
            alter table rating_instance alter column rating_created_at type timestamptz using rating_created_at at time zone 'UTC';
            alter table support_instance alter column instance_created_at type timestamptz using instance_created_at at time zone 'UTC';
            """
        );

        var report = await ImportAsync();

        Assert.Equal(0, report.Counts.Quarantined);
        Assert.Equal(
            await original.QueryAsync(
                "select to_char(max(rating_created_at at time zone 'UTC'), 'YYYY-MM-DD\"T\"HH24:MI:SS') from "
                    + "rating_instance"
            ),
            [report.Newest!.Value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)]
        );
        var refused = await Assert.ThrowsAsync<MuseumException>(() => ImportAsync("Europe/London"));
        Assert.Contains("leave it out", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_taken_back_is_taken_over_again_only_by_whoever_insists()
    {
        await ImportAsync();
        await Store.Ledger.RemoveAsync(0, new("ada", "sources remove", "a try"), Cancel);

        var refused = await Assert.ThrowsAsync<MuseumException>(() => ImportAsync());
        Assert.Contains("removed by ada", refused.Message, StringComparison.Ordinal);

        var report = await ImportAsync(again: true);
        Assert.False(report.NumbersKept);
        Assert.Equal(0, report.Counts.Already);
        Assert.True((await Store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task Presses_that_are_there_from_elsewhere_are_refused_before_anything_is_taken_over()
    {
        await ImportAsync(host: "other.example.org");
        await original.ExecuteAsync(
            """
            insert into exhibition (exhibition_name, floor_id, department_id) values ('Beetles', 1, 1);
            insert into support_type (support_type_value, support_description) values (2, 'Cleaning');
            insert into rating_type (rating_type_value, rating_description) values (5, 'Perfect');
            """
        );
        var (state, buttons) = (await StateAsync(), await Store.Buttons.ListAsync(Cancel));

        var refused = await Assert.ThrowsAsync<MuseumException>(() => ImportAsync());

        Assert.Equal(ExitCode.DataRefused, refused.ExitCode);
        Assert.Contains(
            "its presses are already there, from postgres://other.example.org:5432/museum/public; nothing was taken "
                + "over. --again does it all the same",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(state, await StateAsync());
        var after = await Store.Buttons.ListAsync(Cancel);
        Assert.Equal(buttons.Ratings, after.Ratings);
        Assert.Equal(buttons.Support, after.Support);
        Assert.Equal(31_200, (await ImportAsync(again: true)).Counts.Read);
    }

    private async Task<ImportReport> ImportAsync(
        string? zone = null,
        bool again = false,
        string host = "old.example.org"
    )
    {
        await using var source = new NpgsqlDataSourceBuilder(original.Connection.ConnectionString).Build();
        await using var database = await OriginalDatabase.OpenAsync(source, "the original", Cancel);
        var options = new LoadOptions(CleaningRules.History, TimeProvider.System, SliceRecords: 7000) { Again = again };
        return await new Importer(Store, database, options, NullLogger.Instance).RunAsync(
            new(null, zone, $"postgres://{host}:5432/museum", "public"),
            null,
            Cancel
        );
    }

    /// <summary>By .NET's zones, which had no part in the import of whoever asks PostgreSQL.</summary>
    private async Task<List<string>> LocalAsync(string kind, string time)
    {
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var rows = await Database.QueryAsync(
            $"select {kind}_instance_id, exhibition_id, {kind}_type_id, {time} from {kind}_instance order by 1"
        );
        return rows.ConvertAll(row =>
        {
            var fields = row.Split('|');
            var instant = DateTimeOffset.Parse(fields[3], CultureInfo.InvariantCulture);
            var local = TimeZoneInfo.ConvertTime(instant, london);
            return $"{fields[0]}|{fields[1]}|{fields[2]}|{local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}";
        });
    }

    private async Task<List<string>> StateAsync() =>
        [
            .. await Database.QueryAsync("select source_id, state, epoch, next_position, read, updated_at from source"),
            .. await Database.QueryAsync("select exhibition_id, public_id, exhibition_name from exhibition order by 1"),
            .. await Database.QueryAsync("select count(*), sum(rating_instance_id) from rating_instance"),
            .. await Database.QueryAsync("select count(*), sum(support_instance_id) from support_instance"),
            .. await Database.QueryAsync("select quarantine_id, reason, state from quarantine order by 1"),
            .. await Database.QueryAsync("select count(*), sum(presses) from rating_hourly"),
        ];

    private Task<List<string>> DumpOfOriginalAsync() =>
        original.QueryAsync(
            """
            select md5(string_agg(r::text || r.xmin::text, '' order by rating_instance_id)) from rating_instance r
            union all select md5(string_agg(s::text || s.xmin::text, '' order by support_instance_id)) from support_instance s
            union all select md5(string_agg(e::text || e.xmin::text, '' order by exhibition_id)) from exhibition e
            """
        );
}
