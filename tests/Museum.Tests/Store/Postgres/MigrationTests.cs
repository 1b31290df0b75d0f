using MuseumPipeline.Store.Postgres;
using MuseumPipeline.Tests.Servers;
using Npgsql;

namespace MuseumPipeline.Tests.Store.Postgres;

/// <summary>A migration while somebody else is at work in the same tables.</summary>
public sealed class MigrationTests(PostgresServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The migration waits first, so it is the one that the server ends.</summary>
    [Fact]
    public async Task A_migration_that_the_server_ends_for_a_deadlock_is_tried_again()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using var store = PostgresStore.Open(
            "local",
            new NpgsqlDataSourceBuilder(database.Connection.ConnectionString).Build(),
            TimeProvider.System
        );
        await store.Maintenance.MigrateAsync(Cancel);
        await using var connection = new NpgsqlConnection(database.Connection.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        // To count again, the migration waits for whoever writes presses; and the writer then waits for the migration.
        await ExecuteAsync("drop table support_hourly");
        await ExecuteAsync("begin; lock table support_instance in row exclusive mode");
        var migrating = store.Maintenance.MigrateAsync(Cancel);
        await ExecuteAsync(
            $"""
            do $$ begin
              while not exists (select from pg_locks where not granted and relation = 'support_instance'::regclass) loop
                perform pg_sleep(0.01);
              end loop;
              perform pg_advisory_xact_lock({PostgresDialect.LockSpace});
            end $$;
            commit
            """
        );

        Assert.Equal(["support_hourly (counted again)"], await migrating);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }
}
