using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>One partition.</summary>
/// <param name="End">Null where nobody has looked yet.</param>
/// <param name="EndIsNow">By the brokers, now; else as its consumer last saw it.</param>
/// <param name="Remark">What the brokers say otherwise of its topic.</param>
/// <param name="Silence">Since its owner's last sign of life; null where it never had one.</param>
internal sealed record PartitionStatus(PartitionRow Row, long? End, bool EndIsNow, string? Remark, TimeSpan? Silence)
{
    /// <summary>Owners give a sign of life every five seconds.</summary>
    public static readonly TimeSpan Alive = TimeSpan.FromSeconds(30);

    public long? Lag => End is { } end ? Math.Max(0, end - Row.NextOffset) : null;

    /// <summary>consuming, waiting (for an owner), or stopped (until an operator decides).</summary>
    public string State =>
        Row.Problem is not null ? "stopped"
        : Silence <= Alive ? "consuming"
        : "waiting";

    // What nobody consumes and nobody has measured may be behind.
    public bool Healthy =>
        Remark is null
        && State switch
        {
            "consuming" => true,
            "waiting" => Lag == 0,
            _ => false,
        };

    public static PartitionStatus Of(PartitionRow row, ClusterView? view, DateTimeOffset now)
    {
        // Clocks of two machines differ.
        TimeSpan? silence = row is { Owner: not null, SeenAt: { } seen }
            ? now > seen
                ? now - seen
                : TimeSpan.Zero
            : null;
        if (view is null || view.Id != row.Cluster)
            return new(row, row.EndOffset, false, null, silence);
        if (!view.Topics.TryGetValue(row.Topic, out var topic))
            return new(row, row.EndOffset, false, "the topic does not exist now", silence);
        if (topic.Id != row.TopicId)
            return new(row, row.EndOffset, false, $"the topic was made anew: its id is {topic.Id} now", silence);
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
            : new(row, row.EndOffset, false, "the topic has no such partition now", silence);
    }
}
