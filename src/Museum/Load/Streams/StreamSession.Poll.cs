using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>The polling thread: it receives messages from the broker and does nothing that could delay it.</summary>
internal sealed partial class StreamSession
{
    private void Poll()
    {
        IConsumer<byte[]?, byte[]?>? consumer = null;
        try
        {
            consumer = clients
                .Consumer(BrokerTrouble, plan.Named)
                .SetPartitionsAssignedHandler(Assigned)
                .SetPartitionsRevokedHandler((_, gone) => Forget(gone))
                .SetPartitionsLostHandler((_, gone) => Forget(gone))
                .Build();
            health.Joining();
            consumer.Subscribe(stream.Topic);
            while (!IsEnding)
                Step(consumer);
            loaded.Wait(TimeSpan.FromSeconds(6));
            TellBroker(consumer);
        }
        catch (KafkaException e)
        {
            // Position unknown: a new consumer begins at the position in the database.
            log.LogWarning(
                "consume: {Topic}: {Problem}; restarting from the last commit",
                stream.Topic,
                e.Error.Reason
            );
        }
        finally
        {
            Close(consumer);
            End();
        }
    }

    /// <summary>Waits a while only: while the coordinator is out of reach the library may take minutes, and the next
    /// session must not wait for that. The one that is left joins no group any more.</summary>
    private void Close(IConsumer<byte[]?, byte[]?>? consumer)
    {
        if (consumer is null)
            return;
        var closing = Task.Factory.StartNew(
            () => LeaveGroup(consumer),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        if (closing.Wait(Farewell))
            return;
        isLeft = true;
        log.LogDebug("consume: {Topic}: no answer from the group; its consumer is closed later", stream.Topic);
    }

    private void LeaveGroup(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException e)
        {
            log.LogDebug("consume: closing: {Problem}", e.Error.Reason);
        }
        finally
        {
            consumer.Dispose();
        }
    }

    private void Step(IConsumer<byte[]?, byte[]?> consumer)
    {
        TellBroker(consumer);
        arrivals.Look();
        if (toStop.Count > 0 && IsQuiet)
            StopPartition(toStop.Dequeue());
        Look(consumer);
        if (IsEnough)
        {
            Drained();
            ending.Token.WaitHandle.WaitOne(Idle);
            return;
        }

        ConsumeResult<byte[]?, byte[]?>? result;
        try
        {
            // The collected messages are handed over as soon as no more are waiting.
            result = consumer.Consume(IsGathering ? TimeSpan.Zero : Idle);
        }
        catch (ConsumeException e)
        {
            Trouble(e);
            return;
        }

        if (result is null)
            Drained();
        else if (result.IsPartitionEOF)
            Ended(result.Partition, result.Offset);
        else if (Add(result))
            WaitForRoom(consumer);
    }

    private bool IsGathering
    {
        get
        {
            lock (gate)
                return filling.Count > 0 && !ready;
        }
    }

    private bool IsQuiet
    {
        get
        {
            lock (gate)
                return filling.Count == 0 && !busy;
        }
    }

    /// <summary>Messages that were received but then left to another consumer do not count.</summary>
    private bool IsEnough
    {
        get
        {
            lock (gate)
                return plan.Messages < long.MaxValue
                    && Committed + filling.Count + (busy ? loading.Count : 0) >= plan.Messages;
        }
    }

