using System.Data.Common;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Opening the transaction of a load: fencing first, then the removal of a version that is being
/// replaced.</summary>
public abstract partial class SqlStore
{
    /// <summary>
    /// Makes the commit of this transaction return before it is on the disk. An object can be read again: should the
    /// server die now, rows and
    /// position are missing together. The commit that closes the run is an ordinary one, and puts all before it on the
    /// disk.
    /// </summary>
    protected abstract string? EagerCommit { get; }

    private protected abstract EventRows CreateRows(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        int runId
    );

    /// <summary>True when somebody else created the same row first.</summary>
    protected abstract bool IsOwnKey(Exception exception);

    public async Task<ILoad?> BeginAsync(Claim claim, int runId, CancellationToken cancel)
    {
        DbTransaction? transaction = null;
        try
        {
            var connection = ConnectionOf(claim);
            transaction = await BeginWriteAsync(connection, cancel);
            var rows = CreateRows(connection, transaction, claim.Identity.MuseumId, runId);
            if (await EnterAsync(connection, transaction, claim, rows.Hourly, cancel) is { } sourceId)
                return new SqlLoad(this, connection, transaction, claim, sourceId, runId, rows);
            rows.Dispose();
            await transaction.DisposeAsync();
            return null;
        }
        catch (Exception e) when (IsDriverFault(e))
        {
            if (transaction is not null)
                await DisposeQuietlyAsync(transaction);
            if (IsOwnKey(e))
                return null;
            throw Translate(e);
        }
    }

    /// <summary>The source's row, locked, or null when it is no longer as the claim saw it.</summary>
    private async Task<int?> EnterAsync(
        DbConnection connection,
        DbTransaction transaction,
        Claim claim,
        HourlyCounts hourly,
        CancellationToken cancel
    )
    {
        if (claim.Identity.Kind == "object" && EagerCommit is not null)
            await ExecuteAsync(Command(connection, transaction, EagerCommit), cancel);
        await HoldExhibitionsAsync(connection, transaction, claim.Identity.MuseumId, cancel);
        if (claim.Current is { } current)
        {
            var epoch = await NumberAsync(
                Command(
                    connection,
                    transaction,
                    $"select epoch from source where source_id = @id and state <> 'replaced'{ForUpdate}",
                    ("id", current.Id)
                ),
                cancel
            );
            return epoch == current.Epoch ? current.Id : null;
        }

        if (claim.Replaced is { } replaced)
        {
            const string Retire =
                "update source set state = 'replaced', epoch = epoch + 1, updated_at = @now where source_id = @id "
                + "and epoch = @epoch and state <> 'replaced'";
            var retired = await ExecuteAsync(
                Command(
                    connection,
                    transaction,
                    Retire,
                    ("id", replaced.Id),
                    ("epoch", replaced.Epoch),
                    ("now", TimeValue(Now))
                ),
                cancel
            );
            if (retired == 0)
                return null;
            await RemoveRowsAsync(connection, transaction, replaced.Id, hourly, cancel);
        }

        const string Insert = """
            insert into source (museum_id, kind, location, name, version, size, replaces, state, created_at, updated_at)
            values (@museum, @kind, @location, @name, @version, @size, cast(@replaces as integer), 'loading', @now, @now)
            returning source_id
            """;
        var identity = claim.Identity;
        return (int?)
            await NumberAsync(
                Command(
                    connection,
                    transaction,
                    Insert,
                    ("museum", identity.MuseumId),
                    ("kind", identity.Kind),
                    ("location", identity.Location),
                    ("name", identity.Name),
                    ("version", identity.Version),
                    ("size", identity.Size),
                    ("replaces", claim.Replaced?.Id),
                    ("now", TimeValue(Now))
                ),
                cancel
            );
    }

    /// <summary>No exhibition may go away between the judgement and the commit: referential integrity for the price of
    /// one query.</summary>
    private Task<int> HoldExhibitionsAsync(
        DbConnection connection,
        DbTransaction transaction,
        int museumId,
        CancellationToken cancel
    ) =>
        ExecuteAsync(
            Command(
                connection,
                transaction,
                $"select exhibition_id from exhibition where museum_id = "
                    + $"@museum{(ForUpdate.Length > 0 ? " for key share" : "")}",
                ("museum", museumId)
            ),
            cancel
        );

    private async Task RemoveRowsAsync(
        DbConnection connection,
        DbTransaction transaction,
        int sourceId,
        HourlyCounts hourly,
        CancellationToken cancel
    )
    {
        (string, object?)[] range =
        [
            ("first", EventId.Of(sourceId, 0)),
            ("last", EventId.Of(sourceId, EventId.PositionsPerSource - 1)),
        ];
        await RemoveEventsAsync(
            connection,
            transaction,
            PressKind.Rating,
            "rating_instance",
            "rating_created_at",
            "rating_type_id",
            range,
            hourly,
            cancel
        );
        await RemoveEventsAsync(
            connection,
            transaction,
            PressKind.Support,
            "support_instance",
            "instance_created_at",
            "support_type_id",
            range,
            hourly,
            cancel
        );
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                "update quarantine set state = 'superseded', resolved_at = @now where quarantine_id between "
                    + "@first and @last and state = 'held'",
                [.. range, ("now", TimeValue(Now))]
            ),
            cancel
        );
    }

    private async Task RemoveEventsAsync(
        DbConnection connection,
        DbTransaction transaction,
        PressKind kind,
        string table,
        string time,
        string type,
        (string, object?)[] range,
        HourlyCounts hourly,
        CancellationToken cancel
    )
    {
        var where = $"from {table} where {table}_id between @first and @last";
        var gone = await ReadAsync(
            Command(
                connection,
                transaction,
                $"select exhibition_id, {HourOf(time)}, {type}, count(*) {where} group by 1, 2, 3",
                range
            ),
            r => (Exhibition: r.GetInt32(0), Hour: ReadTime(r, 1)!.Value, Type: r.GetInt16(2), Count: r.GetInt64(3)),
            cancel
        );
        foreach (var row in gone)
            hourly.Add(kind, row.Exhibition, row.Hour, row.Type, -row.Count);
        await ExecuteAsync(Command(connection, transaction, $"delete {where}", range), cancel);
    }

    /// <summary>The UTC hour that holds a stored instant.</summary>
    protected abstract string HourOf(string column);

    /// <summary>Rolling back a broken connection only says again that it is broken.</summary>
    protected internal static async ValueTask DisposeQuietlyAsync(IAsyncDisposable disposable)
    {
        try
        {
            await disposable.DisposeAsync();
        }
        catch (Exception e) when (IsDriverFault(e) || e is InvalidOperationException)
        {
            // The fault that led here is already on its way to the caller.
        }
    }
}
