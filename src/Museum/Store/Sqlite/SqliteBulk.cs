using System.Globalization;
using Microsoft.Data.Sqlite;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sqlite;

/// <summary>Rows by prepared statements.</summary>
internal sealed class SqliteBulk : IBulkWriter
{
    public EventRows Rows(SqlSession session, int museumId, int runId) => new SqliteRows(session, museumId, runId);

    public async Task RemoveAsync(SqlSession session, PressTable table, int sourceId, HourlyCounts hourly)
    {
        var (first, last) = EventId.RangeOf(sourceId);
        (string, object?)[] range = [("first", first), ("last", last)];
        var rows = $"from {table.Name}_instance where {table.Name}_instance_id between @first and @last";
        await session.EachAsync(
            $"select exhibition_id, {session.Dialect.HourOf(table.At)}, {table.Name}_type_id, count(*) {rows} group by "
                + "1, 2, 3",
            row =>
            {
                hourly.Add(table.Kind, row.Int(), row.Time(), row.Short(), -row.Long());
                return ValueTask.CompletedTask;
            },
            range
        );
        await session.ExecutePatientlyAsync($"delete {rows}", range);
    }

    public async Task AddAsync(SqlSession session, HourlyCounts hourly, bool inOrder)
    {
        var connection = (SqliteConnection)session.Connection;
        if (Upsert(connection, "rating", hourly.Columns(PressKind.Rating)))
            await session.ExecuteAsync("delete from rating_hourly where presses = 0");
        if (Upsert(connection, "support", hourly.Columns(PressKind.Support)))
            await session.ExecuteAsync("delete from support_hourly where presses = 0");
    }

    /// <summary>Adds the counts; true if some decreased.</summary>
    private static bool Upsert(SqliteConnection connection, string kind, HourlyColumns columns)
    {
        if (columns.Presses.Length == 0)
            return false;
        using var add = new SqliteStatement(
            connection,
            $"""
            insert into {kind}_hourly (exhibition_id, hour, {kind}_type_id, presses) values (?1, ?2, ?3, ?4)
            on conflict (exhibition_id, hour, {kind}_type_id) do update set presses = presses + excluded.presses
            """
        );
        // An upsert would check the constraint on a negative number before adding: counts that decrease are updated.
        using var take = new SqliteStatement(
            connection,
            $"update {kind}_hourly set presses = presses + ?4 where exhibition_id = ?1 and hour = ?2 and "
                + $"{kind}_type_id = ?3"
        );
        Span<byte> hour = stackalloc byte[28];
        for (var row = 0; row < columns.Presses.Length; row++)
        {
            var statement = columns.Presses[row] < 0 ? take : add;
            columns.Hours[row].TryFormat(hour, out _, "O", CultureInfo.InvariantCulture);
            hour[19] = (byte)'Z';
            statement.Bind(1, columns.Exhibitions[row]);
            statement.Bind(2, hour[..20]);
            statement.Bind(3, columns.Types[row]);
            statement.Bind(4, columns.Presses[row]);
            statement.Execute();
        }

        return Array.Exists(columns.Presses, presses => presses < 0);
    }
}
