using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Store.Sql.Retention;

/// <summary>What is retired, for those who must not take it for missing or new. Ask the tables first and this second: a row
/// only ever moves from there to here.</summary>
internal static class RetiredRows
{
    /// <summary>The tables that a source's retired rows are in; with the source they go.</summary>
    private static readonly string[] Tables = ["retired", "retired_hourly", "retired_refusal"];

    /// <summary>Keys between two of the same source, both included.</summary>
    public static async Task<List<long>> KeysAsync(
        this SqlSession session,
        long first,
        long last,
        RetiredKind? only = null
    )
    {
        const string Sql = """
            select kind, first_position, positions from retired
            where source_id = @source and first_position between @first and @last and not pending
            """;
        var (source, begin) = ((int)(first / EventId.PositionsPerSource), first % EventId.PositionsPerSource);
        var stretches = await session.ReadAsync(
            Sql,
            r => (Kind: r.Word<RetiredKind>(), Begin: EventId.Of(source, r.Long()), Bits: r.BytesOrNull()),
            ("source", source),
            ("first", begin / PositionBits.Most * PositionBits.Most),
            ("last", last - EventId.Of(source, 0))
        );
        return
        [
            .. stretches
                .Where(stretch => only is null || stretch.Kind == only)
                .SelectMany(stretch => new PositionBits(stretch.Bits).All().Select(bit => stretch.Begin + bit))
                .Where(key => key >= first && key <= last),
        ];
    }

    /// <summary>Forgets what of a source is retired; its hourly counts have been subtracted.</summary>
    public static async Task ForgetRetiredAsync(this SqlSession session, int sourceId)
    {
        foreach (var table in Tables)
            await session.ExecuteAsync($"delete from {table} where source_id = @source", ("source", sourceId));
    }
}
