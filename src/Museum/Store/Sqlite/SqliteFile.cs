using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The file behind an open connection: SQLite can tell, and its .NET library does not ask.</summary>
internal static class SqliteFile
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED</summary>
    private const int Question = 20;

    /// <summary>True where the file was removed, or its name leads to another one now.</summary>
    public static bool HasMoved(SqliteConnection connection) =>
        sqlite3_file_control(connection.Handle!, "main", Question, out var moved) == raw.SQLITE_OK && moved != 0;

#pragma warning disable IDE1006 // The name is SQLite's.
    [DllImport("e_sqlite3")]
    private static extern int sqlite3_file_control(
        sqlite3 database,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        int question,
        out int answer
    );
#pragma warning restore IDE1006
}
