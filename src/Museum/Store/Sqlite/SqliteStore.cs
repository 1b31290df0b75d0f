using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The embedded database: one SQLite file in WAL mode. Several processes may use it; one writes at a time, the
/// others wait.</summary>
internal static class SqliteStore
{
    /// <param name="path">The file; created when missing.</param>
    /// <param name="clock">For the ledger's times.</param>
    public static MuseumStore Open(string path, TimeProvider clock) =>
        Open(new SqliteDatabase(path, Describe(path), clock), Describe(path));

    /// <summary>The same for questions: it creates and changes nothing, and reads a file that may not be
    /// written.</summary>
    public static MuseumStore OpenReadOnly(string path, TimeProvider clock) =>
        Open(new SqliteReadOnlyDatabase(path, Describe(path), clock), Describe(path));

    private static string Describe(string path) => $"the embedded database {path}";

    private static MuseumStore Open(SqliteDatabase database, string describe)
    {
        var rooms = new SqlRooms(database, new SqliteBulk(), new SqliteLocks(database), new SqliteAnnouncer(database));
        return rooms.Open("embedded", describe, writers: 1);
    }
}
