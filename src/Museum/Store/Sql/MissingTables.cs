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
        var counts = HourlyTables.All.Where(table => missing.Contains(table.Name)).ToList();
        if (missing.Count > counts.Count)
            throw new MuseumException(
                ExitCode.Configuration,
                $"the database lacks {string.Join(", ", missing)}, which every version since "
                    + "its schema's has; only rating_hourly and support_hourly can be made again, from the presses. "
                    + "Restore the database from a backup (docs/database.md)"
            );
        foreach (var table in counts)
            await MakeAsync(session, table);
        return counts.ConvertAll(table => $"{table.Name} (counted again)");
    }

    private static async Task MakeAsync(SqlSession session, HourlyTable table)
    {
        if (session.Dialect.LockWrites(table.Presses) is { } wait)
            await session.ExecutePatientlyAsync(wait);
        await session.ExecuteAsync(Migrations.TableOf(session.Dialect.Name, table.Name));
        await session.ExecutePatientlyAsync(
            $"""
            insert into {table.Name} (exhibition_id, hour, {table.Type}, presses)
            select exhibition_id, {session.Dialect.HourOf(table.At)}, {table.Type}, count(*)
            from {table.Presses} group by 1, 2, 3
            """
        );
    }
}

/// <summary>Hourly counts, and the presses they count.</summary>
/// <param name="At">The column with the instant of a press.</param>
internal sealed record HourlyTable(string Name, string Presses, string At, string Type);

internal static class HourlyTables
{
    public static IReadOnlyList<HourlyTable> All { get; } =
    [
        new("rating_hourly", "rating_instance", "rating_created_at", "rating_type_id"),
        new("support_hourly", "support_instance", "instance_created_at", "support_type_id"),
    ];
}
