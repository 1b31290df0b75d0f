using Confluent.Kafka;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load.Streams;

/// <summary>When messages of a consumer's partitions arrive. The broker's time counts only if the broker itself writes
/// it; otherwise it is our receipt, which says when a message was sent only while its partition is caught up: messages
/// in a backlog are late. Used by the polling thread only.</summary>
internal sealed class PartitionArrivals(TimeProvider clock)
{
    /// <summary>A partition that was last at its end this long ago may have fallen behind since.</summary>
    private const long Fresh = 60 * 1_000_000L;

    /// <summary>In a backlog the clock is read at this interval, not for every message.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Asleep = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, Standing> partitions = [];
    private long looked,
        now;

    /// <summary>Called before every poll. A process that slept did not see what was waiting meanwhile.</summary>
    public void Look()
    {
        var elapsed = looked == 0 ? Tick : clock.GetElapsedTime(looked);
        if (elapsed < Tick)
            return;
        if (elapsed > Asleep)
            Forget();
        Read();
    }

    public Arrival Of(int partition, Timestamp timestamp)
    {
        if (timestamp.Type is TimestampType.LogAppendTime)
            return new(timestamp.UnixTimestampMs * 1000, Prompt: true);
        if (!partitions.TryGetValue(partition, out var standing))
            return new(now, Prompt: false);
        if (standing.AtEnd)
        {
            // It came while the poll waited for it: the clock as read before that would be early.
            Read();
            partitions[partition] = standing = new(AtEnd: false, now);
        }

        return new(now, now - standing.CaughtUp <= Fresh);
    }

    /// <summary>No more messages are waiting: the next one comes as it is sent.</summary>
    public void Ended(int partition) => partitions[partition] = new(AtEnd: true, 0);

    /// <summary>The broker was out of reach, or partitions changed hands: the next messages may have waited.</summary>
    public void Forget() => partitions.Clear();

    private void Read() => (looked, now) = (clock.GetTimestamp(), StoredInstants.MicrosecondsOf(clock.GetUtcNow()));

    private readonly record struct Standing(bool AtEnd, long CaughtUp);
}
