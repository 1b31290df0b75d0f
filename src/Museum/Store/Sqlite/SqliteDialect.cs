using System.Globalization;
using MuseumPipeline.Store.Sql;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>Times are text, with six decimals and a Z. A write transaction is the lock, so rows need none; and
/// <c>synchronous = normal</c> does not wait for the disk anyway.</summary>
internal sealed class SqliteDialect : Dialect
{
    public override string Name => "sqlite";

    public override string BytesType => "blob";

    public override string TableCare =>
        """
            select 'file', (select page_count from pragma_page_count()) - (select freelist_count from pragma_freelist_count()),
                   (select freelist_count from pragma_freelist_count()), 'pages', 1, 0
            """;

    public override string HasMigrationTable =>
        "select count(*) from sqlite_master where type = 'table' and name = 'schema_migration'";

    public override string Renumber(string table) =>
        $"update sqlite_sequence set seq = (select max({table}_id) from {table}) where name = '{table}'";

    public override string Tables => "select name from sqlite_master where type = 'table'";

    public override string HourOf(string column) => $"substr({column}, 1, 13) || ':00:00Z'";

    public override string MonthOf(string column) => $"substr({column}, 1, 7)";

    /// <summary>In whole microseconds, as times are stored. SQLite's own functions only know milliseconds, and round;
    /// so they compute the whole seconds, and the six decimals are read from the text.</summary>
    public override string Within(string earlier, string later) =>
        $"(unixepoch(substr({later}, 1, 19)) - unixepoch(substr({earlier}, 1, 19))) * 1000000 + substr({later}, "
        + $"21, 6) - substr({earlier}, 21, 6) <= @seconds * 1000000";

    /// <summary>SQLite has no time zones: .NET computes the day.</summary>
    public override string LocalDay(string instant) => $"{SqliteDatabase.LocalDay}({instant}, @zone)";

    public override object Hour(DateTimeOffset hour) =>
        hour.UtcDateTime.ToString("yyyy-MM-ddTHH:00:00Z", CultureInfo.InvariantCulture);

    protected override object Time(DateTimeOffset time) => Text(time);

    /// <summary>An instant in its stored form.</summary>
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    protected override object Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
