namespace MuseumPipeline.Store.Contracts;

/// <summary>Operators' decisions about streams; <see cref="MovePartitionAsync"/> is the other half.</summary>
public partial interface IStore
{
    /// <summary>What operators did, the newest first.</summary>
    Task<IReadOnlyList<OperatorAction>> OperatorActionsAsync(int most, CancellationToken cancel);

    /// <summary>An operator's farewell to a partition that exists no more: kept for the record, and recorded.</summary>
    Task RetirePartitionAsync(StreamIdentity stream, int partition, OperatorMove move, CancellationToken cancel);
}

/// <summary>A row of <c>operator_action</c>.</summary>
/// <param name="Target">Topic and partition.</param>
public sealed record OperatorAction(
    long Id,
    DateTimeOffset At,
    string Who,
    string Command,
    string Target,
    string Detail
);
