using System.Data;
using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Loads;

internal sealed class SqlSources(SqlDatabase database, IBulkWriter bulk, ISourceLocks locks) : ISources
{
    internal const string Columns =
        "source_id, museum_id, kind, location, name, version, size, replaces, state, next_byte, next_position, "
        + "epoch, header, read, ratings, support, quarantined, 0, skipped, possible_help";

    internal static SourceRow Read(Row r) =>
        new(
            r.Int(),
            r.Int(),
            r.Text(),
            r.Text(),
            r.Text(),
            r.Text(),
            r.Long(),
            r.IntOrNull(),
            r.Word<SourceState>(),
            r.Long(),
            r.Long(),
            r.Long(),
            r.BytesOrNull(),
            r.Counts()
        );

    public async Task<IReadOnlyList<SourceRow>> ListAsync(string location, CancellationToken cancel) =>
        await database.ConnectedAsync(
            session =>
                session.ReadAsync(
                    $"select {Columns} from source where location = @location and state <> 'replaced'",
                    Read,
                    ("location", location)
                ),
            cancel
        );

    public async Task<Claim?> ClaimAsync(SourceIdentity identity, CancellationToken cancel)
    {
        SourceHold? hold = null;
        try
        {
            hold = await locks.TakeAsync(identity, cancel);
            if (hold is null)
                return null;
            var rows = await new SqlSession(database, hold.Connection, null, cancel).ReadAsync(
                $"select {Columns} from source where location = @location and name = @name and state <> 'replaced'",
                Read,
                ("location", identity.Location),
                ("name", identity.Name)
            );
            var row = rows.SingleOrDefault();
            var same = row is not null && row.Version == identity.Version && row.Size == identity.Size;
            return new Claim(identity, same ? row : null, same ? null : row, hold);
        }
        catch (Exception e)
        {
            await SqlDatabase.DisposeQuietlyAsync(hold);
            if (SqlDatabase.IsDriverFault(e))
                throw database.Translate(e);
            throw;
        }
    }

    public Task<bool> AlsoAsync(Claim claim, string name, CancellationToken cancel)
    {
        var hold = (SourceHold)claim.Hold;
        return database.OverAsync(hold.Connection, session => hold.AlsoAsync(name, session.Cancel), cancel);
    }

    public async Task<long[]> PositionsAsync(int sourceId, CancellationToken cancel)
    {
        var (first, last) = EventId.RangeOf(sourceId);
        var positions = await database.ConnectedAsync(
            async session =>
            {
                var stored = await session.ReadAsync(
                    SqlLedger.PositionsBetween,
                    r => r.Long(),
                    ("first", first),
                    ("last", last)
                );
                stored.AddRange((await session.KeysAsync(first, last)).Select(key => key - first));
                return stored;
            },
            cancel
        );
        positions.Sort();
        return [.. positions];
    }

    public async Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel)
    {
        DbTransaction? transaction = null;
        EventRows? rows = null;
        var connection = ((SourceHold)claim.Hold).Connection;
        try
        {
            transaction = await database.BeginWriteAsync(connection, cancel);
            var session = new SqlSession(database, connection, transaction, cancel);
            rows = bulk.Rows(session, claim.Identity.MuseumId, runId);
            if (await EnterAsync(session, claim, rows.Hourly) is var (sourceId, heir))
                return new SqlLoad(session, bulk, claim, sourceId, runId, rows) { Heir = heir };
            await GiveUpAsync();
            return null;
        }
        catch (Exception e)
        {
            await GiveUpAsync();
            if (e is InvalidOperationException broken && connection.State is not ConnectionState.Open)
                throw SqlDatabase.Cut(broken);
            if (!SqlDatabase.IsDriverFault(e))
                throw;
            if (database.IsOwnKey(e))
                return null;
            throw database.TranslateOpening(e, $"{claim.Identity.Location}/{claim.Identity.Name}");
        }

        ValueTask GiveUpAsync()
        {
            rows?.Dispose();
            return SqlDatabase.DisposeQuietlyAsync(transaction);
        }
    }

    /// <summary>The source's row, locked; null if it has changed since the claim.</summary>
    private async Task<(int SourceId, RetiredHeir? Heir)?> EnterAsync(
        SqlSession session,
        Claim claim,
        HourlyCounts hourly
    )
    {
        RetiredHeir? heir = null;
        if (claim.Identity.Kind == "object" && session.Dialect.EagerCommit is { } eager)
            await session.ExecuteAsync(eager);
        await session.ExecuteAsync(session.HoldExhibitions(claim.Identity.MuseumId));
        if (claim.Current is { } current)
        {
            var epoch = await session.NumberAsync(
                "select epoch from source where source_id = @id and state <> 'replaced'" + session.Dialect.ForUpdate,
                ("id", current.Id)
            );
            return epoch == current.Epoch ? (current.Id, null) : null;
        }

        if (claim.Replaced is { } replaced)
        {
            const string Retire =
                "update source set state = 'replaced', epoch = epoch + 1, updated_at = @now where source_id = @id "
                + "and epoch = @epoch and state <> 'replaced'";
            var retired = await session.ExecuteAsync(
                Retire,
                ("id", replaced.Id),
                ("epoch", replaced.Epoch),
                ("now", session.Now)
            );
            if (retired == 0)
                return null;
            heir = await RetiredHeir.OfAsync(session, replaced.Id);
            await new ReplacedRows(session, bulk, replaced.Id, hourly).RemoveAsync();
        }

        return (await session.AddSourceAsync(claim.Identity, claim.Replaced?.Id), heir);
    }

    public Task ExtendAsync(SourceRow source, string version, long size, CancellationToken cancel) =>
        database.ConnectedAsync(
            session =>
                session.ExecuteAsync(
                    "update source set version = @version, size = @size, state = 'loading', epoch = epoch + 1, "
                        + "updated_at = @now where source_id = @source and epoch = @epoch",
                    ("version", version),
                    ("size", size),
                    ("now", session.Now),
                    ("source", source.Id),
                    ("epoch", source.Epoch)
                ),
            cancel
        );
}
