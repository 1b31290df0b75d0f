using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sqlite;

internal sealed partial class SqliteStore
{
    /// <summary>Deferred: it only reads, and takes no lock.</summary>
    protected override Task<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    /// <summary>
    /// In whole microseconds, as times are stored: SQLite's own functions see no further than milliseconds, and round,
    /// so that they are asked for
    /// whole seconds and the six decimals are read from the text.
    /// </summary>
    protected override string Within(string earlier, string later) =>
        $"(unixepoch(substr({later}, 1, 19)) - unixepoch(substr({earlier}, 1, 19))) * 1000000 + substr({later}, "
        + $"21, 6) - substr({earlier}, 21, 6) <= @seconds * 1000000";

    /// <summary>SQLite knows no time zones: .NET tells it.</summary>
    protected override string LocalDay(string instant) => $"local_day({instant}, @zone)";

    private static void AddLocalDay(SqliteConnection connection) =>
        connection.CreateFunction<string, string, int>(
            "local_day",
            (instant, zone) =>
                DateOnly
                    .FromDateTime(
                        TimeZoneInfo.ConvertTimeFromUtc(
                            StoredInstants
                                .Within(
                                    DateTimeOffset.Parse(
                                        instant,
                                        CultureInfo.InvariantCulture,
                                        DateTimeStyles.AssumeUniversal
                                    )
                                )
                                .UtcDateTime,
                            TimeZoneInfo.FindSystemTimeZoneById(zone)
                        )
                    )
                    .DayNumber,
            isDeterministic: true
        );
}
