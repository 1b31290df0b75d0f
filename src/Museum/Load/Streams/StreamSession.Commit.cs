using Confluent.Kafka;
using MuseumPipeline.Source;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>The committing loop: one batch is committed while the next one is collected.</summary>
internal sealed partial class StreamSession
{
    private async Task LoadAsync(CancellationToken cancel)
    {
        while (true)
        {
            await wake.WaitAsync(cancel);
            if (IsEnding)
                return;
            while (TakeBatch())
            {
                IReadOnlyCollection<PartitionClaim> lost;
                using (Tracing.Batch(stream.Topic, loading.Count, loading.Links))
                    lost = await loader.LoadAsync(loading, cancel);
                if (Settle(lost))
                    End();
                if (IsEnding)
                    return;
            }

            if (Markers() is { Count: > 0 } markers && (await loader.PassAsync(markers, cancel)).Count > 0)
                End();
        }
    }

    /// <summary>Partitions whose end has been read, and whose last offsets hold no message: transaction markers, or
    /// offsets left by compaction. The position is advanced past them, so that the end is visible to
    /// everybody.</summary>
    private List<PartitionMove> Markers()
    {
        lock (gate)
        {
            if (filling.Count > 0)
                return [];
            return
            [
                .. claims
                    .Values.Where(claim => endOfPartition.GetValueOrDefault(claim.Partition, -1) > claim.NextOffset)
                    .Select(claim => new PartitionMove(claim, endOfPartition[claim.Partition], null, 0)),
            ];
        }
    }

    private bool TakeBatch()
    {
        lock (gate)
        {
            if (!ready || filling.Count == 0)
                return false;
            (filling, loading) = (loading, filling);
            (ready, busy) = (false, true);
            room.Set();
            return true;
        }
    }

    /// <summary>Accounts for a committed batch; true if a new session is needed, or none any more.</summary>
    private bool Settle(IReadOnlyCollection<PartitionClaim> lost)
    {
        lock (gate)
        {
            var moves = loading.Moves(0, loading.Count).FindAll(move => !lost.Contains(move.Claim));
            Committed += moves.Sum(move => move.Read);
            committed.AddRange(
                moves.Select(move => new TopicPartitionOffset(
                    stream.Topic,
                    move.Claim.Partition,
                    move.Claim.NextOffset
                ))
            );
            loading.Clear();
            busy = false;
            if (Committed >= plan.Messages)
                return done = true;
            // Fenced, but the group still counts us as a member: we slept. Start over.
            return lost.Any(claim => claims.GetValueOrDefault(claim.Partition) == claim);
        }
    }

    /// <summary>For lag tools only: the client commits these to the broker in the background, and when it is
    /// closed.</summary>
    private void TellBroker(IConsumer<byte[]?, byte[]?> consumer)
    {
        TopicPartitionOffset[] told;
        lock (gate)
        {
            if (committed.Count == 0)
                return;
            told = [.. committed];
            committed.Clear();
        }

        foreach (var offset in told)
        {
            try
            {
                consumer.StoreOffset(offset);
            }
            catch (KafkaException)
            {
                // No longer assigned: the new owner reports it.
            }
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }
}
