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

    /// <summary>Counted here while the server reads: its own grouping by the hour takes three times as long. Another
    /// connection reads while this one deletes; it sees the same rows, because only the holder of the source's row in
    /// the ledger, which is this transaction, changes them.</summary>
    /// <exception cref="TransientException">The two saw different rows.</exception>
    public async Task RemoveAsync(SqlSession session, PressTable table, int sourceId, HourlyCounts hourly)
    {
        var (first, last) = EventId.RangeOf(sourceId);
        var rows = string.Create(
            CultureInfo.InvariantCulture,
            $"from {table.Name}_instance where {table.Name}_instance_id between {first} and {last}"
        );
        await using var other = await session.Database.OpenAsync(session.Cancel);
        // It has its lock on the table before this transaction asks for one, so that it never waits behind a third that
        // waits for us on the same table; that two tables are locked the other way round would be seen by nobody.
        await using (var limit = new NpgsqlCommand("set lock_timeout = '10s'", (NpgsqlConnection)other))
            await limit.ExecuteNonQueryAsync(session.Cancel);
        await using var copy = await ((NpgsqlConnection)other).BeginRawBinaryCopyAsync(
            $"copy (select exhibition_id, {table.At}, {table.Name}_type_id {rows}) to stdout (format binary)",
            session.Cancel
        );
        var read = 0;
        var reading = Task.Run(() => CopiedPresses.ReadAsync(copy, Subtract, session.Cancel), session.Cancel);
        int deleted;
        try
        {
            deleted = await session.ExecutePatientlyAsync($"delete {rows}");
        }
        catch
        {
            await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }

        await reading;

        if (read != deleted)
            throw new TransientException(
                $"{table.Name}_instance: found {read} rows of the source {sourceId} and deleted {deleted}",
                null
            );

        void Subtract(int exhibition, long at, short type)
        {
            hourly.AddAt(table.Kind, exhibition, at, type, -1);
            read++;
        }
    }

    public async Task AddAsync(SqlSession session, HourlyCounts hourly, bool inOrder)
    {
        await new PostgresHourly(session, "rating").AddAsync(hourly.Columns(PressKind.Rating), inOrder);
        await new PostgresHourly(session, "support").AddAsync(hourly.Columns(PressKind.Support), inOrder);
    }
}
