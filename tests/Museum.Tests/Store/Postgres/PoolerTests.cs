using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Store.Postgres;

/// <summary>Through a real pgbouncer.</summary>
public sealed class PoolerTests(PostgresServer server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pooler_that_lends_sessions_by_the_transaction_is_refused_by_name_wherever_something_is_claimed()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using (var straight = Open(database.Connection))
            await straight.Maintenance.MigrateAsync(Cancel);
        await using var pooler = await Pooler.StartAsync(database.Connection, "transaction");

        await using var starting = Open(pooler.Connection);
        await using var claiming = Open(pooler.Connection);
        var atTheStart = await Assert.ThrowsAsync<MuseumException>(() => starting.Maintenance.MigrateAsync(Cancel));
        var atAClaim = await Assert.ThrowsAsync<MuseumException>(() =>
            claiming.Sources.ClaimAsync(new(1, "csv", "/here", "lmnh_hist_data_0.csv", "1", 1), Cancel)
        );

        Assert.All(
            [atTheStart, atAClaim],
            refused =>
            {
                Assert.Equal(ExitCode.Configuration, refused.ExitCode);
                Assert.Contains("pool_mode=transaction", refused.Message, StringComparison.Ordinal);
                Assert.Contains("set host and port to the server", refused.Message, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_pooler_that_keeps_sessions_is_as_good_as_none()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using var pooler = await Pooler.StartAsync(database.Connection, "session");
        await using var store = Open(pooler.Connection);

        Assert.NotEmpty(await store.Maintenance.MigrateAsync(Cancel));

        Assert.False(await IsDeafAsync(store, TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task Announcements_that_do_not_come_through_are_noticed_and_looked_for_instead()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using (var straight = Open(database.Connection))
            await straight.Maintenance.MigrateAsync(Cancel);
        await using var pooler = await Pooler.StartAsync(database.Connection, "transaction");
        await using var store = Open(pooler.Connection);

        Assert.True(await IsDeafAsync(store, Soon));
    }

    private static async Task<bool> IsDeafAsync(MuseumStore store, TimeSpan patience)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(patience);
        try
        {
            await foreach (var announcement in store.HelpCalls.ListenAsync(end.Token))
            {
                if (!announcement.Heard)
                    return true;
            }
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            // Nothing was said: it hears.
        }

        return false;
    }

    private static MuseumStore Open(NpgsqlConnectionStringBuilder connection) =>
        PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(connection.ConnectionString).Build(),
            TimeProvider.System
        );
}
