using System.Data.Common;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>Opens the transaction that advances partitions: compare-and-swap first, then the positions that a rewind
/// left behind.</summary>
internal sealed partial class SqlPartitions
{
    public async Task<IStreamLoad> BeginAsync(IReadOnlyList<PartitionMove> moves, int runId, CancellationToken cancel)
    {
        DbConnection? connection = null;
        DbTransaction? transaction = null;
        try
        {
            connection = await database.OpenAsync(cancel);
            foreach (var move in moves.Where(move => move.Block != move.Claim.Block))
                await EnterBlockAsync(connection, move, cancel);
            transaction = await database.BeginWriteAsync(connection, cancel);
            var session = new SqlSession(database, connection, transaction, cancel);
            var museum = moves[0].Claim.Stream.MuseumId;
            await EnterAsync(session, moves, museum);
            var known = await KnownAsync(session, moves);
            return new SqlStreamLoad(session, bulk, announcer, moves, runId, bulk.Rows(session, museum, runId), known);
        }
        catch (Exception e)
        {
            await SqlDatabase.DisposeQuietlyAsync(transaction);
            await SqlDatabase.DisposeQuietlyAsync(connection);
            if (SqlDatabase.IsDriverFault(e))
                throw database.TranslateOpening(e, moves[0].Claim.Stream.Location);
            throw;
        }
    }

    /// <summary>Separately, before the transaction: a row of the ledger without content does no harm.</summary>
    private async Task EnterBlockAsync(DbConnection connection, PartitionMove move, CancellationToken cancel)
    {
        await using var transaction = await database.BeginWriteAsync(connection, cancel);
        var session = new SqlSession(database, connection, transaction, cancel);
        var claim = move.Claim;
        var source = await SourceOfAsync(session, claim.Stream, claim.Partition, claim.Generation, move.Block);
        await transaction.CommitAsync(cancel);
        move.Claim.Enter(move.Block, source);
    }

    /// <summary>The ledger's row for a block of a partition, created with the block's first message.</summary>
    private static async Task<int> SourceOfAsync(
        SqlSession session,
        StreamIdentity stream,
        int partition,
        int generation,
        long block
    )
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{partition}{(generation == 1 ? "" : $"#{generation}")}{(block == 0 ? "" : $"@{block * EventId.PositionsPerSource}")}"
        );
        var known = await session.NumberAsync(
            "select source_id from source where location = @location and name = @name and state <> 'replaced'",
            ("location", stream.Location),
            ("name", name)
        );
        return known is { } id
            ? (int)id
            : await session.AddSourceAsync(
                new SourceIdentity(stream.MuseumId, SourceIdentity.Stream, stream.Location, name, stream.TopicId, 0),
                replaces: null
            );
    }

    /// <summary>A zombie waits here for the row of its successor, and then finds another epoch.</summary>
    private static async Task EnterAsync(SqlSession session, IReadOnlyList<PartitionMove> moves, int museum)
    {
        List<Statement> statements = [];
        if (session.Dialect.HoldLimits is { } limits)
            statements.Add(new(limits));
        var before = statements.Count;
        var ordered = InOrder(moves, move => move.Claim).ToList();
        statements.AddRange(ordered.Select(move => Swap(session, move)));
        statements.Add(session.HoldExhibitions(museum));
        var written = await session.ExecuteAllAsync(statements);
        var lost = ordered.Where((_, index) => written[before + index] != 1).Select(move => move.Claim).ToList();
        if (lost.Count > 0)
            throw new FencedException(lost);
    }

    private static Statement Swap(SqlSession session, PartitionMove move)
    {
        const string Sql = $"""
            update kafka_offset
            set next_offset = @to, high_offset = case when high_offset < @to then @to else high_offset end,
                leader_epoch = coalesce(cast(@leader as integer), leader_epoch), source_id = @source,
                last_record = @last,
                updated_at = @now, seen_at = @now
            where {One} and next_offset = @from and epoch = @epoch
            """;
        var claim = move.Claim;
        return new(
            Sql,
            [
                .. Names(claim.Stream, claim.Partition),
                ("from", claim.NextOffset),
                ("to", move.NextOffset),
                ("leader", move.LeaderEpoch),
                ("last", move.LastRecord),
                ("epoch", claim.Epoch),
                ("source", claim.SourceId),
                ("now", session.Now),
            ]
        );
    }

    /// <summary>After a rewind: the positions of this stretch that are already in the tables, by source. Null if there
    /// can be none.</summary>
    private static async Task<Dictionary<int, HashSet<long>>?> KnownAsync(
        SqlSession session,
        IReadOnlyList<PartitionMove> moves
    )
    {
        Dictionary<int, HashSet<long>>? known = null;
        foreach (var move in moves.Where(m => m.Claim.MayRepeat))
        {
            var (claim, start) = (move.Claim, move.Block * EventId.PositionsPerSource);
            var first = EventId.Of(claim.SourceId, Math.Max(claim.NextOffset, start));
            var last = EventId.Of(claim.SourceId, move.NextOffset - 1);
            var positions = await session.ReadAsync(
                SqlLedger.PositionsBetween,
                r => r.Long(),
                ("first", first),
                ("last", last)
            );
            var retired = await session.KeysAsync(first, last);
            (known ??= [])[claim.SourceId] =
            [
                .. positions,
                .. retired.Select(key => start + (key % EventId.PositionsPerSource)),
            ];
        }

        return known;
    }
}
