using System.Globalization;
using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams.Sessions;

/// <summary>What the polling thread, the committing loop and the periodic checks of one session share, behind one lock:
/// the partitions that are ours and how far each is, the batch that is filled and the one that is committed.</summary>
/// <param name="most">The session ends after this many messages.</param>
internal sealed class SessionState(string topic, long most) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly ManualResetEventSlim room = new(true);
    private readonly CancellationTokenSource ending = new();

    // Guarded by the gate. Those set back are ours too, but none of their messages is taken any more.
    private readonly Dictionary<int, PartitionClaim> claims = [],
        setBack = [];
    private readonly Dictionary<int, long> ends = [],
        endOfPartition = [];
    private readonly List<TopicPartitionOffset> committed = [];
    private readonly SortedSet<int> stopped = [];
    private StreamBatch filling = new(),
        loading = new();
    private bool ready,
        busy;

    private volatile bool done;

    /// <summary>Cancelled once the session is to end.</summary>
    public CancellationToken Ending => ending.Token;

    public bool IsEnding => ending.IsCancellationRequested;

    public void End() => ending.Cancel();

    public Task EndAsync() => ending.CancelAsync();

    /// <summary>Why the session ended, if a person is needed.</summary>
    public MuseumException? Failure { get; private set; }

    public void Fail(MuseumException failure)
    {
        Failure = failure;
        End();
    }

    /// <summary>There is nothing more to do, for this session or another.</summary>
    public bool IsDone => done;

    public void Finish() => done = true;

    /// <summary>Messages committed by this session.</summary>
    public long Committed { get; private set; }

    public int Held
    {
        get
        {
            lock (gate)
                return claims.Count;
        }
    }

    /// <param name="claim">Null if the partition is assigned to us but must not be read.</param>
    public void Assign(int partition, PartitionClaim? claim)
    {
        lock (gate)
        {
            if (claim is not null)
                claims[partition] = claim;
            endOfPartition.Remove(partition);
        }
    }

    public void Stop(int partition)
    {
        lock (gate)
            stopped.Add(partition);
    }

    /// <summary>The partition is assigned to us, and no more of it is read.</summary>
    public void Release(int partition)
    {
        lock (gate)
        {
            claims.Remove(partition);
            setBack.Remove(partition);
        }
    }

    /// <summary>The group took these away.</summary>
    /// <returns>Those of them that were stopped.</returns>
    public List<int> Forget(IEnumerable<int> gone)
    {
        List<int> freed = [];
        lock (gate)
        {
            foreach (var partition in gone)
            {
                if (claims.Remove(partition, out var claim) || setBack.Remove(partition, out claim))
                    filling.Drop(claim);
                endOfPartition.Remove(partition);
                if (stopped.Remove(partition))
                    freed.Add(partition);
            }

            // A batch that was handed over and then lost all its messages counts as none: the next message hands over
            // again.
            ready &= filling.Count > 0;
        }

        return freed;
    }

    public PartitionClaim? ClaimOf(int partition)
    {
        lock (gate)
            return setBack.GetValueOrDefault(partition) ?? claims.GetValueOrDefault(partition);
    }

    public bool IsHeld(PartitionClaim claim)
    {
        lock (gate)
            return claims.GetValueOrDefault(claim.Partition) == claim;
    }

    /// <summary>As they are now: the partitions that are stopped, and the claims of those that are read.</summary>
    public (int[] Stopped, PartitionClaim[] Held) Partitions()
    {
        lock (gate)
            return ([.. stopped], [.. claims.Values]);
    }

    /// <summary>Each claim with the end of its partition as last seen, if it was.</summary>
    public List<(PartitionClaim Claim, long? End)> Ends()
    {
        lock (gate)
            return
            [
                .. claims.Values.Select(claim =>
                    (claim, ends.TryGetValue(claim.Partition, out var end) ? end : (long?)null)
                ),
            ];
    }

    /// <summary>By partition, how many messages are still to be read.</summary>
    /// <param name="endOf">The end of a partition; negative if unknown.</param>
    public SortedDictionary<int, long> Lags(Func<int, long> endOf)
    {
        var lags = new SortedDictionary<int, long>();
        lock (gate)
        {
            foreach (var (partition, claim) in claims)
            {
                var end = endOf(partition);
                if (end < 0)
                    continue;
                ends[partition] = end;
                lags[partition] = Math.Max(0, end - claim.NextOffset);
            }
        }

        return lags;
    }

    /// <summary>Whether messages wait at the broker while we have none in hand, and the sum of the positions.</summary>
    public (bool Waiting, long Position) Progress(IReadOnlyDictionary<int, long> known)
    {
        lock (gate)
            return (
                filling.Count == 0
                    && !busy
                    && claims.Values.Any(claim => known.GetValueOrDefault(claim.Partition) > claim.NextOffset),
                claims.Values.Sum(claim => claim.NextOffset)
            );
    }

    /// <summary>Compares the partitions with where they are to end.</summary>
    /// <returns>Null while one of ours has not come to its end, else those that are not ours.</returns>
    /// <exception cref="MuseumException">One of ours is stopped.</exception>
    public List<int>? LeftToOthers(IReadOnlyDictionary<int, long> until, Func<string?> whyStopped)
    {
        List<int> others = [];
        lock (gate)
        {
            if (filling.Count > 0 || busy)
                return null;
            if (stopped.Count > 0)
                throw new MuseumException(ExitCode.Service, whyStopped() ?? "a partition is stopped");
            foreach (var (partition, end) in until)
            {
                if (!claims.TryGetValue(partition, out var claim))
                    others.Add(partition);
                // At the end of a partition the last offsets may be markers, with no message after them.
                else if (claim.NextOffset < end && endOfPartition.GetValueOrDefault(partition, -1) < end)
                    return null;
            }
        }

        return others;
    }

    /// <summary>Some messages are collected and not handed over yet.</summary>
    public bool IsGathering
    {
        get
        {
            lock (gate)
                return filling.Count > 0 && !ready;
        }
    }

    /// <summary>No message is collected or being committed.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (gate)
                return filling.Count == 0 && !busy;
        }
    }

    /// <summary>Messages that were received but then left to another consumer do not count.</summary>
    public bool IsEnough
    {
        get
        {
            lock (gate)
                return most < long.MaxValue && Committed + filling.Count + (busy ? loading.Count : 0) >= most;
        }
    }

    /// <summary>True if the batch is full, and handed over.</summary>
    /// <param name="otherLog">What shows that the log is not the one that was read before, in which case no more of the
    /// partition is taken.</param>
    public bool Add(ConsumeResult<byte[]?, byte[]?> result, PartitionArrivals arrivals, out string? otherLog)
    {
        otherLog = null;
        lock (gate)
        {
            // From a partition that is not ours (any more), or is stopped: its owner reads it.
            if (!claims.TryGetValue(result.Partition, out var claim))
                return false;
            // Within one log, leader epochs never decrease.
            if (result.LeaderEpoch < claim.LeaderEpoch)
            {
                claims.Remove(claim.Partition);
                setBack[claim.Partition] = claim;
                otherLog = string.Create(
                    CultureInfo.InvariantCulture,
                    $"the record at offset {result.Offset} was written under leader epoch {result.LeaderEpoch}, "
                        + $"after records of epoch {claim.LeaderEpoch} were read: the log was restored from a copy, "
                        + $"or cut and written again"
                );
                return false;
            }

            claim.LeaderEpoch = result.LeaderEpoch ?? claim.LeaderEpoch;
            var arrival = arrivals.Of(result.Partition, result.Message.Timestamp);
            filling.Add(claim, result.Offset, result.LeaderEpoch, result.Message.Value, arrival);
            filling.Add(result.Message.Headers);
            if (!filling.IsFull)
                return false;
            ready = true;
        }

        Wake();
        return true;
    }

    /// <summary>No more messages are waiting: those collected are committed.</summary>
    public void HandOver()
    {
        lock (gate)
        {
            if (filling.Count == 0 || ready)
                return;
            ready = true;
        }

        Wake();
    }

    /// <summary>A partition has been read to its end. Its last offsets may hold no message.</summary>
    public void Ended(int partition, long offset)
    {
        bool markers;
        lock (gate)
        {
            endOfPartition[partition] = offset;
            markers = filling.Count == 0 && claims.TryGetValue(partition, out var claim) && claim.NextOffset < offset;
        }

        if (markers)
            Wake();
    }

    public bool HasRoom
    {
        get
        {
            lock (gate)
            {
                if (!filling.IsFull)
                    return true;
                room.Reset();
                return false;
            }
        }
    }

    public bool WaitForRoom(int milliseconds) => HasRoom || room.Wait(milliseconds);

    /// <summary>Until there may be something to commit.</summary>
    public Task WaitAsync(CancellationToken cancel) => wake.WaitAsync(cancel);

    public void Wake()
    {
        lock (gate)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }

    /// <summary>The batch to commit, null if none was handed over; it stays as it is until it is settled.</summary>
    public StreamBatch? Take()
    {
        lock (gate)
        {
            if (!ready || filling.Count == 0)
                return null;
            (filling, loading) = (loading, filling);
            (ready, busy) = (false, true);
            room.Set();
            return loading;
        }
    }

    /// <summary>Accounts for a committed batch; true if a new session is needed, or none any more.</summary>
    public bool Settle(IReadOnlyCollection<PartitionClaim> lost)
    {
        lock (gate)
        {
            var moves = loading.Moves(0, loading.Count).FindAll(move => !lost.Contains(move.Claim));
            Committed += moves.Sum(move => move.Read);
            committed.AddRange(
                moves.Select(move => new TopicPartitionOffset(topic, move.Claim.Partition, move.Claim.NextOffset))
            );
            loading.Clear();
            busy = false;
            if (Committed >= most)
                return done = true;
            // Fenced, but the group still counts us as a member: we slept. Start over.
            return lost.Any(claim => claims.GetValueOrDefault(claim.Partition) == claim);
        }
    }

    /// <summary>Partitions whose end has been read, and whose last offsets hold no message: transaction markers, or
    /// offsets left by compaction. The position is advanced past them, so that the end is visible to
    /// everybody.</summary>
    public List<PartitionMove> Markers()
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

    /// <summary>The positions committed since the last call, in order.</summary>
    public TopicPartitionOffset[] TakeCommitted()
    {
        lock (gate)
        {
            if (committed.Count == 0)
                return [];
            TopicPartitionOffset[] taken = [.. committed];
            committed.Clear();
            return taken;
        }
    }

    public void Dispose()
    {
        wake.Dispose();
        room.Dispose();
        ending.Dispose();
    }
}
