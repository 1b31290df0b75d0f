using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Events;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Store.Sql.Retention;

/// <summary>Months that leave the tables: what is to go, and that it went. <see cref="RetiringStretch"/> is one piece
/// of it.</summary>
internal sealed class SqlRetention(SqlDatabase database) : IRetention
{
    private const string Columns =
        "select retirement_id, what, code, month, place, file, row_count, state, at "
        + "from retirement join museum using (museum_id)";

    public async Task<IReadOnlyList<Retirement>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(session => session.ReadAsync($"{Columns} order by retirement_id", Read), cancel);

    private static Retirement Read(Row r) =>
        new(
            r.Int(),
            r.Word<ExportSet>(),
            r.Text(),
            r.Text(),
            r.TextOrNull(),
            r.TextOrNull(),
            r.Long(),
            r.Word<RetirementState>(),
            r.Time()
        );

    public Task<Retirement> BeginAsync(
        ExportPart part,
        string? place,
        Func<int, string> fileOf,
        CancellationToken cancel
    )
    {
        const string Unfinished = "what = @what and museum_id = @museum and month = @month and state = 'removing'";
        const string Abandon =
            "delete from retirement where what = @what and museum_id = @museum and month = @month and state = 'writing'";
        const string Begin = """
            insert into retirement (what, museum_id, month, place, state, at)
            values (@what, @museum, @month, @place, 'writing', @now)
            returning retirement_id
            """;
        return database.TransactAsync(
            async session =>
            {
                (string, object?)[] of =
                [
                    ("what", Words.Of(part.Set)),
                    ("museum", part.MuseumId),
                    ("month", part.Month),
                ];
                if ((await session.ReadAsync($"{Columns} where {Unfinished}", Read, of)) is [var unfinished, ..])
                    return unfinished;
                await session.ExecuteAsync(Abandon, of);
                var id = (int)(await session.NumberAsync(Begin, [.. of, ("place", place), ("now", session.Now)]))!;
                if (place is not null)
                    await session.ExecuteAsync(
                        "update retirement set file = @file where retirement_id = @id",
                        ("file", fileOf(id)),
                        ("id", id)
                    );
                return await session.OneAsync($"{Columns} where retirement_id = @id", Read, ("id", id));
            },
            cancel
        );
    }

    public Task<bool> PlanAsync(int retirement, RetiredPositions positions, CancellationToken cancel)
    {
        const string Complete =
            "update retirement set state = 'removing', row_count = @rows where retirement_id = @id and state = 'writing'";
        return database.TransactAsync(
            async session =>
            {
                if (await session.ExecuteAsync(Complete, ("rows", positions.Rows), ("id", retirement)) == 0)
                    // Recorded already, if the answer was lost.
                    return await session.NumberAsync(
                        "select 1 from retirement where retirement_id = @id",
                        ("id", retirement)
                    )
                        is not null;
                foreach (var stretch in positions)
                    await AddAsync(session, retirement, stretch);
                return true;
            },
            cancel
        );
    }

    private static Task<int> AddAsync(SqlSession session, int retirement, RetiredStretch stretch)
    {
        const string Sql = """
            insert into retired (retirement_id, source_id, kind, first_position, positions, row_count, pending)
            values (@id, @source, @kind, @first, @positions, @rows, @yes)
            """;
        return session.ExecuteAsync(
            Sql,
            ("id", retirement),
            ("source", stretch.SourceId),
            ("kind", Words.Of(stretch.Kind)),
            ("first", stretch.First),
            ("positions", stretch.Bits.ToBytes()),
            ("rows", (long)stretch.Bits.Count),
            ("yes", true)
        );
    }

    public Task<long?> RemoveAsync(int retirement, CancellationToken cancel)
    {
        const string Pending = """
            select source_id, kind, first_position, positions from retired
            where retirement_id = @id and pending order by source_id, kind, first_position limit 1000
            """;
        return database.TransactAsync<long?>(
            async session =>
            {
                var month = await session.OneAsync(
                    "select month from retirement where retirement_id = @id",
                    r => MonthOf(r.Text()),
                    ("id", retirement)
                );
                var stretches = await session.ReadAsync(
                    Pending,
                    r => new RetiredStretch(r.Int(), r.Word<RetiredKind>(), r.Long(), new(r.BytesOrNull())),
                    ("id", retirement)
                );
                if (stretches.Count == 0)
                {
                    await session.ExecuteAsync(
                        "update retirement set state = 'done' where retirement_id = @id",
                        ("id", retirement)
                    );
                    return null;
                }

                var (removed, planned) = (0L, 0);
                foreach (var stretch in stretches)
                {
                    if (planned > 0 && planned + stretch.Bits.Count > PositionBits.Most)
                        break;
                    planned += stretch.Bits.Count;
                    removed += await new RetiringStretch(session, retirement, month, stretch).RemoveAsync();
                }

                return removed;
            },
            cancel
        );
    }

    private static (DateTimeOffset From, DateTimeOffset Until) MonthOf(string month)
    {
        var from = DateTimeOffset.ParseExact(
            month + "-01Z",
            "yyyy-MM-ddK",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal
        );
        return (from, from.AddMonths(1));
    }

    public Task<Retirement?> FindRefusalAsync(long id, CancellationToken cancel)
    {
        const string Sql = """
            select retirement_id, positions from retired
            where source_id = @source and kind = 'refusal' and first_position = @first and not pending
            """;
        var (source, position) = (id / EventId.PositionsPerSource, id % EventId.PositionsPerSource);
        var bit = (int)(position % PositionBits.Most);
        return database.ConnectedAsync(
            async session =>
            {
                var stretches = await session.ReadAsync(
                    Sql,
                    r => (Id: r.Int(), Bits: r.BytesOrNull()),
                    ("source", source),
                    ("first", position - bit)
                );
                var found = stretches.Find(stretch => new PositionBits(stretch.Bits).Contains(bit));
                return found.Bits is null
                    ? null
                    : await session.OneAsync($"{Columns} where retirement_id = @id", Read, ("id", found.Id));
            },
            cancel
        );
    }

    public Task<long> HeldAsync(Reason? reason, CancellationToken cancel) =>
        database.ConnectedAsync(
            async session =>
                await session.NumberAsync(
                    "select cast(coalesce(sum(refusals), 0) as bigint) from retired_refusal "
                        + "where reason = coalesce(cast(@reason as text), reason)",
                    ("reason", reason?.Code())
                ) ?? 0,
            cancel
        );
}
