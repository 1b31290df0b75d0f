using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using MuseumPipeline.Source;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Messages received from the broker but not committed yet: their bytes one after another in one reused
/// buffer. They are kept until the commit is certain, so that after any fault of the database they are simply written
/// again.</summary>
internal sealed class StreamBatch
{
    /// <summary>The most messages of one transaction.</summary>
    public const int MostMessages = 65_536;

    private const int MostBytes = 16 << 20;

    /// <summary>Fewer messages are not worth a transaction of their own.</summary>
    public const int LeastShare = MostMessages / 8;

    private readonly List<StreamMessage> messages = [];
    private readonly List<StreamBatch> shares = [];
    private readonly List<ActivityLink> links = [];
    private byte[] buffer = new byte[1 << 16];
    private int used;

    public int Count => messages.Count;

    /// <summary>The traces in which its first messages were sent; empty while nobody collects traces.</summary>
    public IReadOnlyList<ActivityLink> Links => links;

    public void Add(Headers? headers)
    {
        if (
            headers is not null
            && links.Count < Tracing.MostLinks
            && headers.TryGetLastBytes("traceparent", out var parent)
            && Tracing.LinkOf(parent) is { } link
        )
            links.Add(link);
    }

    public bool IsFull => messages.Count >= MostMessages || used >= MostBytes;

    public StreamMessage this[int index] => messages[index];

    /// <param name="value">Empty for a tombstone.</param>
    public void Add(
        PartitionClaim claim,
        long offset,
        int? leaderEpoch,
        ReadOnlySpan<byte> value,
        Model.Arrival arrival
    )
    {
        if (buffer.Length - used < value.Length)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + value.Length));
        value.CopyTo(buffer.AsSpan(used));
        messages.Add(new StreamMessage(claim, offset, leaderEpoch ?? -1, used, value.Length, arrival));
        used += value.Length;
    }

    public ReadOnlySpan<byte> Value(in StreamMessage message) => buffer.AsSpan(message.Start, message.Length);

    /// <summary>Drops the messages of a partition that is no longer ours: its new owner reads them again.</summary>
    public void Drop(PartitionClaim claim) => messages.RemoveAll(message => ReferenceEquals(message.Claim, claim));

    public void Clear()
    {
        messages.Clear();
        links.Clear();
        used = 0;
    }

    /// <summary>Divides a large batch into about equal shares, no partition in more than one; a small one stays
    /// whole. They are valid until the batch changes: the bytes are the batch's own.</summary>
    /// <param name="most">How many shares there may be.</param>
    public IReadOnlyList<StreamBatch> Shares(int most)
    {
        most = Math.Min(most, Count / LeastShare);
        if (most < 2)
            return [this];
        var counts = CountByClaim();
        most = Math.Min(most, counts.Count);
        if (most < 2)
            return [this];

        while (shares.Count < most)
            shares.Add(new());
        foreach (var share in shares)
        {
            share.Clear();
            share.buffer = buffer;
        }

        // The largest partition first, each to the share that has least.
        var (held, of) = (new int[most], new Dictionary<PartitionClaim, StreamBatch>());
        foreach (var (claim, count) in counts.OrderByDescending(pair => pair.Value))
        {
            var least = Array.IndexOf(held, held.Min());
            held[least] += count;
            of[claim] = shares[least];
        }

        foreach (var message in messages)
            of[message.Claim].messages.Add(message);
        return shares[..most];
    }

    private Dictionary<PartitionClaim, int> CountByClaim()
    {
        var counts = new Dictionary<PartitionClaim, int>();
        foreach (var message in messages)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, message.Claim, out _)++;
        return counts;
    }

    /// <summary>The end of the range, from here, in which every partition stays within one block of offsets (see <see
    /// cref="Model.EventId"/>): nearly always all of it.</summary>
    public int EndOfBlocks(int from)
    {
        var blocks = new Dictionary<PartitionClaim, long>();
        (PartitionClaim? Claim, long Block) last = default;
        for (var index = from; index < messages.Count; index++)
        {
            var here = (messages[index].Claim, Model.EventId.BlockOf(messages[index].Offset));
            if (here == last)
                continue;
            if (!blocks.TryAdd(here.Claim, here.Item2) && blocks[here.Claim] != here.Item2)
                return index;
            last = here;
        }

        return messages.Count;
    }

    /// <summary>How a transaction over this range of messages advances each partition.</summary>
    public List<PartitionMove> Moves(int from, int to)
    {
        var moves = new Dictionary<PartitionClaim, PartitionMove>();
        for (var first = from; first < to; )
        {
            // Messages of one partition come in runs.
            var claim = messages[first].Claim;
            var next = first;
            while (next < to && ReferenceEquals(messages[next].Claim, claim))
                next++;
            var last = messages[next - 1];
            var read = moves.TryGetValue(claim, out var move) ? move.Read : 0;
            moves[claim] = new PartitionMove(
                claim,
                last.Offset + 1,
                last.LeaderEpoch < 0 ? null : last.LeaderEpoch,
                read + next - first
            )
            {
                LastRecord = RecordDigest.Of(Value(last)),
            };
            first = next;
        }

        return [.. moves.Values];
    }
}

/// <param name="Claim">The claim under which it was read.</param>
/// <param name="LeaderEpoch">-1 if the broker does not say.</param>
internal readonly record struct StreamMessage(
    PartitionClaim Claim,
    long Offset,
    int LeaderEpoch,
    int Start,
    int Length,
    Model.Arrival Arrival
);
