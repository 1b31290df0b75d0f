using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;
using MuseumPipeline.Source;

namespace MuseumPipeline.Run;

/// <summary>One consumer from its building to its closing, with the thread that polls it, the loop that commits, and the watch over both.</summary>
internal sealed class StreamSession : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    /// <summary>How long polling waits for the database before the partitions are paused and polled on without messages.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long an assignment waits for the database before the consumer leaves the group and comes back later.</summary>
    private static readonly TimeSpan ClaimPatience = TimeSpan.FromSeconds(10);

    private readonly IStore store;
    private readonly KafkaClients clients;
    private readonly StreamIdentity stream;
    private readonly StreamLoader loader;
    private readonly StreamTopic topic;
    private readonly StreamPlan plan;
    private readonly StreamOptions options;
    private readonly StreamHealth health;
    private readonly ILogger log;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly ManualResetEventSlim room = new(true);
    private readonly ManualResetEventSlim loaded = new(false);
    private readonly CancellationTokenSource ending = new();

    // Guarded by the gate.
    private readonly Dictionary<int, PartitionClaim> claims = [];
    private readonly Dictionary<int, long> ends = [], endOfPartition = [];
    private readonly List<TopicPartitionOffset> committed = [];
    private readonly SortedSet<int> stopped = [];
    private StreamBatch filling = new(), loading = new();
    private bool ready, busy;

    // The polling thread's own.
    private readonly Queue<int> toStop = [];
    private long taken, looked;
    private volatile bool done;

    public StreamSession(
        IStore store, KafkaClients clients, StreamIdentity stream, StreamLoader loader, StreamTopic topic, StreamPlan plan, StreamOptions options, StreamHealth health, ILogger log)
    {
        (this.store, this.clients, this.stream, this.loader, this.topic) = (store, clients, stream, loader, topic);
        (this.plan, this.options, this.health, this.log) = (plan, options, health, log);
    }

    /// <summary>Messages committed by this session.</summary>
    public long Committed { get; private set; }

    /// <summary>True when there is nothing more to do; false when a new session must take over.</summary>
    public async Task<bool> RunAsync(CancellationToken cancel)
    {
        using var linked = cancel.Register(ending.Cancel);
        using var hard = new CancellationTokenSource();
        var poll = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var load = Task.Run(() => LoadAsync(hard.Token), CancellationToken.None);
        var watch = Task.Run(() => WatchAsync(ending.Token), CancellationToken.None);
        await Task.WhenAny(poll, load, watch);
        await ending.CancelAsync();
        Wake();
        // A transaction that is under way is finished; one that waits for a database is given up, and nothing of it is lost.
        hard.CancelAfter(TimeSpan.FromSeconds(4));
        try
        {
            await load;
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("consume: stopped while the database was away; its messages are read again next time");
        }
        finally
        {
            loaded.Set();
            await Task.WhenAll(poll, watch);
        }

        return done;
    }

    private bool IsEnding => ending.IsCancellationRequested;

    private void End() => ending.Cancel();

    private void Poll()
    {
        IConsumer<Ignore, byte[]>? consumer = null;
        try
        {
            consumer = clients.Consumer(Assigned, (_, gone) => Forget(gone), (_, gone) => Forget(gone), BrokerTrouble);
            consumer.Subscribe(stream.Topic);
            while (!IsEnding) Step(consumer);
            loaded.Wait(TimeSpan.FromSeconds(6));
            TellBroker(consumer);
        }
        catch (KafkaException e)
        {
            // Position unknown: a new consumer begins where the database says.
            log.LogWarning("consume: {Topic}: {Problem}; starting again from the last commit", stream.Topic, e.Error.Reason);
        }
        finally
        {
            Close(consumer);
            End();
        }
    }

    private void Close(IConsumer<Ignore, byte[]>? consumer)
    {
        try
        {
            consumer?.Close();
        }
        catch (KafkaException e)
        {
            log.LogDebug("consume: closing: {Problem}", e.Error.Reason);
        }
        finally
        {
            consumer?.Dispose();
        }
    }

    private void Step(IConsumer<Ignore, byte[]> consumer)
    {
        TellBroker(consumer);
        if (toStop.Count > 0 && IsQuiet) StopPartition(toStop.Dequeue());
        Look(consumer);
        if (taken >= plan.Messages)
        {
            Drained();
            ending.Token.WaitHandle.WaitOne(Idle);
            return;
        }

        ConsumeResult<Ignore, byte[]>? result;
        try
        {
            // What is gathered is handed over as soon as nothing more is waiting.
            result = consumer.Consume(IsGathering ? TimeSpan.Zero : Idle);
        }
        catch (ConsumeException e)
        {
            Trouble(e);
            return;
        }

        if (result is null) Drained();
        else if (result.IsPartitionEOF) Ended(result.Partition, result.Offset);
        else if (Add(result)) WaitForRoom(consumer);
    }

    private bool IsGathering
    {
        get
        {
            lock (gate) return filling.Count > 0 && !ready;
        }
    }

    private bool IsQuiet
    {
        get
        {
            lock (gate) return filling.Count == 0 && !busy;
        }
    }

    /// <summary>True when the batch is full.</summary>
    private bool Add(ConsumeResult<Ignore, byte[]> result)
    {
        lock (gate)
        {
            // Of a partition that is not ours (any more), or is stopped: whoever has it reads it.
            if (!claims.TryGetValue(result.Partition, out var claim)) return false;
            filling.Add(claim, result.Offset, result.LeaderEpoch, result.Message.Value);
            taken++;
            if (!filling.IsFull) return false;
            ready = true;
        }

        Wake();
        return true;
    }

    private void Drained()
    {
        lock (gate)
        {
            if (filling.Count == 0 || ready) return;
            ready = true;
        }

        Wake();
    }

    private void Ended(int partition, long offset)
    {
        lock (gate) endOfPartition[partition] = offset;
        health.Broker(null);
        Drained();
    }

    private void Wake()
    {
        lock (gate)
        {
            if (wake.CurrentCount == 0) wake.Release();
        }
    }

    /// <summary>The queue is bounded: while the database is slow the broker waits, and while it is away the group still hears of us.</summary>
    private void WaitForRoom(IConsumer<Ignore, byte[]> consumer)
    {
        var since = options.Clock.GetTimestamp();
        while (!IsEnding && options.Clock.GetElapsedTime(since) < Patience)
        {
            if (HasRoom || room.Wait(50)) return;
        }

        while (!IsEnding && !HasRoom)
        {
            // Anew each time: partitions may have come in the meantime.
            consumer.Pause(consumer.Assignment);
            try
            {
                if (consumer.Consume(Idle) is { IsPartitionEOF: false } late) Add(late);
            }
            catch (ConsumeException e)
            {
                Trouble(e);
            }
        }

        if (!IsEnding) consumer.Resume(consumer.Assignment);
    }

    private bool HasRoom
    {
        get
        {
            lock (gate)
            {
                if (!filling.IsFull) return true;
                room.Reset();
                return false;
            }
        }
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        while (true)
        {
            await wake.WaitAsync(cancel);
            if (IsEnding) return;
            while (TakeBatch())
            {
                var lost = await loader.LoadAsync(loading, cancel);
                if (Settle(lost)) End();
                if (IsEnding) return;
            }
        }
    }

    private bool TakeBatch()
    {
        lock (gate)
        {
            if (!ready || filling.Count == 0) return false;
            (filling, loading) = (loading, filling);
            (ready, busy) = (false, true);
            room.Set();
            return true;
        }
    }

    /// <summary>Enters a committed batch in the books; true when a new session is needed, or none any more.</summary>
    private bool Settle(IReadOnlyCollection<PartitionClaim> lost)
    {
        lock (gate)
        {
            var moves = loading.Moves(0, loading.Count).FindAll(move => !lost.Contains(move.Claim));
            Committed += moves.Sum(move => move.Read);
            committed.AddRange(moves.Select(move => new TopicPartitionOffset(stream.Topic, move.Claim.Partition, move.Claim.NextOffset)));
            loading.Clear();
            busy = false;
            if (Committed >= plan.Messages) return done = true;
            // Fenced, but the group still counts on us: we were asleep. Everything anew.
            return lost.Any(claim => claims.GetValueOrDefault(claim.Partition) == claim);
        }
    }

    /// <summary>A courtesy to lag tools: the client commits these to the broker in the background, and at its closing.</summary>
    private void TellBroker(IConsumer<Ignore, byte[]> consumer)
    {
        TopicPartitionOffset[] told;
        lock (gate)
        {
            if (committed.Count == 0) return;
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
                // No longer assigned: the new owner tells.
            }
        }
    }

    /// <summary>Claims what the group gives us. An exception here would leave a member that silently consumes nothing.</summary>
    private IEnumerable<TopicPartitionOffset> Assigned(IConsumer<Ignore, byte[]> consumer, List<TopicPartition> partitions)
    {
        List<TopicPartitionOffset> starts = [];
        foreach (var partition in partitions)
        {
            var claim = IsEnding ? null : Claim(partition.Partition);
            lock (gate)
            {
                if (claim is not null) claims[partition.Partition] = claim;
                endOfPartition.Remove(partition.Partition);
            }

            starts.Add(new TopicPartitionOffset(partition, claim?.NextOffset ?? Offset.End));
        }

        ReportAssignment();
        return starts;
    }

    private PartitionClaim? Claim(int partition)
    {
        var since = options.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return Task.Run(() => ClaimAsync(partition)).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is TransientException or KafkaException)
            {
                if (e is TransientException && health.DatabaseIsAway(e.Message)) log.LogWarning("consume: at the assignment of {Topic}:{Partition}: {Problem}", stream.Topic, partition, e.Message);
                if (options.Clock.GetElapsedTime(since) > ClaimPatience || ending.Token.WaitHandle.WaitOne(500))
                {
                    End();
                    return null;
                }
            }
            catch (MuseumException e)
            {
                log.LogError("consume: {Problem}", e.Message);
                End();
                return null;
            }
        }
    }

    private async Task<PartitionClaim?> ClaimAsync(int partition)
    {
        var rows = (await store.PartitionsAsync(stream.Cluster, stream.Topic, ending.Token)).Where(row => row.Partition == partition && !row.Retired).ToList();
        health.DatabaseIsBack();
        var mine = rows.Find(row => row.TopicId == stream.TopicId);
        if ((mine ?? rows.FirstOrDefault())?.Problem is { } problem)
        {
            NoteStopped(partition, problem);
            return null;
        }

        // A partition that appeared later: from its first message, whatever the start of the topic was.
        if (mine is null) await store.StartPartitionsAsync(stream, new Dictionary<int, long> { [partition] = await topic.BeginningAsync(partition) }, ending.Token);
        return await store.ClaimPartitionAsync(stream, partition, plan.Owner, ending.Token);
    }

    private void NoteStopped(int partition, string problem)
    {
        lock (gate) stopped.Add(partition);
        health.Stopped(partition, problem);
        log.LogError("consume: stopped: {Problem}", problem);
    }

    private void Forget(List<TopicPartitionOffset> gone)
    {
        lock (gate)
        {
            foreach (var partition in gone)
            {
                if (claims.Remove(partition.Partition, out var claim)) filling.Drop(claim);
                endOfPartition.Remove(partition.Partition);
                stopped.Remove(partition.Partition);
            }
        }

        ReportAssignment();
    }

    private void ReportAssignment()
    {
        lock (gate) health.Assigned(claims.Count);
    }

    private void BrokerTrouble(Error error)
    {
        if (error.Code is ErrorCode.Local_AllBrokersDown && health.Broker(error.Reason)) log.LogWarning("consume: {Problem}; waiting for the broker", error.Reason);
    }

    private void Trouble(ConsumeException e)
    {
        switch (e.Error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset:
                Drained();
                toStop.Enqueue(e.ConsumerRecord.Partition);
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                throw clients.Refused(e.Error, stream.Topic);
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition:
                if (health.Broker($"the topic {stream.Topic} is gone")) log.LogWarning("consume: the topic {Topic} is gone; waiting for it", stream.Topic);
                End();
                break;
            default:
                log.LogWarning("consume: {Topic}: {Problem}", stream.Topic, e.Error.Reason);
                if (e.Error.IsFatal) End();
                break;
        }
    }

    /// <summary>The position cannot be read any more: the rest of the partition is for an operator to decide.</summary>
    private void StopPartition(int partition)
    {
        PartitionClaim? claim;
        lock (gate) claim = claims.GetValueOrDefault(partition);
        if (claim is null) return;
        try
        {
            var (low, high) = Task.Run(() => topic.RangeAsync(partition)).GetAwaiter().GetResult();
            var problem = Lost(partition, claim.NextOffset, low, high);
            Task.Run(() => store.StopPartitionAsync(stream, partition, problem, ending.Token)).GetAwaiter().GetResult();
            lock (gate) claims.Remove(partition);
            NoteStopped(partition, problem);
            ReportAssignment();
        }
        catch (Exception e) when (e is TransientException or KafkaException)
        {
            toStop.Enqueue(partition);
            ending.Token.WaitHandle.WaitOne(500);
        }
    }

    private string Lost(int partition, long position, long low, long high)
    {
        var what = position < low
            ? FormattableString.Invariant($"offsets {position} to {low - 1} were deleted before they were read ({low - position} of them are lost); the partition now begins at {low}")
            : FormattableString.Invariant($"the position {position} is past the end of the partition, {high}: it was cut, or is another one");
        return FormattableString.Invariant($"{stream.Topic}:{partition}: {what}. Go on from {low} with: museum kafka accept-loss {stream.Topic}:{partition}");
    }

    /// <summary>Now and then: how far behind.</summary>
    private void Look(IConsumer<Ignore, byte[]> consumer)
    {
        if (looked != 0 && options.Clock.GetElapsedTime(looked) < TimeSpan.FromSeconds(1)) return;
        looked = options.Clock.GetTimestamp();
        long? lag = null;
        lock (gate)
        {
            foreach (var (partition, claim) in claims)
            {
                var high = consumer.GetWatermarkOffsets(new(stream.Topic, partition)).High;
                if (high.IsSpecial) continue;
                ends[partition] = high;
                lag = (lag ?? 0) + Math.Max(0, high - claim.NextOffset);
            }
        }

        health.Lag(lag);
    }

    /// <summary>Once a second: is it still the same topic, has an operator decided, is it the end; a sign of life to the database.</summary>
    private async Task WatchAsync(CancellationToken cancel)
    {
        try
        {
            for (var tick = 0L; ; tick++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(plan.Ends is null ? 1000 : 100), options.Clock, cancel);
                var second = plan.Ends is null || tick % 10 == 0;
                if (second && !await IsSameTopicAsync()) return;
                if (second && await IsDecidedAsync(cancel)) return;
                if (plan.Ends is not null && await IsAtTheEndAsync(plan.Ends, tick % 5 == 0, cancel))
                {
                    done = true;
                    return;
                }

                if (tick % (plan.Ends is null ? 5 : 50) == 0) await BeatAsync(cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The session ends.
        }
    }

    private async Task<bool> IsSameTopicAsync()
    {
        try
        {
            var id = await topic.LookAsync();
            if (id is not null) health.Broker(null);
            return id == stream.TopicId;
        }
        catch (KafkaException e)
        {
            if (health.Broker($"{clients.BootstrapServers}: {e.Error.Reason}")) log.LogWarning("consume: {Problem}; waiting for the broker", e.Error.Reason);
            return true;
        }
    }

    private async Task<bool> IsDecidedAsync(CancellationToken cancel)
    {
        int[] waiting;
        lock (gate) waiting = [.. stopped];
        if (waiting.Length == 0) return false;
        try
        {
            var rows = await store.PartitionsAsync(stream.Cluster, stream.Topic, cancel);
            if (!rows.Any(row => row.TopicId == stream.TopicId && row.Problem is null && waiting.Contains(row.Partition))) return false;
            health.NothingStopped();
            return true;
        }
        catch (TransientException)
        {
            return false;
        }
    }

    private async Task<bool> IsAtTheEndAsync(IReadOnlyDictionary<int, long> until, bool ask, CancellationToken cancel)
    {
        List<int> others = [];
        lock (gate)
        {
            if (filling.Count > 0 || busy) return false;
            if (stopped.Count > 0) throw new MuseumException(ExitCode.Service, health.State().Problem ?? "a partition is stopped");
            foreach (var (partition, end) in until)
            {
                if (!claims.TryGetValue(partition, out var claim)) others.Add(partition);
                // At the end of a partition the last offsets may be markers, that no message will follow.
                else if (claim.NextOffset < end && endOfPartition.GetValueOrDefault(partition, -1) < end) return false;
            }
        }

        if (others.Count == 0) return true;
        if (!ask) return false;
        try
        {
            var rows = await store.PartitionsAsync(stream.Cluster, stream.Topic, cancel);
            return others.TrueForAll(partition => until[partition] <= (rows.FirstOrDefault(row => row.TopicId == stream.TopicId && row.Partition == partition)?.NextOffset ?? -1));
        }
        catch (TransientException)
        {
            return false;
        }
    }

    private async Task BeatAsync(CancellationToken cancel)
    {
        List<(PartitionClaim, long?)> mine;
        lock (gate) mine = [.. claims.Values.Select(claim => (claim, ends.TryGetValue(claim.Partition, out var end) ? end : (long?)null))];
        try
        {
            await store.BeatAsync(plan.RunId, mine, cancel);
            if (IsQuiet) health.DatabaseIsBack();
        }
        catch (TransientException e)
        {
            if (health.DatabaseIsAway(e.Message)) log.LogWarning("consume: {Problem}; the position is kept, trying again", e.Message);
        }
    }

    public void Dispose()
    {
        wake.Dispose();
        room.Dispose();
        loaded.Dispose();
        ending.Dispose();
    }
}

/// <summary>What a session is to do.</summary>
/// <param name="Messages">Stop after so many.</param>
/// <param name="Ends">Stop when every partition has come so far; null to go on for ever.</param>
internal sealed record StreamPlan(int RunId, string Owner, long Messages, IReadOnlyDictionary<int, long>? Ends);
