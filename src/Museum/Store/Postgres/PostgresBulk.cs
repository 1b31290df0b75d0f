using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Rows by COPY; hourly counts by whichever is faster, COPY or upsert.</summary>
internal sealed class PostgresBulk : IBulkWriter
{
    public EventRows Rows(SqlSession session, int museumId, int runId) => new PostgresRows(session, museumId, runId);

    public async Task AddAsync(SqlSession session, HourlyCounts hourly)
    {
        await new PostgresHourly(session, "rating").AddAsync(hourly.Columns(PressKind.Rating));
        await new PostgresHourly(session, "support").AddAsync(hourly.Columns(PressKind.Support));
    }
}
