using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Dashboard;
using MuseumPipeline.Store.Sql.Loads;

namespace MuseumPipeline.Store.Sql.Ledger;

/// <summary>The ledger's sources: listing them, removing one, and the versions that a load skips.</summary>
internal sealed class SqlSourceLedger(SqlDatabase database, IBulkWriter bulk) : ILedger
{
    public Task<T> SnapshotAsync<T>(Func<ISnapshot, Task<T>> read, CancellationToken cancel) =>
        database.SnapshotAsync(session => read(new SqlSnapshot(session)), cancel);

    public async Task<IReadOnlyList<LedgerSource>> ListAsync(CancellationToken cancel) =>
        await database.ConnectedAsync(
            session => session.ReadAsync($"{SqlSnapshot.Sources} order by location, name", SqlSnapshot.ReadSource),
            cancel
        );

    public async Task<IReadOnlyList<LedgerSource>> RepeatingAsync(CancellationToken cancel)
    {
        // Few sources repeat anything: the rest is not read.
        var some = await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    $"{SqlSnapshot.Sources} and own_repeats > 0 order by location, name",
                    SqlSnapshot.ReadSource
                ),
            cancel
        );
        return some.FindAll(source => source.MostlyRepeats);
    }

    public Task<FoundPresses> FindAsync(
        IReadOnlyList<KioskEvent> presses,
        SourceIdentity except,
        Claim? claim,
        CancellationToken cancel
    )
    {
        return claim is null
            ? database.ConnectedAsync(FindAsync, cancel)
            : database.OverAsync(((SourceHold)claim.Hold).Connection, FindAsync, cancel);

        Task<FoundPresses> FindAsync(SqlSession session) => new PressSearch(session).FindAsync(presses, except);
    }

    public async Task<IReadOnlyList<SetAside>> SetAsideAsync(string location, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    "select name, version, why, detail from set_aside where location = @location",
                    r => new SetAside(r.Text(), r.Text(), r.Text(), r.Text()),
                    ("location", location)
                ),
            cancel
        );

    public Task NoteKnownAsync(SourceIdentity identity, string found, CancellationToken cancel) =>
        database.ConnectedAsync(
            session => NoteAsync(session, identity.Location, new(identity.Name, identity.Version, "known", found)),
            cancel
        );

    public Task ForgetAsync(SourceIdentity identity, CancellationToken cancel) =>
        database.ConnectedAsync(
            session =>
                session.ExecuteAsync(
                    "delete from set_aside where location = @location and name = @name and version = @version",
                    ("location", identity.Location),
                    ("name", identity.Name),
                    ("version", identity.Version)
                ),
            cancel
        );

    private static Task<int> NoteAsync(SqlSession session, string location, SetAside note)
    {
        const string Sql = """
            insert into set_aside (location, name, version, why, detail, at)
            values (@location, @name, @version, @why, @detail, @now)
            on conflict (location, name, version) do update
            set why = excluded.why, detail = excluded.detail, at = excluded.at
            """;
        return session.ExecuteAsync(
            Sql,
            ("location", location),
            ("name", note.Name),
            ("version", note.Version),
            ("why", note.Why),
            ("detail", note.Detail),
            ("now", session.Now)
        );
    }

    public Task<RemovedSource?> RemoveAsync(int sourceId, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                // The partition is locked first, as its loads do: a writer finishes, and then begins a source of its
                // own.
                await session.ExecuteAsync(
                    "update kafka_offset set epoch = epoch + 1, source_id = null where source_id = @source",
                    ("source", sourceId)
                );
                const string Retire = $"""
                    update source set state = 'replaced', epoch = epoch + 1, updated_at = @now
                    where source_id = @source and state <> 'replaced'
                    returning {SqlSources.Columns}
                    """;
                var retired = await session.ReadAsync(
                    Retire,
                    SqlSources.Read,
                    ("source", sourceId),
                    ("now", session.Now)
                );
                return retired is [var row] ? await RemoveAsync(session, row, move) : null;
            },
            cancel
        );

    private async Task<RemovedSource> RemoveAsync(SqlSession session, SourceRow row, OperatorMove move)
    {
        var hourly = new HourlyCounts();
        await new ReplacedRows(session, bulk, row.Id, hourly).RemoveAsync();
        await session.ExecuteAsync(
            "delete from quarantine where quarantine_id between @first and @last",
            ("first", EventId.RangeOf(row.Id).First),
            ("last", EventId.RangeOf(row.Id).Last)
        );
        // Content that was known because of these rows may no longer be known.
        await session.ExecuteAsync("delete from set_aside where why = 'known'");
        var path = $"{row.Location}/{row.Name}";
        if (row.Kind != SourceIdentity.Stream)
        {
            var on = session.Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            var note = new SetAside(row.Name, row.Version, "removed", $"removed by {move.Who} on {on} UTC");
            await NoteAsync(session, row.Location, note);
        }

        await bulk.AddAsync(session, hourly);
        await session.RecordAsync(path, move);
        return new(path, row.Counts.Ratings, row.Counts.Support, row.Counts.Quarantined);
    }

    public Task<long> DiscardAsync(QuarantineFilter filter, string why, OperatorMove move, CancellationToken cancel)
    {
        const string Discard = """
            update quarantine set state = 'superseded', discarded = @why, resolved_at = @now
            where state = 'held' and quarantine_id = coalesce(cast(@id as bigint), quarantine_id)
              and reason = coalesce(cast(@reason as text), reason)
            returning source_id
            """;
        const string Skip = """
            update source set quarantined = quarantined - @count, skipped = skipped + @count, epoch = epoch + 1,
                updated_at = @now
            where source_id = @source
            """;
        return database.TransactAsync(
            async session =>
            {
                var gone = await session.ReadAsync(
                    Discard,
                    r => r.Int(),
                    ("why", why),
                    ("now", session.Now),
                    ("id", filter.Id),
                    ("reason", filter.Reason?.Code())
                );
                foreach (var source in gone.GroupBy(source => source).OrderBy(group => group.Key))
                    await session.ExecuteAsync(
                        Skip,
                        ("count", (long)source.Count()),
                        ("now", session.Now),
                        ("source", source.Key)
                    );
                if (gone.Count > 0)
                    await session.RecordAsync("quarantine", move with { Detail = $"{gone.Count} records: {why}" });
                return (long)gone.Count;
            },
            cancel
        );
    }
}
