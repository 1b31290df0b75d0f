using System.Data.Common;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Opening the transaction that moves partitions: compare-and-swap first, then whatever a rewind left
/// behind.</summary>
public abstract partial class SqlStore
{
    public async Task<IStreamLoad> BeginAsync(IReadOnlyList<PartitionMove> moves, int runId, CancellationToken cancel)
    {
        DbConnection? connection = null;
        DbTransaction? transaction = null;
        try
        {
            connection = await OpenAsync(cancel);
            foreach (var move in moves.Where(move => move.Block != move.Claim.Block))
                await EnterBlockAsync(connection, move, cancel);
            transaction = await BeginWriteAsync(connection, cancel);
            if (HoldLimits is not null)
                await ExecuteAsync(Command(connection, transaction, HoldLimits), cancel);
            await SwapAsync(connection, transaction, moves, cancel);
            var museum = moves[0].Claim.Stream.MuseumId;
            await HoldExhibitionsAsync(connection, transaction, museum, cancel);
            var known = await KnownAsync(connection, transaction, moves, cancel);
            return new SqlStreamLoad(
                this,
                connection,
                transaction,
                moves,
                runId,
                CreateRows(connection, transaction, museum, runId),
                known
            );
        }
        catch (Exception e)
        {
            if (transaction is not null)
                await DisposeQuietlyAsync(transaction);
            if (connection is not null)
                await DisposeQuietlyAsync(connection);
            if (IsDriverFault(e))
                throw Translate(e);
            throw;
        }
    }

    /// <summary>On its own, before the transaction: a row of the ledger that nothing belongs to yet does no
    /// harm.</summary>
    private async Task EnterBlockAsync(DbConnection connection, PartitionMove move, CancellationToken cancel)
    {
        await using var transaction = await BeginWriteAsync(connection, cancel);
        var source = await SourceOfAsync(
            connection,
            transaction,
            move.Claim.Stream,
            move.Claim.Partition,
            move.Block,
            cancel
        );
        await transaction.CommitAsync(cancel);
        move.Claim.Enter(move.Block, source);
    }

    /// <summary>How long a transaction may be held open by a process that is frozen or cut off, while its successor
    /// waits for the row.</summary>
    protected virtual string? HoldLimits => null;

    /// <summary>How long a claim waits for the transaction of the previous owner before it says so.</summary>
    protected virtual string? ClaimLimits => null;

    /// <summary>A zombie waits here for the row of whoever took over, and then finds another epoch.</summary>
    private async Task SwapAsync(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<PartitionMove> moves,
        CancellationToken cancel
    )
    {
        const string Swap = $"""
            update kafka_offset
            set next_offset = @to, high_offset = case when high_offset < @to then @to else high_offset end, leader_epoch = coalesce(cast(@leader as integer), leader_epoch),
                source_id = @source, updated_at = @now, seen_at = @now
            where {OnePartition} and next_offset = @from and epoch = @epoch
            """;
        List<PartitionClaim> lost = [];
        // In one order, so that two processes never wait for each other.
        foreach (
            var move in moves.OrderBy(m => m.Claim.Stream.Topic, StringComparer.Ordinal).ThenBy(m => m.Claim.Partition)
        )
        {
            var claim = move.Claim;
            var moved = await ExecuteAsync(
                Command(
                    connection,
                    transaction,
                    Swap,
                    [
                        .. Names(claim.Stream, claim.Partition),
                        ("from", claim.NextOffset),
                        ("to", move.NextOffset),
                        ("leader", move.LeaderEpoch),
                        ("epoch", claim.Epoch),
                        ("source", claim.SourceId),
                        ("now", TimeValue(Now)),
                    ]
                ),
                cancel
            );
            if (moved != 1)
                lost.Add(claim);
        }

        if (lost.Count > 0)
            throw new FencedException(lost);
    }

    /// <summary>After a rewind: the positions of this stretch that are in the tables already, by source. Null where
    /// that cannot be.</summary>
    private static async Task<Dictionary<int, HashSet<long>>?> KnownAsync(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyList<PartitionMove> moves,
        CancellationToken cancel
    )
    {
        Dictionary<int, HashSet<long>>? known = null;
        foreach (var move in moves.Where(m => m.Claim.MayRepeat))
        {
            var positions = await ReadAsync(
                Command(
                    connection,
                    transaction,
                    PositionsBetween,
                    (
                        "first",
                        Model.EventId.Of(
                            move.Claim.SourceId,
                            Math.Max(move.Claim.NextOffset, move.Block * Model.EventId.PositionsPerSource)
                        )
                    ),
                    ("last", Model.EventId.Of(move.Claim.SourceId, move.NextOffset - 1))
                ),
                r => r.GetInt64(0),
                cancel
            );
            (known ??= [])[move.Claim.SourceId] = [.. positions];
        }

        return known;
    }

    internal async Task WriteStreamLedgerAsync(
        DbConnection connection,
        DbTransaction transaction,
        PartitionMove move,
        Counts counts,
        int runId,
        CancellationToken cancel
    )
    {
        const string Sql = """
            update source
            set next_position = @next, next_byte = @next, epoch = epoch + 1, updated_at = @now, read = read + @read, ratings = ratings + @ratings,
                support = support + @support, quarantined = quarantined + @quarantined, possible_help = possible_help + @help
            where source_id = @source
            """;
        await ExecuteAsync(
            Command(
                connection,
                transaction,
                Sql,
                ("next", move.NextOffset),
                ("now", TimeValue(Now)),
                ("read", counts.Read - counts.Already),
                ("ratings", counts.Ratings),
                ("support", counts.Support),
                ("quarantined", counts.Quarantined),
                ("help", counts.PossibleHelp),
                ("source", move.Claim.SourceId)
            ),
            cancel
        );
        await AddToRunAsync(connection, transaction, runId, move.Claim.SourceId, counts, cancel);
    }

    /// <summary>Tells listeners in other processes, if the database can; part of the transaction.</summary>
    internal virtual Task AnnounceAsync(
        DbConnection connection,
        DbTransaction transaction,
        HelpAnnouncement announcement,
        CancellationToken cancel
    ) => Task.CompletedTask;

    /// <summary>The announcement is committed: tells listeners in this process, where the database does not.</summary>
    internal virtual void Announced(HelpAnnouncement announcement) { }

    public abstract IAsyncEnumerable<HelpAnnouncement> ListenAsync(CancellationToken cancel);
}
