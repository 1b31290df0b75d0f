using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace MuseumPipeline.Load.Streams.Sessions;

/// <summary>The polling thread: it receives messages from the broker and does nothing that could delay it.</summary>
internal sealed class SessionPoller(SessionParts parts, SessionState state)
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NearTheEnd = TimeSpan.FromMilliseconds(10);

    /// <summary>How long polling waits for the database before the partitions are paused and polling continues without
    /// messages.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long a consumer may take to leave its group.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly SessionAssignment assignment = new(parts, state);
    private readonly PartitionArrivals arrivals = new(parts.Options.Clock);
    private long looked;

    // Its consumer is still closing, and another session reports by now.
    private volatile bool isLeft;

    private string Topic => parts.Stream.Topic;

    /// <summary>Another process has joined the group under our name.</summary>
    public bool WasFenced { get; private set; }

    /// <summary>The id that the group gave us; null before it did.</summary>
    public string? MemberId { get; private set; }

    /// <summary>Polls until the session ends.</summary>
    /// <param name="loaded">Set once nothing more will be committed.</param>
    public void Run(ManualResetEventSlim loaded)
    {
        IConsumer<byte[]?, byte[]?>? consumer = null;
        try
        {
            consumer = parts
                .Clients.Consumer(BrokerTrouble, parts.Plan.Named)
                .SetPartitionsAssignedHandler(assignment.Assigned)
                .SetPartitionsRevokedHandler((_, gone) => Forget(gone))
                .SetPartitionsLostHandler((_, gone) => Forget(gone))
                .Build();
            parts.Health.Joining();
            consumer.Subscribe(Topic);
            while (!state.IsEnding)
                Step(consumer);
            loaded.Wait(TimeSpan.FromSeconds(6));
            TellBroker(consumer);
        }
        catch (KafkaException e)
        {
            // Position unknown: a new consumer begins at the position in the database.
            parts.Log.LogWarning("consume: {Topic}: {Problem}; restarting from the last commit", Topic, e.Error.Reason);
        }
        finally
        {
            Close(consumer);
            state.End();
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
        parts.Log.LogDebug("consume: {Topic}: no answer from the group; its consumer is closed later", Topic);
    }

    private void LeaveGroup(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            // Once it is closed it cannot be asked any more.
            MemberId = consumer.MemberId is { Length: > 0 } id ? id : null;
            consumer.Close();
        }
        catch (KafkaException e)
        {
            parts.Log.LogDebug("consume: closing: {Problem}", e.Error.Reason);
        }
        finally
        {
            parts.Clients.Release(consumer);
        }
    }

    private void Forget(List<TopicPartitionOffset> gone)
    {
        if (isLeft)
            return;
        arrivals.Forget();
        assignment.Revoked(gone);
    }

    private void Step(IConsumer<byte[]?, byte[]?> consumer)
    {
        TellBroker(consumer);
        arrivals.Look();
        assignment.StopNext();
        Look(consumer);
        if (state.IsEnough)
        {
            state.HandOver();
            state.Ending.WaitHandle.WaitOne(Idle);
            return;
        }

        ConsumeResult<byte[]?, byte[]?>? result;
        try
        {
            // The collected messages are handed over as soon as no more are waiting.
            result = consumer.Consume(
                state.IsGathering ? TimeSpan.Zero
                : parts.Plan.Ends is null ? Idle
                : NearTheEnd
            );
        }
        catch (ConsumeException e)
        {
            Trouble(e);
            return;
        }

        if (result is null)
            state.HandOver();
        else if (result.IsPartitionEOF)
            Ended(result.Partition, result.Offset);
        else if (Add(result))
            WaitForRoom(consumer);
    }

    /// <summary>True if the batch is full.</summary>
    private bool Add(ConsumeResult<byte[]?, byte[]?> result)
    {
        var isFull = state.Add(result, arrivals, out var otherLog);
        if (otherLog is not null)
            assignment.Stop(result.Partition, otherLog);
        return isFull;
    }

    private void Ended(int partition, long offset)
    {
        state.Ended(partition, offset);
        arrivals.Ended(partition);
        parts.Health.Broker(null);
        state.HandOver();
    }

    /// <summary>The queue is bounded: while the database is slow the broker waits, and while it is away we stay in the
    /// group.</summary>
    private void WaitForRoom(IConsumer<byte[]?, byte[]?> consumer)
    {
        var since = parts.Options.Clock.GetTimestamp();
        while (!state.IsEnding && parts.Options.Clock.GetElapsedTime(since) < Patience)
        {
            if (state.WaitForRoom(50))
                return;
        }

        while (!state.IsEnding && !state.HasRoom)
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

        if (!state.IsEnding)
            consumer.Resume(consumer.Assignment);
    }

    /// <summary>For lag tools only: the client commits these to the broker in the background, and when it is
    /// closed.</summary>
    private void TellBroker(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var offset in state.TakeCommitted())
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

    private void BrokerTrouble(Error error)
    {
        if (isLeft)
            return;
        arrivals.Forget();
        if (error.Code is ErrorCode.Local_Fatal or ErrorCode.FencedInstanceId or ErrorCode.InvalidSessionTimeout)
            NoteGroup(error);
        // StreamMonitor finds out why.
        else if (error.Code is ErrorCode.Local_AllBrokersDown && parts.Health.BrokerProblem is null)
            parts.Health.Broker(error.Reason);
        // When they come back it may be with another log: positions are checked against it before anything more is
        // read.
        if (error.Code is ErrorCode.Local_AllBrokersDown)
            state.End();
    }

    /// <summary>The group does not accept us as we are.</summary>
    private void NoteGroup(Error error)
    {
        WasFenced |=
            error.Code is ErrorCode.FencedInstanceId or ErrorCode.Local_Fatal
            && parts.Clients.Settings.StaticMember is not null;
        var problem = parts.Topic.GroupProblem(error);
        if (parts.Health.Group(problem))
            parts.Log.LogError("consume: {Topic}: {Problem}", Topic, problem);
    }

    private void Trouble(ConsumeException e)
    {
        switch (e.Error.Code)
        {
            case ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_LogTruncation:
                state.HandOver();
                assignment.Stop(e.ConsumerRecord.Partition, null);
                break;
            case ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed:
                throw parts.Topic.Refused(e.Error);
            case ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition:
                if (parts.Health.Broker($"the topic {Topic} is gone"))
                    parts.Log.LogWarning("consume: the topic {Topic} is gone; waiting for it", Topic);
                state.End();
                break;
            case ErrorCode.InconsistentGroupProtocol
            or ErrorCode.FencedInstanceId
            or ErrorCode.Local_Fatal
            or ErrorCode.InvalidSessionTimeout:
                NoteGroup(e.Error);
                if (e.Error.IsFatal)
                    state.End();
                break;
            default:
                parts.Log.LogWarning("consume: {Topic}: {Problem}", Topic, e.Error.Reason);
                if (e.Error.IsFatal)
                    state.End();
                break;
        }
    }

    /// <summary>From time to time: how far behind.</summary>
    private void Look(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (looked != 0 && parts.Options.Clock.GetElapsedTime(looked) < TimeSpan.FromSeconds(1))
            return;
        looked = parts.Options.Clock.GetTimestamp();
        parts.Health.Lag(
            state.Lags(partition =>
            {
                // The client knows the end only from its last fetch, and the lag matters most where nothing is fetched.
                var fetched = consumer.GetWatermarkOffsets(new(Topic, partition)).High;
                return Math.Max(
                    fetched.IsSpecial ? -1 : fetched.Value,
                    parts.Health.Ends.GetValueOrDefault(partition, -1)
                );
            })
        );
    }
}
