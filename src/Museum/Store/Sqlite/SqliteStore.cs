using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>The embedded database: one SQLite file in WAL mode. Several processes may use it; one writes at a time, the
/// others wait.</summary>
internal static class SqliteStore
{
    /// <param name="path">The file; created when missing.</param>
    /// <param name="clock">For the ledger's times.</param>
    public static MuseumStore Open(string path, TimeProvider clock)
    {
        var describe = $"the embedded database {path}";
        var database = new SqliteDatabase(path, describe, clock);
        var rooms = new SqlRooms(database, new SqliteBulk(), new SqliteLocks(database), new SqliteAnnouncer(database));
        return rooms.Open("embedded", describe, writers: 1);
    }
}
