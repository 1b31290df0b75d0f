using Npgsql;

namespace MuseumPipeline.Tests.Servers;

/// <summary>What tests rely on must be true of the server they are given.</summary>
public sealed class PostgresServerTests(PostgresServer server)
{
    [Fact]
    public async Task Every_database_is_new_and_belongs_to_somebody_who_is_no_superuser()
    {
        await using var first = await server.FreshDatabaseAsync();
        await using var second = await server.FreshDatabaseAsync();

        await PostgresServer.ExecuteAsync(first.Connection, "create table only_here (id int)");
        await PostgresServer.ExecuteAsync(second.Connection, "create table only_here (id int)");

        Assert.NotEqual(first.Name, second.Name);
        if (Environment.GetEnvironmentVariable("MUSEUM_TEST_POSTGRES") is null)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                PostgresServer.ExecuteAsync(first.Connection, "create role too_much superuser")
            );
            Assert.Equal("42501", refused.SqlState);
        }
    }

    [Fact]
    public async Task A_database_can_start_as_the_copy_of_another()
    {
        await using var model = await server.FreshDatabaseAsync();
        await PostgresServer.ExecuteAsync(
            model.Connection,
            "create table floor (id int); insert into floor values (7)"
        );
        await using var copy = await server.FreshDatabaseAsync(model);

        Assert.Equal(7, await ScalarAsync(copy.Connection, "select id from floor"));
    }

    [Fact]
    public async Task A_server_of_ones_own_can_be_stopped_killed_and_started_and_keeps_its_data()
    {
        await using var cluster = await PostgresServer.OwnAsync();
        await cluster.ExecuteAsync("create table kept as select 1 as id");

        await cluster.StopAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => cluster.ExecuteAsync("select 1"));
        await cluster.StartAsync();
        await cluster.RestartAsync("immediate");

        Assert.Equal(1, await ScalarAsync(cluster.Connection(), "select id from kept"));
    }

    [Fact]
    public async Task A_server_with_tls_is_believed_by_its_own_authority_and_its_own_name_only()
    {
        var directory = Directory.CreateTempSubdirectory("museum-ca-");
        try
        {
            var certificates = TestCertificates.For("localhost");
            var right = Path.Combine(directory.FullName, "right.crt");
            var wrong = Path.Combine(directory.FullName, "wrong.crt");
            await File.WriteAllTextAsync(right, certificates.Authority);
            await File.WriteAllTextAsync(wrong, TestCertificates.For("localhost").Authority);
            await using var cluster = await PostgresServer.OwnAsync(new PostgresOptions(Tls: certificates));

            Assert.Equal(1, await ScalarAsync(Verified(cluster, "localhost", right), "select 1"));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() =>
                ScalarAsync(Verified(cluster, "localhost", wrong), "select 1")
            );
            await Assert.ThrowsAnyAsync<NpgsqlException>(() =>
                ScalarAsync(Verified(cluster, "127.0.0.1", right), "select 1")
            );
            var plain = cluster.Connection();
            plain.SslMode = SslMode.Disable;
            await Assert.ThrowsAnyAsync<PostgresException>(() => ScalarAsync(plain, "select 1"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static NpgsqlConnectionStringBuilder Verified(PostgresCluster cluster, string host, string authority)
    {
        var connection = cluster.Connection();
        connection.Host = host;
        connection.SslMode = SslMode.VerifyFull;
        connection.RootCertificate = authority;
        return connection;
    }

    internal static async Task<object?> ScalarAsync(NpgsqlConnectionStringBuilder connectionString, string sql)
    {
        connectionString.Pooling = false;
        await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
