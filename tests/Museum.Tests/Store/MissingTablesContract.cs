using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Store;

public sealed class SqliteMissingTablesTests() : MissingTablesContract(TestStore.SqliteAsync);

public sealed class PostgresMissingTablesTests(PostgresServer server)
    : MissingTablesContract(() => TestStore.PostgresAsync(server))
{
    [Fact]
    public async Task A_table_that_is_made_again_has_what_later_steps_gave_it()
    {
        const string Options = "select array_to_string(reloptions, ',') from pg_class where relname = 'rating_hourly'";
        var before = await Database.QueryAsync(Options);
        await Database.QueryAsync("drop table rating_hourly");

        await Database.Store.Maintenance.MigrateAsync(Cancel);

        Assert.Equal(["fillfactor=50"], before);
        Assert.Equal(before, await Database.QueryAsync(Options));
    }
}

/// <summary>Somebody dropped a table: the command that the error names repairs it, or says that it cannot.</summary>
public abstract class MissingTablesContract(Func<Task<TestStore>> create) : StoreContract(create)
{
    protected override async ValueTask BeginAsync() => await Database.Store.Maintenance.MigrateAsync(Cancel);

    [Theory]
    [InlineData("rating_hourly")]
    [InlineData("support_hourly")]
    public async Task Hourly_counts_that_were_dropped_are_counted_again_by_the_command_that_the_error_names(
        string table
    )
    {
        await LoadAsync("day");
        var before = await CountsAsync(table);
        await Database.QueryAsync($"drop table {table}");

        var error = await Assert.ThrowsAsync<ServiceRefusedException>(() =>
            Database.Store.Maintenance.StatusAsync(Cancel)
        );
        var repaired = await Database.Store.Maintenance.MigrateAsync(Cancel);
        var again = await Database.Store.Maintenance.MigrateAsync(Cancel);

        Assert.Contains("run `museum db migrate`", error.Message, StringComparison.Ordinal);
        Assert.Equal([$"{table} (counted again)"], repaired);
        Assert.Empty(again);
        Assert.NotEmpty(before);
        Assert.Equal(before, await CountsAsync(table));
        Assert.True((await Database.Store.Maintenance.StatusAsync(Cancel)).Balanced);
    }

    [Fact]
    public async Task A_table_that_cannot_be_made_again_is_named_and_nothing_is_changed()
    {
        await Database.QueryAsync("drop table escalation");

        var error = await Assert.ThrowsAsync<MuseumException>(() => Database.Store.Maintenance.MigrateAsync(Cancel));

        Assert.Equal(ExitCode.Configuration, error.ExitCode);
        Assert.Contains("the database lacks escalation", error.Message, StringComparison.Ordinal);
        Assert.Contains("from a backup", error.Message, StringComparison.Ordinal);
    }

    private Task<List<string>> CountsAsync(string table) =>
        Database.QueryAsync($"select * from {table} order by 1, 2, 3");

    private async Task LoadAsync(string sample) =>
        await new Loader(
            Database.Store,
            new FolderBucket(Path.Combine(Repository.Root, "samples", sample)),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, Cancel);
}
