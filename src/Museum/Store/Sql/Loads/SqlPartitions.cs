using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Calls;
using MuseumPipeline.Store.Sql.Dashboard;

namespace MuseumPipeline.Store.Sql.Loads;

/// <summary>Positions of streams: starting, claiming, stopping and changing partitions; <c>SqlPartitions.Begin.cs</c>
/// is the transaction that advances them with their rows.</summary>
internal sealed partial class SqlPartitions(SqlDatabase database, IBulkWriter bulk, IAnnouncer announcer) : IPartitions
{
    internal const string Columns = """
        cluster_id, topic, topic_id, partition, museum_id, source_id, start_offset, next_offset, high_offset,
        end_offset, leader_epoch, epoch, owner, problem, retired, updated_at, seen_at, trouble, generation, last_record,
        other_log
        """;

    private const string One = "cluster_id = @cluster and topic = @topic and topic_id = @id and partition = @partition";

    internal static PartitionRow Read(Row r) =>
        new(
            r.Text(),
            r.Text(),
            r.Text(),
            r.Int(),
            r.Int(),
            r.IntOrNull(),
            r.Long(),
            r.Long(),
            r.Long(),
            r.LongOrNull(),
            r.IntOrNull(),
            r.Long(),
            r.TextOrNull(),
            r.TextOrNull(),
            r.Flag(),
            r.Time(),
            r.TimeOrNull(),
            r.TextOrNull()
        )
        {
            Generation = r.Int(),
            LastRecord = r.TextOrNull(),
            OtherLog = r.Flag(),
        };

    private static (string, object?)[] Names(StreamIdentity stream, int partition) =>
        [("cluster", stream.Cluster), ("topic", stream.Topic), ("id", stream.TopicId), ("partition", partition)];

    public async Task<IReadOnlyList<PartitionRow>> ListAsync(string? cluster, string? topic, CancellationToken cancel)
    {
        const string Sql = $"""
            select {Columns} from kafka_offset
            where (cast(@cluster as text) is null or cluster_id = @cluster)
              and (cast(@topic as text) is null or topic = @topic)
            order by cluster_id, topic, retired, updated_at, partition
            """;
        return await database.ConnectedAsync(
            session => session.ReadAsync(Sql, Read, ("cluster", cluster), ("topic", topic)),
            cancel
        );
    }

    public Task<int> StartAsync(StreamIdentity stream, IReadOnlyDictionary<int, long> starts, CancellationToken cancel)
    {
        const string Sql = """
            insert into kafka_offset (cluster_id, topic, topic_id, partition, museum_id, start_offset, next_offset,
                high_offset, updated_at)
            values (@cluster, @topic, @id, @partition, @museum, @start, @start, @start, @now)
            on conflict do nothing
            """;
        return database.TransactAsync(
            async session =>
            {
                var begun = 0;
                foreach (var (partition, start) in starts.OrderBy(pair => pair.Key))
                {
                    begun += await session.ExecuteAsync(
                        Sql,
                        [
                            .. Names(stream, partition),
                            ("museum", stream.MuseumId),
                            ("start", start),
                            ("now", session.Now),
                        ]
                    );
                }

                return begun;
            },
            cancel
        );
    }

    public Task<PartitionClaim?> ClaimAsync(
        StreamIdentity stream,
        int partition,
        string owner,
        CancellationToken cancel
    )
    {
        const string Take = $"""
            update kafka_offset set epoch = epoch + 1, owner = @owner, seen_at = @now
            where {One} and problem is null and not retired
            returning {Columns}
            """;
        return database.TransactAsync(
            async session =>
            {
                if (session.Dialect.ClaimLimits is { } limits)
                    await session.ExecuteAsync(limits);
                // Waits for the previous owner's transaction, and sees what it committed.
                var rows = await session.ReadAsync(
                    Take,
                    Read,
                    [.. Names(stream, partition), ("owner", owner), ("now", session.Now)]
                );
                if (rows.SingleOrDefault() is not { } row)
                    return null;
                var source = await SourceOfAsync(
                    session,
                    stream,
                    partition,
                    row.Generation,
                    EventId.BlockOf(row.NextOffset)
                );
                if (source != row.SourceId)
                    await session.ExecuteAsync(
                        $"update kafka_offset set source_id = @source where {One}",
                        [.. Names(stream, partition), ("source", source)]
                    );
                return new PartitionClaim(stream, partition, source, row.Epoch, row.NextOffset, row.HighOffset)
                {
                    Generation = row.Generation,
                    LeaderEpoch = row.LeaderEpoch ?? -1,
                };
            },
            cancel
        );
    }

