using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>What is held, in counts. Nothing of it is kept in tables: the ledger tells what of it must be counted
/// again.</summary>
public abstract partial class SqlStore
{
    /// <summary>No kiosk's number is longer; what a stranger sends may be.</summary>
    private const int LongestSite = 64;

    /// <summary>The day an instant falls on in the zone @zone, as an expression: days since 0001-01-01.</summary>
    protected abstract string LocalDay(string instant);

    public Task<RefusedReading> RefusedAsync(
        int museumId,
        string timeZone,
        RefusedMarks? known,
        CancellationToken cancel
    ) =>
        WithSnapshotAsync(
            async (connection, transaction) =>
            {
                const string Replays =
                    "select cast(coalesce(sum(x.read), 0) as bigint) from run_source x join run r on r.run_id = "
                    + "x.run_id where r.command = 'quarantine replay'";
                var replays = await NumberAsync(Command(connection, transaction, Replays), cancel) ?? 0;
                var before = known is not null && known.Replays == replays ? known.Sources : null;
                var sources = await ReadAsync(
                    Command(
                        connection,
                        transaction,
                        "select source_id, epoch, quarantined from source where museum_id = @museum and state <> "
                            + "'replaced' and quarantined > 0",
                        ("museum", museumId)
                    ),
                    r => (Id: r.GetInt32(0), Epoch: r.GetInt64(1), Held: r.GetInt64(2)),
                    cancel
                );
                var all = before is null
                    ? (await CountsAsync(connection, transaction, museumId, timeZone, null, cancel)).ToLookup(row =>
                        row.SourceId
                    )
                    : null;
                var marks = new Dictionary<int, RefusedMark>(sources.Count);
                List<RefusedSource> changed = [];
                foreach (var (id, epoch, held) in sources)
                {
                    var mark = before?.GetValueOrDefault(id) ?? default;
                    if (mark.Epoch == epoch && mark.Held == held)
                    {
                        marks[id] = mark;
                        continue;
                    }

                    List<RefusedRow> rows = all is not null
                        ? [.. all[id]]
                        : await CountsAsync(connection, transaction, museumId, timeZone, (id, mark.LastId), cancel);
                    var onTop = mark.Held > 0 && mark.Held + rows.Sum(row => row.Count.Count) == held;
                    if (mark.Held > 0 && !onTop)
                        rows = await CountsAsync(connection, transaction, museumId, timeZone, (id, 0), cancel);
                    marks[id] = new(epoch, held, rows.Count == 0 ? mark.LastId : rows.Max(row => row.LastId));
                    changed.Add(new(id, onTop, [.. rows.Select(row => (row.Day, row.Count))]));
                }

                changed.AddRange(
                    (known?.Sources.Keys ?? [])
                        .Where(id => !marks.ContainsKey(id))
                        .Select(id => new RefusedSource(id, false, []))
                );
                return new RefusedReading(new(replays, marks), changed);
            },
            cancel
        );

    /// <param name="of">Only of this source, and only what comes after an id; null for everything the museum
    /// holds.</param>
    private async Task<List<RefusedRow>> CountsAsync(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        string timeZone,
        (int Source, long After)? of,
        CancellationToken cancel
    )
    {
        var sql = $"""
            select q.source_id, {LocalDay(
                HeldWhen
            )}, substr(q.site, 1, {LongestSite}), q.exhibition_id, q.reason, case when q.possible_help then 1 else 0 end,
                   case when q.support_type_id is null then 0 else 1 end, count(*), max(q.quarantine_id)
            from quarantine q
            where q.museum_id = @museum and q.state = 'held' {(
                of is null ? "" : "and q.quarantine_id > @after and q.quarantine_id <= @last"
            )}
            group by 1, 2, 3, 4, 5, 6, 7
            """;
        List<(string, object?)> values = [("museum", museumId), ("zone", timeZone)];
        if (of is { } some)
            values.AddRange([
                ("after", Math.Max(some.After, EventId.Of(some.Source, 0) - 1)),
                ("last", EventId.Of(some.Source, EventId.PositionsPerSource - 1)),
            ]);
        return await ReadAsync(
            Command(connection, transaction, sql, [.. values]),
            r => new RefusedRow(
                r.GetInt32(0),
                DateOnly.FromDayNumber(r.GetInt32(1)),
                new(
                    ReadText(r, 2),
                    r.IsDBNull(3) ? null : r.GetInt32(3),
                    Reasons.Parse(r.GetString(4))!.Value,
                    r.GetInt32(5) == 1,
                    r.GetInt32(6) == 1,
                    r.GetInt64(7)
                ),
                r.GetInt64(8)
            ),
            cancel
        );
    }

    private readonly record struct RefusedRow(int SourceId, DateOnly Day, RefusedCount Count, long LastId);
}
