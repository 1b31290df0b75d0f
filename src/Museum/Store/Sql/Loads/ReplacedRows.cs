using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>Removes the rows of a version of a source when a later version replaces it.</summary>
internal sealed class ReplacedRows(SqlSession session, IBulkWriter bulk, int sourceId, HourlyCounts hourly)
{
    private readonly (string, object?)[] range =
    [
        ("first", EventId.RangeOf(sourceId).First),
        ("last", EventId.RangeOf(sourceId).Last),
    ];

    /// <summary>Events are deleted and subtracted from the hourly counts; refusals stay, as superseded.</summary>
    public async Task RemoveAsync()
    {
        foreach (var table in PressTable.All)
            await bulk.RemoveAsync(session, table, sourceId, hourly);
        await RemoveRetiredAsync();
        await session.ExecutePatientlyAsync(
            "update quarantine set state = 'superseded', resolved_at = @now where quarantine_id between @first and "
                + "@last and state = 'held'",
            [.. range, ("now", session.Now)]
        );
    }

    private async Task RemoveRetiredAsync()
    {
        var gone = await session.ReadAsync(
            "select kind, exhibition_id, hour, type_id, presses from retired_hourly where source_id = @source",
            r => (Kind: r.Word<PressKind>(), Exhibition: r.Int(), Hour: r.Time(), Type: r.Short(), Count: r.Long()),
            ("source", sourceId)
        );
        foreach (var row in gone)
            hourly.Add(row.Kind, row.Exhibition, row.Hour, row.Type, -row.Count);
        await session.ForgetRetiredAsync(sourceId);
    }
}
