using Npgsql;

namespace MuseumPipeline.Tests.Servers;

public sealed class TcpProxyTests(PostgresServer server)
{
    [Theory]
    [InlineData(CommitFault.None, 1)]
    [InlineData(CommitFault.CommitLost, 0)]
    [InlineData(CommitFault.AnswerLost, 1)]
    internal async Task A_broken_commit_is_or_is_not_done_and_the_client_cannot_tell(CommitFault fault, long rows)
    {
        await using var database = await server.FreshDatabaseAsync();
        await PostgresServer.ExecuteAsync(database.Connection, "create table pressed (id int)");
        await using var proxy = new TcpProxy(database.Connection.Port);
        await using var connection = await OpenAsync(database, proxy);
        proxy.BreakNextCommit(fault);

        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("copy pressed from stdin (format binary)"))
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(1);
            await copy.CompleteAsync();
        }
        var committing = transaction.CommitAsync();

        if (fault == CommitFault.None)
            await committing;
        else
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => committing);
        Assert.Equal(fault == CommitFault.None ? 0 : 1, proxy.CommitFaults);
        Assert.Equal(rows, await PostgresServerTests.ScalarAsync(database.Connection, "select count(*) from pressed"));
    }

    [Theory]
    [InlineData(CommitFault.CommitHeld, 0)]
    [InlineData(CommitFault.AnswerHeld, 1)]
    internal async Task A_held_commit_is_not_answered_while_its_client_lives(CommitFault fault, long rows)
    {
        await using var database = await server.FreshDatabaseAsync();
        await PostgresServer.ExecuteAsync(database.Connection, "create table pressed (id int)");
        await using var proxy = new TcpProxy(database.Connection.Port);
        await using var connection = await OpenAsync(database, proxy, impatient: true);
        await using var transaction = await connection.BeginTransactionAsync();
        await new NpgsqlCommand("insert into pressed values (1)", connection, transaction).ExecuteNonQueryAsync();
        proxy.BreakNextCommit(fault);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());

        Assert.Equal(1, proxy.CommitFaults);
        Assert.Equal(rows, await PostgresServerTests.ScalarAsync(database.Connection, "select count(*) from pressed"));
    }

    [Fact]
    public async Task Silence_is_heard_by_nobody_and_when_it_ends_only_new_connections_speak()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using var proxy = new TcpProxy(database.Connection.Port);
        await using var connection = await OpenAsync(database, proxy, impatient: true);

        proxy.Silence(true);
        var asked = await Assert.ThrowsAnyAsync<NpgsqlException>(() =>
            new NpgsqlCommand("select 1", connection).ExecuteScalarAsync()
        );
        Assert.IsType<TimeoutException>(asked.InnerException);

        proxy.Silence(false);
        await using var second = await OpenAsync(database, proxy);
        Assert.Equal(2, await new NpgsqlCommand("select 2", second).ExecuteScalarAsync());
    }

    [Fact]
    public async Task Connections_can_be_cut_and_new_ones_refused_and_taken_again()
    {
        await using var database = await server.FreshDatabaseAsync();
        await using var proxy = new TcpProxy(database.Connection.Port);
        await using var connection = await OpenAsync(database, proxy);

        await proxy.RefuseAsync();
        Assert.Equal(2, await new NpgsqlCommand("select 2", connection).ExecuteScalarAsync());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(database, proxy));

        proxy.Accept();
        await using var second = await OpenAsync(database, proxy);
        proxy.CutAll();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() =>
            new NpgsqlCommand("select 1", connection).ExecuteScalarAsync()
        );
    }

    [Theory]
    [InlineData("Q", "COMMIT", true)]
    [InlineData("Q", " commit work", true)]
    [InlineData("P", "s1\0COMMIT\0", true)]
    [InlineData("Q", "select 'COMMIT'", false)]
    [InlineData("d", "COMMIT", false)]
    public void A_commit_is_noticed_however_the_network_cuts_it(string type, string text, bool commits)
    {
        byte[] tls = [0, 0, 0, 8, 4, 210, 22, 47];
        byte[] startUp = [0, 0, 0, 13, 0, 3, 0, 0, .. "user\0"u8];
        byte[] said = [.. tls, .. startUp, .. Message("p", "secret"), .. Message(type, text), .. Message("X", "")];
        for (var piece = 1; piece <= said.Length; piece++)
        {
            var detector = new CommitDetector();
            Assert.Equal(commits ? 1 : 0, said.Chunk(piece).Count(bytes => detector.HasCommit(bytes)));
        }
    }

    private static byte[] Message(string type, string text) =>
        [(byte)type[0], 0, 0, 0, (byte)(text.Length + 5), .. System.Text.Encoding.ASCII.GetBytes(text), 0];

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, TcpProxy proxy, bool impatient = false)
    {
        var through = database.Connection;
        through.Port = proxy.Port;
        through.Pooling = false;
        through.SslMode = SslMode.Disable;
        if (impatient)
            (through.CommandTimeout, through.CancellationTimeout) = (1, -1);
        var connection = new NpgsqlConnection(through.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
