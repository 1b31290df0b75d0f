using System.Data.Common;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>Positions of streams: starting, claiming, moving and stopping partitions.</summary>
public abstract partial class SqlStore
{
    private const string PartitionColumns = """
        cluster_id, topic, topic_id, partition, museum_id, source_id, start_offset, next_offset, high_offset, end_offset, leader_epoch, epoch, owner, problem,
        retired, updated_at, seen_at
        """;

    private const string OnePartition =
        "cluster_id = @cluster and topic = @topic and topic_id = @id and partition = @partition";

    public async Task<IReadOnlyList<PartitionRow>> PartitionsAsync(
        string? cluster,
        string? topic,
        CancellationToken cancel
    )
    {
        var sql = $"""
            select {PartitionColumns} from kafka_offset
            where (cast(@cluster as text) is null or cluster_id = @cluster) and (cast(@topic as text) is null or topic = @topic)
            order by cluster_id, topic, retired, updated_at, partition
            """;
        return await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(connection, null, sql, ("cluster", cluster), ("topic", topic)),
                    ReadPartition,
                    cancel
                ),
            cancel
        );
    }

    private static PartitionRow ReadPartition(DbDataReader r) =>
        new(
            r.GetString(0),
            r.GetString(1),
            r.GetString(2),
            r.GetInt32(3),
            r.GetInt32(4),
            r.IsDBNull(5) ? null : r.GetInt32(5),
            r.GetInt64(6),
            r.GetInt64(7),
            r.GetInt64(8),
            r.IsDBNull(9) ? null : r.GetInt64(9),
            r.IsDBNull(10) ? null : r.GetInt32(10),
            r.GetInt64(11),
            ReadText(r, 12),
            ReadText(r, 13),
            r.GetBoolean(14),
            ReadTime(r, 15)!.Value,
            ReadTime(r, 16)
        );

    private static (string, object?)[] Names(StreamIdentity stream, int partition) =>
        [("cluster", stream.Cluster), ("topic", stream.Topic), ("id", stream.TopicId), ("partition", partition)];

    public Task<int> StartPartitionsAsync(
        StreamIdentity stream,
        IReadOnlyDictionary<int, long> starts,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                const string Sql = """
                    insert into kafka_offset (cluster_id, topic, topic_id, partition, museum_id, start_offset, next_offset, high_offset, updated_at)
                    values (@cluster, @topic, @id, @partition, @museum, @start, @start, @start, @now)
                    on conflict do nothing
                    """;
                var begun = 0;
                foreach (var (partition, start) in starts.OrderBy(pair => pair.Key))
                {
                    begun += await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            Sql,
                            [
                                .. Names(stream, partition),
                                ("museum", stream.MuseumId),
                                ("start", start),
                                ("now", TimeValue(Now)),
                            ]
                        ),
                        cancel
                    );
                }

                return begun;
            },
            cancel
        );

    public Task<PartitionClaim?> ClaimPartitionAsync(
        StreamIdentity stream,
        int partition,
        string owner,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                if (ClaimLimits is not null)
                    await ExecuteAsync(Command(connection, transaction, ClaimLimits), cancel);
                // Waits for the transaction of a previous owner, and sees what it committed.
                const string Sql =
                    $"update kafka_offset set epoch = epoch + 1, owner = @owner, seen_at = @now where "
                    + $"{OnePartition} and problem is null and not retired returning {PartitionColumns}";
                var rows = await ReadAsync(
                    Command(
                        connection,
                        transaction,
                        Sql,
                        [.. Names(stream, partition), ("owner", owner), ("now", TimeValue(Now))]
                    ),
                    ReadPartition,
                    cancel
                );
                if (rows.SingleOrDefault() is not { } row)
                    return null;
                var source = await SourceOfAsync(
                    connection,
                    transaction,
                    stream,
                    partition,
                    Model.EventId.BlockOf(row.NextOffset),
                    cancel
                );
                if (source != row.SourceId)
                {
                    await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            $"update kafka_offset set source_id = @source where {OnePartition}",
                            [.. Names(stream, partition), ("source", source)]
                        ),
                        cancel
                    );
                }

                return new PartitionClaim(stream, partition, source, row.Epoch, row.NextOffset, row.HighOffset);
            },
            cancel
        );

    /// <summary>The ledger's row of a block of a partition; made when it is first come to.</summary>
    private async Task<int> SourceOfAsync(
        DbConnection connection,
        DbTransaction transaction,
        StreamIdentity stream,
        int partition,
        long block,
        CancellationToken cancel
    )
    {
        var name = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{partition}{(block == 0 ? "" : $"@{block * Model.EventId.PositionsPerSource}")}"
        );
        const string Find =
            "select source_id from source where location = @location and name = @name and state <> 'replaced'";
        var known = await NumberAsync(
            Command(connection, transaction, Find, ("location", stream.Location), ("name", name)),
            cancel
        );
        const string Insert = $"""
            insert into source (museum_id, kind, location, name, version, size, state, created_at, updated_at)
            values (@museum, '{SourceIdentity.Stream}', @location, @name, @version, 0, 'loading', @now, @now)
            returning source_id
            """;
        return (int)
            (
                known
                ?? await NumberAsync(
                    Command(
                        connection,
                        transaction,
                        Insert,
                        ("museum", stream.MuseumId),
                        ("location", stream.Location),
                        ("name", name),
                        ("version", stream.TopicId),
                        ("now", TimeValue(Now))
                    ),
                    cancel
                )
            )!;
    }

    public Task BeatAsync(
        int runId,
        IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> partitions,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "update run set seen_at = @now where run_id = @run",
                        ("now", TimeValue(Now)),
                        ("run", runId)
                    ),
                    cancel
                );
                const string Sql =
                    $"update kafka_offset set seen_at = @now, end_offset = coalesce(cast(@end as bigint), "
                    + $"end_offset) where {OnePartition} and epoch = @epoch";
                // In the order of the loads, which may hold some of them.
                foreach (
                    var (claim, end) in partitions
                        .OrderBy(p => p.Claim.Stream.Topic, StringComparer.Ordinal)
                        .ThenBy(p => p.Claim.Partition)
                )
                {
                    await ExecuteAsync(
                        Command(
                            connection,
                            transaction,
                            Sql,
                            [
                                .. Names(claim.Stream, claim.Partition),
                                ("epoch", claim.Epoch),
                                ("end", end),
                                ("now", TimeValue(Now)),
                            ]
                        ),
                        cancel
                    );
                }

                return 0;
            },
            cancel
        );

    public Task<bool> StopPartitionAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        string problem,
        CancellationToken cancel
    ) =>
        WithConnectionAsync(
            async connection =>
                await ExecuteAsync(
                    Command(
                        connection,
                        null,
                        $"update kafka_offset set problem = @problem, epoch = epoch + 1, updated_at = @now where "
                            + $"{OnePartition} and problem is null and epoch = coalesce(cast(@epoch as bigint), epoch)",
                        [.. Names(stream, partition), ("problem", problem), ("epoch", epoch), ("now", TimeValue(Now))]
                    ),
                    cancel
                ) == 1,
            cancel
        );

    public Task MovePartitionAsync(
        StreamIdentity stream,
        int partition,
        long nextOffset,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                // A topic that was made anew: the positions of the old one are history.
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        "update kafka_offset set retired = @yes, epoch = epoch + 1, updated_at = @now where "
                            + "cluster_id = @cluster and topic = @topic and topic_id <> @id and partition = "
                            + "@partition and not retired",
                        [.. Names(stream, partition), ("yes", true), ("now", TimeValue(Now))]
                    ),
                    cancel
                );
                const string Sql = """
                    insert into kafka_offset (cluster_id, topic, topic_id, partition, museum_id, start_offset, next_offset, high_offset, updated_at)
                    values (@cluster, @topic, @id, @partition, @museum, @next, @next, @next, @now)
                    on conflict (cluster_id, topic, topic_id, partition) do update
                    set next_offset = excluded.next_offset, problem = null, epoch = kafka_offset.epoch + 1, updated_at = excluded.updated_at,
                        high_offset = case when kafka_offset.high_offset < excluded.next_offset then excluded.next_offset else kafka_offset.high_offset end
                    """;
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        Sql,
                        [
                            .. Names(stream, partition),
                            ("museum", stream.MuseumId),
                            ("next", nextOffset),
                            ("now", TimeValue(Now)),
                        ]
                    ),
                    cancel
                );
                return await RecordAsync(connection, transaction, stream, partition, move, cancel);
            },
            cancel
        );

    public Task ExtendSourceAsync(SourceRow source, string version, long size, CancellationToken cancel) =>
        WithConnectionAsync(
            connection =>
                ExecuteAsync(
                    Command(
                        connection,
                        null,
                        "update source set version = @version, size = @size, state = 'loading', epoch = epoch + "
                            + "1, updated_at = @now where source_id = @source and epoch = @epoch",
                        ("version", version),
                        ("size", size),
                        ("now", TimeValue(Now)),
                        ("source", source.Id),
                        ("epoch", source.Epoch)
                    ),
                    cancel
                ),
            cancel
        );
}
