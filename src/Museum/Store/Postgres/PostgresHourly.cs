using System.Data.Common;
using MuseumPipeline.Model;
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

    private string Alone =>
        $"select pg_advisory_xact_lock(hashtextextended(current_schema() || ' {kind}_hourly', "
        + $"{PostgresDialect.LockSpace}))";

    /// <param name="columns">What to add, in the order of the key.</param>
    /// <param name="inOrder">Take the rows in that order, however many they are.</param>
    public async Task AddAsync(HourlyColumns columns, bool inOrder)
    {
        if (columns.Presses.Length == 0)
            return;
        var goesDown = Array.Exists(columns.Presses, presses => presses < 0);
        if (inOrder || columns.Presses.Length < Many || !await TryAddKnownAsync(columns))
        {
            await UpsertAsync(columns);
            if (goesDown)
                await UpdateAsync(columns, "n.presses < 0");
        }

        if (goesDown)
            await session.ExecuteAsync($"delete from {kind}_hourly where presses = 0");
    }

    /// <summary>A long stretch of history brings thousands of hours that are not counted yet, and copying those costs a
    /// quarter of an upsert; updating the others at once costs half of one. In no order of the key, so only one
    /// transaction at a time does it. False, with nothing done, if a smaller one has just counted one of the new hours
    /// or removed one of the others, or if a count is to be taken away from one that is not there.</summary>
    private async Task<bool> TryAddKnownAsync(HourlyColumns columns)
    {
        await session.ExecutePatientlyAsync(Alone);
        var known = await KnownAsync(columns);
        var again = new List<int>();
        var rows = new CopyBuffer();
        for (var row = 0; row < columns.Presses.Length; row++)
        {
            if (known[row])
                again.Add(row);
            else if (columns.Presses[row] < 0)
                return false;
            else
                rows.Add(columns.Exhibitions[row], columns.Hours[row], columns.Types[row], columns.Presses[row]);
        }

        await transaction.SaveAsync("hourly", session.Cancel);
        if (await TryCopyAsync(rows) && (again.Count == 0 || await UpdateAsync(columns.Pick(again)) == again.Count))
            return true;
        await transaction.RollbackAsync("hourly", session.Cancel);
        return false;
    }

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

    /// <summary>Which of the counts are there, as a mark for each. Both are in the order of the key.</summary>
    private async Task<bool[]> KnownAsync(HourlyColumns columns)
    {
        var known = new bool[columns.Presses.Length];
        var at = 0;
        await using var copy = await ((NpgsqlConnection)session.Connection).BeginRawBinaryCopyAsync(
            $"""
            copy (select exhibition_id, hour, {kind}_type_id from {kind}_hourly
                  where hour between '{columns.Hours[0]:O}' and '{columns.Hours[^1]:O}'
                  order by hour, exhibition_id, {kind}_type_id) to stdout (format binary)
            """,
            session.Cancel
        );
        await CopiedPresses.ReadAsync(copy, Mark, session.Cancel);
        return known;

        void Mark(int exhibition, long hour, short type)
        {
            while (at < known.Length && Compare(columns, at, exhibition, hour, type) < 0)
                at++;
            if (at < known.Length && Compare(columns, at, exhibition, hour, type) == 0)
                known[at++] = true;
        }
    }

    private static int Compare(HourlyColumns columns, int row, int exhibition, long hour, short type)
    {
        var order = StoredInstants.MicrosecondsOf(columns.Hours[row].Ticks).CompareTo(hour);
        if (order == 0)
            order = columns.Exhibitions[row].CompareTo(exhibition);
        return order == 0 ? columns.Types[row].CompareTo(type) : order;
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
