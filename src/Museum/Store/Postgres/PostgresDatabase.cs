using System.Data;
using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

internal sealed class PostgresDatabase(
    Dialect dialect,
    PostgresFaults faults,
    NpgsqlDataSource dataSource,
    TimeProvider clock
) : SqlDatabase(dialect, clock)
{
    public override async Task<DbConnection> OpenAsync(CancellationToken cancel) =>
        await dataSource.OpenConnectionAsync(cancel);

    public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(cancel);

    protected override async Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        // Weeks of presses are put in order in memory with this, and on the disk with the default.
        await new SqlSession(this, connection, transaction, cancel).ExecuteAsync("set local work_mem = '64MB'");
        return transaction;
    }

    private bool keepsSessions;

    public override async Task CheckServerAsync(CancellationToken cancel)
    {
        if (keepsSessions)
            return;
        try
        {
            if (await PostgresPooler.FindAsync(dataSource, cancel) is { } pooler)
                throw new MuseumException(
                    ExitCode.Configuration,
                    $"{faults.Where}: {pooler.Found}. To fix it: {pooler.Fix}."
                );
            keepsSessions = true;
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            throw Translate(e);
        }
    }

    public override string VersionOf(DbConnection connection) =>
        $"PostgreSQL {((NpgsqlConnection)connection).PostgreSqlVersion}";

    public override bool IsOwnKey(Exception exception) => PostgresFaults.IsOwnKey(exception);

    public override Exception Translate(Exception exception) => faults.Translate(exception);

    public override ValueTask DisposeAsync() => dataSource.DisposeAsync();
}
