using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Rows by COPY; hourly counts by whichever is faster, COPY or upsert.</summary>
internal sealed class PostgresBulk : IBulkWriter
{
    public EventRows Rows(SqlSession session, int museumId, int runId) => new PostgresRows(session, museumId, runId);

    /// <summary>Counted here while the server reads: its own grouping by the hour takes three times as long.</summary>
    public async Task SubtractAsync(SqlSession session, PressTable table, int sourceId, HourlyCounts hourly)
    {
        var (first, last) = EventId.RangeOf(sourceId);
        await using var rows = await ((NpgsqlConnection)session.Connection).BeginRawBinaryCopyAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                copy (select exhibition_id, {table.At}, {table.Name}_type_id from {table.Name}_instance
                      where {table.Name}_instance_id between {first} and {last}) to stdout (format binary)
                """
            ),
            session.Cancel
        );
        await CopiedPresses.ReadAsync(
            rows,
            (exhibition, at, type) => hourly.AddAt(table.Kind, exhibition, at, type, -1),
            session.Cancel
        );
    }

    public async Task AddAsync(SqlSession session, HourlyCounts hourly, bool inOrder)
    {
        await new PostgresHourly(session, "rating").AddAsync(hourly.Columns(PressKind.Rating), inOrder);
        await new PostgresHourly(session, "support").AddAsync(hourly.Columns(PressKind.Support), inOrder);
    }
}
