using MuseumPipeline.Load.Streams;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

/// <summary>How fresh the data is, judged by the database alone: it has every partition's position, and its end as the
/// consumer last saw it. The names and their order are a contract.</summary>
/// <param name="LastPress">The newest press known, by the kiosk's clock.</param>
/// <param name="LastArrival">When a message was last stored.</param>
/// <param name="AgeSeconds">Since then.</param>
/// <param name="State"><c>none</c> (nothing was ever consumed), <c>consuming</c>, <c>waiting</c> (for a consumer), or
/// <c>stopped</c> (until an operator decides).</param>
/// <param name="Healthy">Presses arrive, or would if anybody pressed.</param>
/// <param name="Lag">Waiting messages, over the partitions whose end is known; null if none is.</param>
internal sealed record LiveView(
    DateTimeOffset? LastPress,
    DateTimeOffset? LastArrival,
    double? AgeSeconds,
    string State,
    bool Healthy,
    string? Problem,
    long? Lag,
    IReadOnlyList<LivePartition> Partitions,
    Reception? Reception
)
{
    private static readonly string[] WorstFirst = ["stopped", "waiting", "consuming"];

    public static LiveView Of(
        IEnumerable<PartitionRow> rows,
        DateTimeOffset? lastPress,
        Reception? reception,
        DateTimeOffset now
    )
    {
        List<PartitionStatus> partitions =
        [
            .. rows.Where(row => !row.Retired)
                .OrderBy(row => row.Cluster, StringComparer.Ordinal)
                .ThenBy(row => row.Topic, StringComparer.Ordinal)
                .ThenBy(row => row.Partition)
                .Select(row => PartitionStatus.Of(row, null, now)),
        ];
        // A partition that was only started has stored nothing yet.
        var arrival = partitions
            .Where(p => p.Row.NextOffset > p.Row.StartOffset)
            .Max(p => (DateTimeOffset?)p.Row.UpdatedAt);
        var state =
            partitions.Count == 0 ? "none" : Array.Find(WorstFirst, word => partitions.Exists(p => p.State == word))!;
        return new(
            lastPress,
            arrival,
            arrival is { } at ? Math.Max(0, (now - at).TotalSeconds) : null,
            state,
            partitions.TrueForAll(p => p.Healthy) && reception is not { Healthy: false },
            ProblemOf(partitions) ?? reception?.Problem,
            partitions.Exists(p => p.Lag is not null) ? partitions.Sum(p => p.Lag ?? 0) : null,
            [.. partitions.Select(LivePartition.Of)],
            reception
        );
    }

    private static string? ProblemOf(List<PartitionStatus> partitions)
    {
        if (partitions.Find(p => p.Row.Problem is not null) is { } stopped)
            return stopped.Row.Problem;
        var waiting = partitions.Count(p => !p.Healthy);
        return waiting == 0
            ? null
            : $"{waiting} of {partitions.Count} partitions {(waiting == 1 ? "is" : "are")} behind without a "
                + $"consumer: museum consume";
    }
}

/// <param name="Position">The first message that is not in the database.</param>
/// <param name="End">As its consumer last saw it.</param>
/// <param name="SeenAt">The consumer's last heartbeat.</param>
internal sealed record LivePartition(
    string Topic,
    int Partition,
    long Position,
    long? End,
    long? Lag,
    string? Owner,
    string State,
    string? Problem,
    DateTimeOffset? SeenAt
)
{
    public static LivePartition Of(PartitionStatus status) =>
        new(
            status.Row.Topic,
            status.Row.Partition,
            status.Row.NextOffset,
            status.End,
            status.Lag,
            status.Row.Owner,
            status.State,
            status.Row.Problem,
            status.Row.SeenAt
        );
}
