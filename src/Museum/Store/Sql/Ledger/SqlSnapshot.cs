using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Store.Sql.Loads;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Ledger;

/// <summary>Queries within one read-only transaction.</summary>
internal sealed class SqlSnapshot(SqlSession session) : ISnapshot
{
    public const string Sources =
        $"select {SqlSources.Columns}, updated_at, own_repeats from source where state <> 'replaced'";

    public static LedgerSource ReadSource(Row r) => new(SqlSources.Read(r), r.Time(), r.Long());

    public async Task<IReadOnlyList<LedgerSource>> SourcesAsync() =>
        await session.ReadAsync($"{Sources} order by source_id", ReadSource);

    public async Task<IReadOnlyList<PartitionRow>> PartitionsAsync() =>
        await session.ReadAsync(
            $"select {SqlPartitions.Columns} from kafka_offset where not retired",
            SqlPartitions.Read
        );

    public Task<IReadOnlyList<StoredRecord>> RecordsAsync(int sourceId, long first, long last) =>
        BetweenAsync(EventId.Of(sourceId, first), EventId.Of(sourceId, last), long.MaxValue);

    public async Task<IReadOnlyList<StoredRecord>> StraysAsync(IReadOnlyList<int> sources, int most)
    {
        List<StoredRecord> strays = [];
        var from = long.MinValue;
        foreach (var source in sources.Order())
        {
            var begin = EventId.Of(source, 0);
            if (from < begin && strays.Count < most)
                strays.AddRange(await BetweenAsync(from, begin - 1, most));
            from = begin + EventId.PositionsPerSource;
        }

        if (strays.Count < most)
            strays.AddRange(await BetweenAsync(from, long.MaxValue, most));
        // The refusals of a replaced version are kept.
        return [.. strays.Where(row => row.State is null or "held").Take(most)];
    }

    private async Task<IReadOnlyList<StoredRecord>> BetweenAsync(long first, long last, long most)
    {
        (string, object?)[] range = [("first", first), ("last", last), ("most", most)];
        List<StoredRecord> rows = [];
        foreach (var (kind, name, time) in PressTable.All)
        {
            rows.AddRange(
                await session.ReadAsync(
                    $"""
                    select {name}_instance_id, source_id, position, exhibition_id, {name}_type_id, {time}
                    from {name}_instance where {name}_instance_id between @first and @last order by 1 limit @most
                    """,
                    r => new StoredRecord(
                        r.Long(),
                        r.Int(),
                        r.Long(),
                        kind,
                        r.Int(),
                        r.Short(),
                        (r.Time() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                        null,
                        null
                    ),
                    range
                )
            );
        }

        rows.AddRange(
            await session.ReadAsync(
                """
                select quarantine_id, source_id, position, state, raw from quarantine
                where quarantine_id between @first and @last order by 1 limit @most
                """,
                r => new StoredRecord(r.Long(), r.Int(), r.Long(), null, 0, 0, 0, r.Text(), r.BytesOrNull()),
                range
            )
        );
        return rows;
    }

    public async Task<IReadOnlySet<long>> RetiredAsync(int sourceId, long first, long last) =>
        (await session.KeysAsync(EventId.Of(sourceId, first), EventId.Of(sourceId, last))).ToHashSet();

    public async Task<ILookup<int, RetiredCount>> RetiredCountsAsync()
    {
        const string Sql = """
            select source_id, kind, cast(sum(case when kind = 'refusal' then held else row_count end) as bigint)
            from retired where not pending group by 1, 2
            """;
        var counts = await session.ReadAsync(
            Sql,
            r => (Source: r.Int(), Count: new RetiredCount(r.Word<RetiredKind>(), r.Long()))
        );
        return counts.ToLookup(row => row.Source, row => row.Count);
    }

    public async Task<IReadOnlyList<HourlyCount>> RetiredHourlyAsync() =>
        await session.ReadAsync(
            "select kind, exhibition_id, type_id, hour, presses from retired_hourly",
            r => new HourlyCount(r.Word<PressKind>(), r.Int(), r.Short(), HourOf(r.Time()), r.Long())
        );

    private static long HourOf(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerHour;

    public async Task<IReadOnlyList<HourlyCount>> HourlyAsync()
    {
        List<HourlyCount> counts = [];
        foreach (var kind in (PressKind[])[PressKind.Rating, PressKind.Support])
        {
            var name = kind is PressKind.Rating ? "rating" : "support";
            counts.AddRange(
                await session.ReadAsync(
                    $"select exhibition_id, {name}_type_id, hour, presses from {name}_hourly",
                    r => new HourlyCount(kind, r.Int(), r.Short(), HourOf(r.Time()), r.Long())
                )
            );
        }

        return counts;
    }
}