    public Task BeatAsync(
        int runId,
        IReadOnlyList<(PartitionClaim Claim, long? EndOffset)> partitions,
        string? trouble,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            update kafka_offset
            set seen_at = @now, trouble = @trouble, end_offset = coalesce(cast(@end as bigint), end_offset)
            where {One} and epoch = @epoch
            """;
        return database.TransactAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "update run set seen_at = @now where run_id = @run",
                    ("now", session.Now),
                    ("run", runId)
                );
                // In the same order as loads, which may hold some of them.
                foreach (var (claim, end) in InOrder(partitions, p => p.Claim))
                {
                    await session.ExecuteAsync(
                        Sql,
                        [
                            .. Names(claim.Stream, claim.Partition),
                            ("epoch", claim.Epoch),
                            ("end", end),
                            ("trouble", trouble),
                            ("now", session.Now),
                        ]
                    );
                }

                return 0;
            },
            cancel
        );
    }

    /// <summary>The same order for all, so that two processes never deadlock.</summary>
    private static IEnumerable<T> InOrder<T>(IEnumerable<T> some, Func<T, PartitionClaim> claim) =>
        some.OrderBy(one => claim(one).Stream.Topic, StringComparer.Ordinal).ThenBy(one => claim(one).Partition);

    public Task<bool> StopAsync(
        StreamIdentity stream,
        int partition,
        long? epoch,
        PartitionProblem problem,
        CancellationToken cancel
    )
    {
        const string Sql = $"""
            update kafka_offset set problem = @problem, other_log = @other, epoch = epoch + 1, updated_at = @now
            where {One} and problem is null and epoch = coalesce(cast(@epoch as bigint), epoch)
            """;
        return database.ConnectedAsync(
            async session =>
                await session.ExecuteAsync(
                    Sql,
                    [
                        .. Names(stream, partition),
                        ("problem", problem.Text),
                        ("other", problem.OtherLog),
                        ("epoch", epoch),
                        ("now", session.Now),
                    ]
                ) == 1,
            cancel
        );
    }

    public Task MoveAsync(
        StreamIdentity stream,
        int partition,
        long nextOffset,
        OperatorMove move,
        CancellationToken cancel
    )
    {
        // A topic that was deleted and created again: the positions of the old one are retired.
        const string RetireOld = """
            update kafka_offset set retired = @yes, epoch = epoch + 1, updated_at = @now
            where cluster_id = @cluster and topic = @topic and topic_id <> @id and partition = @partition
              and not retired
            """;
        // Records before a position may have been written under an older leader epoch: nothing is known of it there.
        const string Move = """
            insert into kafka_offset (cluster_id, topic, topic_id, partition, museum_id, start_offset, next_offset,
                high_offset, updated_at)
            values (@cluster, @topic, @id, @partition, @museum, @next, @next, @next, @now)
            on conflict (cluster_id, topic, topic_id, partition) do update
            set next_offset = excluded.next_offset, problem = null, other_log = @no, last_record = null,
                epoch = kafka_offset.epoch + 1, updated_at = excluded.updated_at,
                generation = kafka_offset.generation + @step,
                start_offset = case when @step > 0 then excluded.next_offset else kafka_offset.start_offset end,
                leader_epoch = null,
                high_offset = case when @step > 0 or kafka_offset.high_offset < excluded.next_offset
                                   then excluded.next_offset else kafka_offset.high_offset end
            """;
        return database.TransactAsync(
            async session =>
            {
                var names = Names(stream, partition);
                await session.ExecuteAsync(RetireOld, [.. names, ("yes", true), ("now", session.Now)]);
                await session.ExecuteAsync(
                    Move,
                    [
                        .. names,
                        ("museum", stream.MuseumId),
                        ("next", nextOffset),
                        ("step", move.OtherLog ? 1 : 0),
                        ("no", false),
                        ("now", session.Now),
                    ]
                );
                return await session.RecordAsync(Target(stream, partition), move);
            },
            cancel
        );
    }

    public Task RetireAsync(StreamIdentity stream, int partition, OperatorMove move, CancellationToken cancel) =>
        database.TransactAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    $"update kafka_offset set retired = @yes, epoch = epoch + 1, updated_at = @now where {One}",
                    [.. Names(stream, partition), ("yes", true), ("now", session.Now)]
                );
                return await session.RecordAsync(Target(stream, partition), move);
            },
            cancel
        );

    private static string Target(StreamIdentity stream, int partition) => $"{stream.Topic}:{partition}";
}
