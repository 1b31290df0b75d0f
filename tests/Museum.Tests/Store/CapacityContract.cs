using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteCapacityTests() : CapacityContract(TestStore.SqliteAsync);

public sealed class PostgresCapacityTests(PostgresServer server)
    : CapacityContract(() => TestStore.PostgresAsync(server));

/// <summary>Limits, and the message when one is reached.</summary>
public abstract class CapacityContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    private static readonly SourceIdentity Source = new(1, "object", "bucket", "day.csv", "v1", 100);

    private MuseumStore Store => Database.Store;

    protected override async ValueTask BeginAsync()
    {
        await Store.Maintenance.MigrateAsync(Cancel);
        await UpsertAsync(0);
    }

    private Task<Change> UpsertAsync(int number, string floor = "1", string department = "Zoology") =>
        Store.Museums.UpsertExhibitionAsync(
            1,
            new($"EXH_{number:00}", $"{number}", $"Hall {number}", floor, department, new(2023, 2, 1), "…"),
            Cancel
        );

    /// <summary>The next row of the table gets this number.</summary>
    private async Task GoOnFromAsync(string table, long number)
    {
        if (Database is not SqliteTestStore)
        {
            await Database.QueryAsync($"alter table {table} alter {table}_id restart with {number}");
            return;
        }

        await Database.QueryAsync($"delete from sqlite_sequence where name = '{table}'");
        await Database.QueryAsync($"insert into sqlite_sequence (name, seq) values ('{table}', {number - 1})");
    }

    /// <summary>Does what the message says, as typed.</summary>
    private Task<List<string>> FollowAsync(MuseumException told)
    {
        const string Fix = "run the same command again: ";
        return Database.QueryAsync(told.Message[(told.Message.IndexOf(Fix, StringComparison.Ordinal) + Fix.Length)..]);
    }

    [Fact]
    public async Task Exhibitions_that_are_loaded_every_day_draw_no_numbers()
    {
        for (var day = 0; day < 20; day++)
            Assert.Equal(Change.Unchanged, await UpsertAsync(0));
        Assert.Equal(Change.Changed, await UpsertAsync(0, floor: "2"));

        Assert.Equal(Change.Created, await UpsertAsync(1, "Vault", "Botany"));

        Assert.Equal(
            ["2|3|2"],
            await Database.QueryAsync(
                "select exhibition_id, floor_id, department_id from exhibition where public_id = 'EXH_01'"
            )
        );
    }

    [Fact]
    public async Task An_exhibition_beyond_the_last_number_is_told_how_to_continue()
    {
        await GoOnFromAsync("exhibition", HourlyCounts.MostExhibitions - 1);
        Assert.Equal(Change.Created, await UpsertAsync(1));

        var told = await Assert.ThrowsAsync<MuseumException>(() => UpsertAsync(2));

        Assert.Equal(ExitCode.Configuration, told.ExitCode);
        Assert.Contains("1048576, expected 1048575 at most", told.Message, StringComparison.Ordinal);
        Assert.Equal(2, await Database.NumberAsync("select count(*) from exhibition"));
        await Database.QueryAsync("delete from exhibition where public_id = 'EXH_01'");
        await FollowAsync(told);
        Assert.Equal(Change.Created, await UpsertAsync(2));
        Assert.Equal(2, await Database.NumberAsync("select max(exhibition_id) from exhibition"));
    }

    [Fact]
    public async Task A_source_beyond_the_last_number_is_told_how_to_continue()
    {
        var run = await Store.Runs.StartAsync("load", "", Cancel);
        await LoadNothingAsync(run, Source with { Name = "first.csv" });
        await GoOnFromAsync("source", EventId.LastSource + 1L);

        var told = await Assert.ThrowsAsync<MuseumException>(() => LoadNothingAsync(run, Source));

        Assert.Contains(
            "the database gave a new row the number 922337203, expected 922337202 at most",
            told.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(1, await Database.NumberAsync("select count(*) from source"));
        await FollowAsync(told);
        await LoadNothingAsync(run, Source);
        Assert.Equal(2, await Database.NumberAsync("select max(source_id) from source"));
    }

    [Fact]
    public async Task A_run_beyond_the_last_number_is_refused_with_a_reason_and_not_searched_for_a_row()
    {
        await GoOnFromAsync("run", int.MaxValue);
        Assert.Equal(int.MaxValue, await Store.Runs.StartAsync("load", "", Cancel));

        var told = await Assert.ThrowsAnyAsync<MuseumException>(() => Store.Runs.StartAsync("load", "", Cancel));

        Assert.Matches("docs/database.md|expected 2147483647 at most", told.Message);
    }

    [Fact]
    public async Task A_line_beyond_the_last_position_is_refused_before_it_could_meet_another_ones_key()
    {
        var run = await Store.Runs.StartAsync("load", "", Cancel);
        await using var claim = await Store.Sources.ClaimAsync(Source, Cancel);
        await using var load = await Store.Sources.BeginAsync(claim!, run, Cancel);

        var told = await Assert.ThrowsAsync<MuseumException>(() =>
            load!.CommitAsync(Progress(EventId.PositionsPerSource + 1), Cancel)
        );

        Assert.Contains("bucket/day.csv: found line 10000000001", told.Message, StringComparison.Ordinal);
    }

    private async Task LoadNothingAsync(int run, SourceIdentity source)
    {
        await using var claim = await Store.Sources.ClaimAsync(source, Cancel);
        await using var load = await Store.Sources.BeginAsync(claim!, run, Cancel);
        await load!.CommitAsync(Progress(1), Cancel);
    }

    private static LoadProgress Progress(long position) => new(0, position, SourceState.Loaded, default, 0, 0, null);

    [Fact]
    public void The_highest_key_of_the_last_source_still_fits()
    {
        var last = EventId.Of(EventId.LastSource, EventId.PositionsPerSource - 1);
        Assert.True(last > 0, last.ToString(CultureInfo.InvariantCulture));
    }
}
