using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Sql;

/// <summary>Tables that somebody dropped. Hourly counts are made again from the presses; nothing else can be.</summary>
internal static class MissingTables
{
    /// <summary>What was made again, for a person.</summary>
    /// <exception cref="MuseumException">Others are missing too.</exception>
    public static async Task<IReadOnlyList<string>> RepairAsync(SqlSession session)
    {
        var there = await session.ReadAsync(session.Dialect.Tables, row => row.Text());
        var missing = OwnKeys.Tables.Except(there).ToList();
        var counts = PressTable.All.Where(table => missing.Contains(table.Hourly)).ToList();
        if (missing.Count > counts.Count)
            throw new MuseumException(
                ExitCode.Configuration,
                $"the database lacks {string.Join(", ", missing)}, which its schema has; only rating_hourly and "
                    + "support_hourly can be made again, from the presses. "
                    + "Restore the database from a backup (docs/database.md)"
            );
        foreach (var table in counts)
            await MakeAsync(session, table);
        return counts.ConvertAll(table => $"{table.Hourly} (counted again)");
    }

    private static async Task MakeAsync(SqlSession session, PressTable table)
    {
        if (session.Dialect.LockWrites($"{table.Name}_instance") is { } wait)
            await session.ExecutePatientlyAsync(wait);
        await session.ExecuteAsync(Migrations.TableOf(session.Dialect.Name, table.Hourly));
        await session.ExecutePatientlyAsync(
            $"""
            insert into {table.Hourly} (exhibition_id, hour, {table.Name}_type_id, presses)
            select exhibition_id, hour, type_id, cast(sum(presses) as bigint) from (
              select exhibition_id, {session.Dialect.HourOf(table.At)} as hour, {table.Name}_type_id as type_id,
                     count(*) as presses
              from {table.Name}_instance group by 1, 2, 3
              union all
              select exhibition_id, hour, type_id, presses from retired_hourly where kind = '{table.Name}'
            ) as counted group by 1, 2, 3
            """
        );
    }
}
