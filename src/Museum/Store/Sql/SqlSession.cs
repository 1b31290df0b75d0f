using System.Data.Common;
using System.Globalization;

namespace MuseumPipeline.Store.Sql;

/// <summary>One connection in use, inside a transaction or not: SQL with @parameters in, rows out.</summary>
internal sealed class SqlSession(
    SqlDatabase database,
    DbConnection connection,
    DbTransaction? transaction,
    CancellationToken cancel
)
{
    public SqlDatabase Database { get; } = database;

    public Dialect Dialect => Database.Dialect;

    public DateTimeOffset Now => Database.Now;

    public DbConnection Connection { get; } = connection;

    public DbTransaction? Transaction { get; } = transaction;

    public CancellationToken Cancel { get; } = cancel;

    /// <summary>The same transaction with another cancellation token.</summary>
    public SqlSession Until(CancellationToken other) => new(Database, Connection, Transaction, other);

    public DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = Connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of Store; values are passed as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = Transaction;
        foreach (var (name, value) in parameters)
            command.Parameters.Add(Fill(command.CreateParameter(), name, value));
        return command;
    }

    private DbParameter Fill(DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = Dialect.Encode(value);
        return parameter;
    }

    /// <summary>Returns how many rows were written.</summary>
    public async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    public Task<int> ExecuteAsync(Statement statement) => ExecuteAsync(statement.Sql, statement.Values);

    /// <summary>One after another, in one round trip where the database can do that. Returns how many rows each
    /// wrote.</summary>
    public async Task<int[]> ExecuteAllAsync(IReadOnlyList<Statement> statements)
    {
        if (!Connection.CanCreateBatch)
        {
            var written = new int[statements.Count];
            for (var each = 0; each < written.Length; each++)
                written[each] = await ExecuteAsync(statements[each]);
            return written;
        }

        await using var batch = Connection.CreateBatch();
        batch.Transaction = Transaction;
        foreach (var (sql, values) in statements)
        {
            var command = batch.CreateBatchCommand();
#pragma warning disable CA2100 // Every text is a constant of Store; values are passed as parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, value) in values)
                command.Parameters.Add(Fill(command.CreateParameter(), name, value));
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(Cancel);
        return [.. batch.BatchCommands.Select(command => command.RecordsAffected)];
    }

    /// <summary>Without a time limit; returns how many rows it changed.</summary>
    public async Task<int> ExecutePatientlyAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>The first column of the first row; null if there is none, or it is null.</summary>
    public async Task<long?> NumberAsync(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        var value = await command.ExecuteScalarAsync(Cancel);
        return value is null or DBNull ? null : Convert.ToInt64(value, CultureInfo.InvariantCulture);
    }

    public async Task<List<T>> ReadAsync<T>(
        string sql,
        Func<Row, T> read,
        params (string Name, object? Value)[] parameters
    )
    {
        var rows = new List<T>();
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var row = new Row(reader);
        while (await reader.ReadAsync(Cancel))
            rows.Add(read(row.FromTheStart()));
        return rows;
    }

    /// <summary>Row after row, however many and however long it takes: none is kept.</summary>
    public async Task EachAsync(string sql, Func<Row, ValueTask> take, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var row = new Row(reader);
        while (await reader.ReadAsync(Cancel))
            await take(row.FromTheStart());
    }

    /// <summary>The only row.</summary>
    public async Task<T> OneAsync<T>(string sql, Func<Row, T> read, params (string Name, object? Value)[] parameters) =>
        (await ReadAsync(sql, read, parameters)).Single();
}
