using System.Data.Common;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql;
using Npgsql;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Adds hourly counts to <c>rating_hourly</c> or <c>support_hourly</c> within a load's transaction.</summary>
internal sealed class PostgresHourly(SqlSession session, string kind)
{
    private readonly DbTransaction transaction = session.Transaction!;

    /// <summary>From this many hours on it pays to find out which of them are new.</summary>
    private const int Many = 2000;

    private const string Rows =
        "unnest(@exhibitions, @hours, @types, @presses) as n (exhibition_id, hour, type_id, presses)";

    public async Task AddAsync(HourlyColumns columns)
    {
        if (columns.Presses.Length == 0)
            return;
        var goesDown = Array.Exists(columns.Presses, presses => presses < 0);
        if (columns.Presses.Length < Many || !await TryAddKnownAsync(columns, goesDown))
        {
            await UpsertAsync(columns);
            if (goesDown)
                await UpdateAsync(columns, "n.presses < 0");
        }

        if (goesDown)
            await session.ExecuteAsync($"delete from {kind}_hourly where presses = 0");
    }

    /// <summary>A long stretch of history brings thousands of hours that are not counted yet, and copying those costs a
    /// quarter of an upsert. False, with nothing done, if another load has just counted one of the new hours or removed
    /// one of the others, or if a count is to be taken away from one that is not there.</summary>
    private async Task<bool> TryAddKnownAsync(HourlyColumns columns, bool goesDown)
    {
        var known = await KnownAsync(columns);
        var again = new List<int>();
        var rows = new CopyBuffer();
        for (var row = 0; row < columns.Presses.Length; row++)
        {
            if (known.Contains((columns.Exhibitions[row], columns.Hours[row], columns.Types[row])))
                again.Add(row);
            else if (columns.Presses[row] < 0)
                return false;
            else
                rows.Add(columns.Exhibitions[row], columns.Hours[row], columns.Types[row], columns.Presses[row]);
        }

        await transaction.SaveAsync("hourly", session.Cancel);
        if (await TryCopyAsync(rows) && await AddAgainAsync(columns.Pick(again), goesDown) == again.Count)
            return true;
        await transaction.RollbackAsync("hourly", session.Cancel);
        return false;
    }

    /// <summary>A replacement changes nearly every count of its hours: at once, which costs half of an upsert. Others lock
    /// in the order of the key, so that loads side by side do not wait for each other in a circle.</summary>
    private Task<int> AddAgainAsync(HourlyColumns again, bool goesDown) =>
        again.Presses.Length == 0 ? Task.FromResult(0)
        : goesDown ? UpdateAsync(again)
        : UpsertAsync(again);

    private async Task<bool> TryCopyAsync(CopyBuffer rows)
    {
        try
        {
            await CopyAsync(rows);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    private async Task<HashSet<(int, DateTime, short)>> KnownAsync(HourlyColumns columns)
    {
        await using var command = session.Command(
            $"select exhibition_id, hour, {kind}_type_id from {kind}_hourly where hour between @first and @last",
            ("first", columns.Hours.Min()),
            ("last", columns.Hours.Max())
        );
        await using var reader = await command.ExecuteReaderAsync(session.Cancel);
        var known = new HashSet<(int, DateTime, short)>();
        while (await reader.ReadAsync(session.Cancel))
            known.Add((reader.GetInt32(0), reader.GetDateTime(1), reader.GetInt16(2)));
        return known;
    }

    private async Task CopyAsync(CopyBuffer rows)
    {
        if (rows.IsEmpty)
            return;
        await using var copy = await ((NpgsqlConnection)session.Connection).BeginRawBinaryCopyAsync(
            $"copy {kind}_hourly (exhibition_id, hour, {kind}_type_id, presses) from stdin (format binary)",
            session.Cancel
        );
        await copy.WriteAsync(rows.Take(), session.Cancel);
        await copy.WriteAsync(rows.TakeTrailer(), session.Cancel);
    }

    private Task<int> UpsertAsync(HourlyColumns columns) =>
        ExecuteAsync(
            $"""
            insert into {kind}_hourly as h (exhibition_id, hour, {kind}_type_id, presses)
            select * from {Rows} where presses > 0
            on conflict (exhibition_id, hour, {kind}_type_id) do update set presses = h.presses + excluded.presses
            """,
            columns
        );

    /// <summary>An upsert would check the constraint on a negative number before adding it. Returns how many rows were
    /// there.</summary>
    private Task<int> UpdateAsync(HourlyColumns columns, string which = "true") =>
        ExecuteAsync(
            $"""
            update {kind}_hourly h set presses = h.presses + n.presses from {Rows}
            where {which} and h.exhibition_id = n.exhibition_id and h.hour = n.hour and h.{kind}_type_id = n.type_id
            """,
            columns
        );

    private Task<int> ExecuteAsync(string sql, HourlyColumns columns) =>
        session.ExecuteAsync(
            sql,
            ("exhibitions", columns.Exhibitions),
            ("hours", columns.Hours),
            ("types", columns.Types),
            ("presses", columns.Presses)
        );
}
