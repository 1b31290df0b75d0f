using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Retention;
using MuseumPipeline.Store.Sql.Calls;
using MuseumPipeline.Store.Sql.Quarantine;

namespace MuseumPipeline.Store.Sql.Retention;

/// <summary>Removes rows of one stretch of one source within a transaction: those that were planned, and no row that
/// came since. Everybody who writes rows of a source waits for its row in the ledger before they commit, and so does
/// this.</summary>
internal sealed class RetiringStretch(
    SqlSession session,
    int retirement,
    (DateTimeOffset From, DateTimeOffset Until) month,
    RetiredStretch stretch
)
{
    public async Task<long> RemoveAsync()
    {
        var state = await session.ReadAsync(
            "select state from source where source_id = @source" + session.Dialect.ForUpdate,
            r => r.Word<SourceState>(),
            ("source", stretch.SourceId)
        );
        // Rows of a version that was replaced or removed count nowhere any more.
        var counts = state is [not SourceState.Replaced];
        var gone =
            stretch.Kind is RetiredKind.Refusal ? await RefusalsAsync(counts)
            : counts
                ? await EventsAsync(
                    PressTable.Of(stretch.Kind is RetiredKind.Rating ? PressKind.Rating : PressKind.Support)
                )
            : new(0, 0);
        await (counts && gone.Rows > 0 ? SettleAsync(gone) : DropAsync());
        return gone.Rows;
    }

    private async Task<Gone> EventsAsync(PressTable table)
    {
        var (kind, name, time) = table;
        var rows = await session.ReadAsync(
            $"""
            select {name}_instance_id, exhibition_id, {name}_type_id, {time} from {name}_instance
            where {name}_instance_id between @first and @last and {time} >= @from and {time} < @until
            order by 1
            """,
            r => (Id: r.Long(), Exhibition: r.Int(), Type: r.Short(), At: r.Time()),
            Range(stretch.FirstKey, stretch.LastKey)
        );
        var where = $"{name}_instance_id between @first and @last and {time} >= @from and {time} < @until";
        var removed = 0L;
        foreach (var (first, last) in Between(rows.Where(row => !stretch.Contains(row.Id)).Select(row => row.Id)))
        {
            await session.ExecuteAsync(
                $"""
                insert into retired_hourly (source_id, kind, hour, exhibition_id, type_id, presses)
                select @source, '{Words.Of(stretch.Kind)}', {session.Dialect.HourOf(time)}, exhibition_id,
                       {name}_type_id, count(*)
                from {name}_instance where {where} group by 3, 4, 5
                on conflict (source_id, kind, hour, exhibition_id, type_id) do update
                set presses = retired_hourly.presses + excluded.presses
                """,
                [.. Range(first, last), ("source", stretch.SourceId)]
            );
            removed += await session.ExecuteAsync($"delete from {name}_instance where {where}", Range(first, last));
        }

        var gone = rows.FindAll(row => stretch.Contains(row.Id));
        Expect(gone.Count, removed);
        return new(removed, 0)
        {
            Contents = RetiredContents.Of(
                gone.Select(row => new KioskEvent(
                    0,
                    0,
                    row.Exhibition,
                    kind,
                    row.Type,
                    StoredInstants.MicrosecondsOf(row.At)
                ))
            ),
            First = gone.Count == 0 ? null : gone.Min(row => row.At),
            Last = gone.Count == 0 ? null : gone.Max(row => row.At),
        };
    }

    private async Task<Gone> RefusalsAsync(bool counts)
    {
        const string Where = "quarantine_id between @first and @last and received_at >= @from and received_at < @until";
        var rows = await session.ReadAsync(
            $"select quarantine_id, case when state = 'held' then 1 else 0 end from quarantine where {Where} order by 1",
            r => (Id: r.Long(), Held: r.Int()),
            Range(stretch.FirstKey, stretch.LastKey)
        );
        var removed = 0L;
        foreach (var (first, last) in Between(rows.Where(row => !stretch.Contains(row.Id)).Select(row => row.Id)))
        {
            if (counts)
                await session.ExecuteAsync(
                    $"""
                    insert into retired_refusal (source_id, hour, site, exhibition_id, reason, possible_help, kind_known,
                        refusals, last_id)
                    select q.source_id, {session.Dialect.HourOf(
                        HelpSql.HeldWhen
                    )}, substr(q.site, 1, {SqlQuarantine.LongestSite}),
                           q.exhibition_id, q.reason, q.possible_help, q.support_type_id is not null, count(*),
                           max(q.quarantine_id)
                    from quarantine q where {Where} and q.state = 'held' group by 1, 2, 3, 4, 5, 6, 7
                    """,
                    Range(first, last)
                );
            removed += await session.ExecuteAsync($"delete from quarantine where {Where}", Range(first, last));
        }

        var gone = rows.FindAll(row => stretch.Contains(row.Id));
        Expect(gone.Count, removed);
        return new(removed, gone.Sum(row => row.Held));
    }

    private void Expect(long planned, long removed)
    {
        if (planned != removed)
            throw new TransientException(
                $"source {stretch.SourceId}: {removed} rows went, expected {planned}; nothing of it was committed"
            );
    }

    private (string, object?)[] Range(long first, long last) =>
        [("first", first), ("last", last), ("from", month.From), ("until", month.Until)];

    /// <summary>The keys of the stretch without those that stay.</summary>
    private IEnumerable<(long First, long Last)> Between(IEnumerable<long> stay)
    {
        var first = stretch.FirstKey;
        foreach (var key in stay)
        {
            if (first < key)
                yield return (first, key - 1);
            first = key + 1;
        }

        if (first <= stretch.LastKey)
            yield return (first, stretch.LastKey);
    }

    private Task<int> SettleAsync(Gone gone)
    {
        var sql = $"""
            update retired set pending = @no, row_count = @rows, held = @held, first_at = @begin, last_at = @end,
                contents = cast(@contents as {session.Dialect.BytesType})
            where {One}
            """;
        return session.ExecuteAsync(
            sql,
            [
                .. Key,
                ("no", false),
                ("rows", gone.Rows),
                ("held", gone.Held),
                ("begin", gone.First),
                ("end", gone.Last),
                ("contents", gone.Contents),
            ]
        );
    }

    private Task<int> DropAsync() => session.ExecuteAsync($"delete from retired where {One}", Key);

    private const string One =
        "retirement_id = @id and source_id = @source and kind = @kind and first_position = @position";

    private (string, object?)[] Key =>
        [
            ("id", retirement),
            ("source", stretch.SourceId),
            ("kind", Words.Of(stretch.Kind)),
            ("position", stretch.First),
        ];

    private sealed record Gone(long Rows, long Held)
    {
        public byte[]? Contents { get; init; }

        public DateTimeOffset? First { get; init; }

        public DateTimeOffset? Last { get; init; }
    }
}
