using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MuseumPipeline.Load;

public sealed partial class SqliteStore
{
    /// <summary>Deferred: it only reads, and takes no lock.</summary>
    protected override Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <summary>To the millisecond, which is as far as SQLite's own functions see.</summary>
    protected override string Within(string earlier, string later) => $"round(unixepoch({later}, 'subsec') - unixepoch({earlier}, 'subsec'), 3) <= @seconds";

    /// <summary>SQLite knows no time zones: .NET tells it.</summary>
    protected override string LocalDay(string instant) => $"local_day({instant}, @zone)";

    private static void AddLocalDay(SqliteConnection connection) => connection.CreateFunction<string, string, int>(
        "local_day",
        (instant, zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(
            DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), TimeZoneInfo.FindSystemTimeZoneById(zone))).DayNumber,
        isDeterministic: true);
}
