using System.Data;
using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

internal sealed class PostgresDatabase(
    Dialect dialect,
    PostgresFaults faults,
    PostgresConnections connections,
    TimeProvider clock
) : SqlDatabase(dialect, clock)
{
    /// <summary>Found once by <see cref="CheckServerAsync"/>; it is not checked again.</summary>
    private bool keepsSessions;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel) => await connections.OpenAsync(cancel);

    public override async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(cancel);

    protected override async Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        // With this, weeks of presses are sorted in memory; with the default, on disk.
        await new SqlSession(this, connection, transaction, cancel).ExecuteAsync("set local work_mem = '64MB'");
        return transaction;
    }

    public override async Task CheckServerAsync(CancellationToken cancel)
    {
        if (keepsSessions)
            return;
        try
        {
            await CreateSchemaAsync(cancel);
            if (await PostgresPooler.FindAsync(connections.Source, cancel) is { } pooler)
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

    private async Task CreateSchemaAsync(CancellationToken cancel)
    {
        await using var connection = await connections.OpenAsync(cancel);
        var session = new SqlSession(this, connection, null, cancel);
        if (await session.NumberAsync("select 1 where current_schema() is null") is null)
            return;
        try
        {
            await session.ExecuteAsync($"create schema if not exists {connections.Schema}");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Another start made it in the same moment.
        }
    }

    public override string VersionOf(DbConnection connection) =>
        $"PostgreSQL {((NpgsqlConnection)connection).PostgreSqlVersion}";

    public override bool IsOwnKey(Exception exception) => PostgresFaults.IsOwnKey(exception);

    public override Exception Translate(Exception exception) => faults.Translate(exception);

    public override ValueTask DisposeAsync() => connections.DisposeAsync();
}