    /// <summary>True if the batch is full.</summary>
    private bool Add(ConsumeResult<byte[]?, byte[]?> result)
    {
        lock (gate)
        {
            // From a partition that is not ours (any more), or is stopped: its owner reads it.
            if (!claims.TryGetValue(result.Partition, out var claim))
                return false;
            // Within one log, leader epochs never decrease.
            if (result.LeaderEpoch < claim.LeaderEpoch)
            {
                SetBack(claim, result);
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

    /// <summary>No more of its messages are taken; it is stopped once those received before are committed.</summary>
    private void SetBack(PartitionClaim claim, ConsumeResult<byte[]?, byte[]?> result)
    {
        claims.Remove(claim.Partition);
        setBack[claim.Partition] = claim;
        toStop.Enqueue(
            (
                claim.Partition,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the record at offset {result.Offset} was written under leader epoch {result.LeaderEpoch}, "
                        + $"after records of epoch {claim.LeaderEpoch} were read: the log was restored from a copy, "
                        + $"or cut and written again"
                )
            )
        );
    }

    private void Drained()
    {
        lock (gate)
        {
            if (filling.Count == 0 || ready)
                return;
            ready = true;
        }

        Wake();
    }

    private void Ended(int partition, long offset)
    {
        bool markers;
        lock (gate)
        {
            endOfPartition[partition] = offset;
            markers = filling.Count == 0 && claims.TryGetValue(partition, out var claim) && claim.NextOffset < offset;
        }

        arrivals.Ended(partition);
        health.Broker(null);
        Drained();
        if (markers)
            Wake();
    }

    /// <summary>The queue is bounded: while the database is slow the broker waits, and while it is away we stay in the
    /// group.</summary>
    private void WaitForRoom(IConsumer<byte[]?, byte[]?> consumer)
    {
        var since = options.Clock.GetTimestamp();
        while (!IsEnding && options.Clock.GetElapsedTime(since) < Patience)
        {
            if (HasRoom || room.Wait(50))
                return;
        }

        while (!IsEnding && !HasRoom)
        {
            // Repeated each time: partitions may have been assigned in the meantime.
            consumer.Pause(consumer.Assignment);
            arrivals.Look();
            try
            {
                if (consumer.Consume(Idle) is { IsPartitionEOF: false } late)
                    Add(late);
            }
            catch (ConsumeException e)
            {
                Trouble(e);
            }
        }

        if (!IsEnding)
            consumer.Resume(consumer.Assignment);
    }

    private bool HasRoom
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

    private void BrokerTrouble(Error error)
    {
        if (isLeft)
            return;
        arrivals.Forget();
        if (error.Code is ErrorCode.Local_Fatal or ErrorCode.FencedInstanceId or ErrorCode.InvalidSessionTimeout)
            NoteGroup(error);
        // StreamMonitor finds out why.
        else if (error.Code is ErrorCode.Local_AllBrokersDown && health.BrokerProblem is null)
            health.Broker(error.Reason);
        // When they come back it may be with another log: positions are checked against it before anything more is
        // read.
        if (error.Code is ErrorCode.Local_AllBrokersDown)
            End();
    }

    /// <summary>The group does not accept us as we are.</summary>
    private void NoteGroup(Error error)
    {
        WasFenced |=
            error.Code is ErrorCode.FencedInstanceId or ErrorCode.Local_Fatal
            && clients.Settings.StaticMember is not null;
        var problem = topic.GroupProblem(error);
        if (health.Group(problem))
            log.LogError("consume: {Topic}: {Problem}", stream.Topic, problem);
    }

    private void Trouble(ConsumeException e)
    {
        switch (e.Error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_LogTruncation:
                Drained();
                toStop.Enqueue((e.ConsumerRecord.Partition, null));
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                throw topic.Refused(e.Error);
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition:
                if (health.Broker($"the topic {stream.Topic} is gone"))
                    log.LogWarning("consume: the topic {Topic} is gone; waiting for it", stream.Topic);
                End();
                break;
            case ErrorCode.InconsistentGroupProtocol
            or ErrorCode.FencedInstanceId
            or ErrorCode.Local_Fatal
            or ErrorCode.InvalidSessionTimeout:
                NoteGroup(e.Error);
                if (e.Error.IsFatal)
                    End();
                break;
            default:
                log.LogWarning("consume: {Topic}: {Problem}", stream.Topic, e.Error.Reason);
                if (e.Error.IsFatal)
                    End();
                break;
        }
    }

    /// <summary>From time to time: how far behind.</summary>
    private void Look(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (looked != 0 && options.Clock.GetElapsedTime(looked) < TimeSpan.FromSeconds(1))
            return;
        looked = options.Clock.GetTimestamp();
        var lags = new SortedDictionary<int, long>();
        lock (gate)
        {
            foreach (var (partition, claim) in claims)
            {
                // The client knows the end only from its last fetch, and the lag matters most where nothing is
                // fetched.
                var fetched = consumer.GetWatermarkOffsets(new(stream.Topic, partition)).High;
                var end = Math.Max(fetched.IsSpecial ? -1 : fetched, health.Ends.GetValueOrDefault(partition, -1));
                if (end < 0)
                    continue;
                ends[partition] = end;
                lags[partition] = Math.Max(0, end - claim.NextOffset);
            }
        }

        health.Lag(lags);
    }
}
