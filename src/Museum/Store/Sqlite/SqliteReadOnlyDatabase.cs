using System.Data.Common;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>
/// The file for questions only. It is neither made nor changed, and may lie where nothing can be written: SQLite's WAL
/// wants a file beside it even to read, so a copy on such a place is read as one that nobody changes.
/// </summary>
/// <remarks>https://www.sqlite.org/wal.html#read_only_databases</remarks>
internal sealed class SqliteReadOnlyDatabase(string path, string describe, TimeProvider clock)
    : SqliteDatabase(path, describe, clock)
{
    private const int ReadOnly = 8,
        CantOpen = 14;

    private readonly string path = path;

    public override async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        try
        {
            var file = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite };
            return await LookAsync(file, cancel);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is ReadOnly or CantOpen && File.Exists(path))
        {
            if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
                throw new MuseumException(
                    ExitCode.Service,
                    $"{path}: its newest rows are in {path}-wal, and nothing can be written beside it. To fix it: copy "
                        + "both files to a directory that can be written, and name the copy with --database.",
                    e
                );
            var frozen = new SqliteConnectionStringBuilder
            {
                DataSource = $"file:{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?immutable=1",
                Mode = SqliteOpenMode.ReadOnly,
            };
            return await LookAsync(frozen, cancel);
        }
    }

    /// <summary>Opened, and found to be readable: only a question that looks into the file finds that out.</summary>
    private async Task<DbConnection> LookAsync(SqliteConnectionStringBuilder file, CancellationToken cancel)
    {
        var connection = await OpenAsync(file, Usual + "pragma query_only = on", cancel);
        try
        {
            await new SqlSession(this, connection, null, cancel).NumberAsync("select count(*) from sqlite_master");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
