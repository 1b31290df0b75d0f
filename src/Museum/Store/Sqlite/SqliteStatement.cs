using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>A prepared statement, passed to SQLite directly: the ADO.NET layer above it costs as much as the insert
/// itself.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly sqlite3_stmt statement;

    /// <exception cref="SqliteException">The text does not fit the schema.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        this.connection = connection;
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v2(connection.Handle!, sql, out statement),
            connection.Handle!
        );
    }

    /// <param name="index">1-based.</param>
    public void Bind(int index, long value) => raw.sqlite3_bind_int64(statement, index, value);

    /// <param name="index">1-based.</param>
    public void Bind(int index, ReadOnlySpan<byte> utf8) => raw.sqlite3_bind_text(statement, index, utf8);

    /// <param name="index">1-based.</param>
    public void Bind(int index, long? value)
    {
        if (value is { } number)
            raw.sqlite3_bind_int64(statement, index, number);
        else
            raw.sqlite3_bind_null(statement, index);
    }

    /// <param name="index">1-based.</param>
    public void Bind(int index, string? text)
    {
        if (text is null)
            raw.sqlite3_bind_null(statement, index);
        else
            raw.sqlite3_bind_text(statement, index, text);
    }

    /// <param name="index">1-based.</param>
    public void BindBlob(int index, ReadOnlySpan<byte> bytes)
    {
        // Bound as a blob, zero bytes would become null.
        if (bytes.IsEmpty)
            raw.sqlite3_bind_zeroblob(statement, index, 0);
        else
            raw.sqlite3_bind_blob(statement, index, bytes);
    }

    /// <summary>Runs it once; bound values are kept.</summary>
    /// <exception cref="SqliteException">The row is refused, or the disk is full.</exception>
    public void Execute()
    {
        var result = raw.sqlite3_step(statement);
        if (result != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(result, connection.Handle!);
        raw.sqlite3_reset(statement);
    }

    public void Dispose() => statement.Dispose();
}
