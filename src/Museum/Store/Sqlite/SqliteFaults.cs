using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>What SQLite's errors mean for us: retry, bisect, or stop.</summary>
/// <remarks>https://www.sqlite.org/rescode.html</remarks>
internal static class SqliteFaults
{
    private const int Busy = 5,
        Locked = 6,
        ReadOnly = 8,
        IoError = 10,
        Full = 13,
        CantOpen = 14,
        TooBig = 18,
        Constraint = 19,
        Mismatch = 20,
        NotADatabase = 26;
    private const int PrimaryKey = 1555,
        Unique = 2067;

    /// <summary>True if a key of this program's own schema is violated.</summary>
    public static bool IsOwnKey(Exception exception)
    {
        const string Taken = "UNIQUE constraint failed: ";
        if (exception is not SqliteException { SqliteExtendedErrorCode: PrimaryKey or Unique } sqlite)
            return false;
        var at = sqlite.Message.IndexOf(Taken, StringComparison.Ordinal);
        return at >= 0 && OwnKeys.HasColumns(sqlite.Message[(at + Taken.Length)..].TrimEnd('.', '\''));
    }

    /// <summary>The contract's error for whatever the driver threw.</summary>
    public static Exception Translate(Exception exception, string where)
    {
        if (exception is not SqliteException sqlite)
            return Stop($"{where}: {exception.Message}");
        return sqlite.SqliteErrorCode switch
        {
            Busy or Locked => new TransientException(
                $"{where}: another process holds it ({sqlite.Message})",
                exception
            ),
            Constraint when IsOwnKey(exception) => new TransientException($"{where}: {sqlite.Message}", exception),
            // A constraint, index or trigger that the database's owner added refuses one of our rows.
            Constraint or Mismatch or TooBig => new RowRefusedException($"{where}: {sqlite.Message}", exception),
            Full => Stop(
                $"{where}: the disk is full. Make room and run the same command again: what was committed stays, "
                    + $"the rest is loaded then."
            ),
            CantOpen => Stop(
                $"{where}: cannot be opened or created. Check that its directory exists and that you may write "
                    + $"there (MUSEUM_DATABASE)."
            ),
            ReadOnly => Stop(
                $"{where}: is read-only. Check the permissions of the file and of its directory (MUSEUM_DATABASE)."
            ),
            NotADatabase => Stop($"{where}: is not an SQLite database. Name another file (MUSEUM_DATABASE)."),
            IoError => Stop(
                $"{where}: reading or writing failed ({sqlite.Message}). Check the disk, also for room, and run "
                    + $"the same command again."
            ),
            _ when sqlite.Message.Contains("no such table", StringComparison.Ordinal) => Stop(
                $"{where}: {sqlite.Message}. The schema is not there or not as expected: run `museum db migrate`."
            ),
            _ => Stop($"{where}: {sqlite.Message}"),
        };

        ServiceRefusedException Stop(string message) => new(message, exception);
    }
}
