using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>One partition.</summary>
/// <param name="End">Null if unknown.</param>
/// <param name="EndIsNow">From the brokers, now; else as its consumer last saw it.</param>
/// <param name="Remark">If the brokers contradict the database about its topic, what they say.</param>
/// <param name="Silence">Since its owner's last heartbeat; null if there never was one.</param>
internal sealed record PartitionStatus(PartitionRow Row, long? End, bool EndIsNow, string? Remark, TimeSpan? Silence)
{
    /// <summary>Owners send a heartbeat every five seconds.</summary>
    public static readonly TimeSpan Alive = TimeSpan.FromSeconds(30);

    public long? Lag => End is { } end ? Math.Max(0, end - Row.NextOffset) : null;

    /// <summary>The topic has it, and no consumer has ever claimed it.</summary>
    public bool NeverConsumed { get; private init; }

    /// <summary>consuming, waiting (for an owner), never consumed, or stopped (until an operator decides).</summary>
    public string State =>
        Row.Problem is not null ? "stopped"
        : NeverConsumed ? "never consumed"
        : Silence <= Alive ? "consuming"
        : "waiting";

    // A partition that nobody consumes and nobody has measured may be behind.
    public bool Healthy =>
        Remark is null
        && State switch
        {
            "consuming" => true,
            "waiting" or "never consumed" => Lag == 0,
            _ => false,
        };

    /// <summary>Those of the brokers' partitions that no row of the database knows of.</summary>
    /// <param name="museums">By topic.</param>
    public static IEnumerable<PartitionStatus> Unclaimed(
        ClusterView view,
        IReadOnlyList<PartitionRow> rows,
        IReadOnlyDictionary<string, int> museums,
        DateTimeOffset now
    ) =>
        from topic in view.Topics
        // A topic that was created again is judged by its rows.
        where rows.All(row => row.Topic != topic.Key || row.Cluster != view.Id || row.TopicId == topic.Value.Id)
        from partition in topic.Value.Partitions
        where !rows.Any(row => row.Cluster == view.Id && row.Topic == topic.Key && row.Partition == partition.Key)
        select new PartitionStatus(
            new(
                view.Id,
                topic.Key,
                topic.Value.Id,
                partition.Key,
                museums.GetValueOrDefault(topic.Key),
                SourceId: null,
                StartOffset: partition.Value.Low,
                NextOffset: partition.Value.Low,
                HighOffset: partition.Value.Low,
                EndOffset: partition.Value.High,
                LeaderEpoch: null,
                Epoch: 0,
                Owner: null,
                Problem: null,
                Retired: false,
                UpdatedAt: now,
                SeenAt: null
            ),
            partition.Value.High,
            true,
            null,
            null
        )
        {
            NeverConsumed = true,
        };

    public static PartitionStatus Of(PartitionRow row, ClusterView? view, DateTimeOffset now)
    {
        // The clocks of two machines differ.
        TimeSpan? silence = row is { Owner: not null, SeenAt: { } seen }
            ? now > seen
                ? now - seen
                : TimeSpan.Zero
            : null;
        // Positions move with every commit, the end only with every heartbeat.
        long? seenEnd = row.EndOffset is { } end ? Math.Max(end, row.NextOffset) : null;
        if (view is null || view.Id != row.Cluster)
            return new(row, seenEnd, false, null, silence);
        if (!view.Topics.TryGetValue(row.Topic, out var topic))
            return new(row, seenEnd, false, "the topic does not exist now", silence);
        if (topic.Id != row.TopicId)
            return new(row, seenEnd, false, $"the topic was created again: its id is {topic.Id} now", silence);
        return topic.Partitions.TryGetValue(row.Partition, out var range)
            ? new(
                row,
                range.High,
                true,
                row.Problem is null && row.NextOffset > range.High
                    ? LogCheck.PastTheEnd(row.NextOffset, range.High)
                    : null,
                silence
            )
            : new(row, seenEnd, false, "the topic has no such partition now", silence);
    }
}
