using System.Data.Common;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Store.Sql;

/// <summary>What operators did, and what only they may do.</summary>
public abstract partial class SqlStore
{
    public async Task<IReadOnlyList<OperatorAction>> OperatorActionsAsync(int most, CancellationToken cancel) =>
        await WithConnectionAsync(
            connection =>
                ReadAsync(
                    Command(
                        connection,
                        null,
                        "select action_id, at, who, command, target, detail from operator_action order by "
                            + "action_id desc limit @most",
                        ("most", most)
                    ),
                    r => new OperatorAction(
                        r.GetInt64(0),
                        ReadTime(r, 1)!.Value,
                        r.GetString(2),
                        r.GetString(3),
                        r.GetString(4),
                        r.GetString(5)
                    ),
                    cancel
                ),
            cancel
        );

    public Task RetirePartitionAsync(
        StreamIdentity stream,
        int partition,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        WithTransactionAsync(
            async (connection, transaction) =>
            {
                await ExecuteAsync(
                    Command(
                        connection,
                        transaction,
                        $"update kafka_offset set retired = @yes, epoch = epoch + 1, updated_at = @now where "
                            + $"{OnePartition}",
                        [.. Names(stream, partition), ("yes", true), ("now", TimeValue(Now))]
                    ),
                    cancel
                );
                await RecordAsync(connection, transaction, stream, partition, move, cancel);
                return 0;
            },
            cancel
        );

    public Task RecordAsync(string target, OperatorMove move, CancellationToken cancel) =>
        WithTransactionAsync(
            (connection, transaction) => RecordAsync(connection, transaction, target, move, cancel),
            cancel
        );

    private Task<int> RecordAsync(
        DbConnection connection,
        DbTransaction transaction,
        StreamIdentity stream,
        int partition,
        OperatorMove move,
        CancellationToken cancel
    ) => RecordAsync(connection, transaction, $"{stream.Topic}:{partition}", move, cancel);

    /// <summary>Writes down what an operator did, in the transaction that did it.</summary>
    private Task<int> RecordAsync(
        DbConnection connection,
        DbTransaction transaction,
        string target,
        OperatorMove move,
        CancellationToken cancel
    ) =>
        ExecuteAsync(
            Command(
                connection,
                transaction,
                "insert into operator_action (at, who, command, target, detail) values (@now, @who, @command, "
                    + "@target, @detail)",
                ("now", TimeValue(Now)),
                ("who", move.Who),
                ("command", move.Command),
                ("target", target),
                ("detail", move.Detail)
            ),
            cancel
        );
}
