using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load.Streams.Sessions;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>Loads one topic into the database, until it is stopped. The database is the truth: positions are read from
/// it at every assignment, and after any doubt the consumer is closed and a new one is started.</summary>
public sealed class StreamConsumer(
    MuseumStore store,
    KafkaClients clients,
    Museum museum,
    StreamOptions options,
    int runId,
    StreamHealth health,
    ILogger log
)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>The time between two attempts if a service refuses us.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(5);

    /// <summary>Consumes until it is cancelled, or until <see cref="StreamOptions.UntilEnd"/> or <see
    /// cref="StreamOptions.MaxMessages"/> is reached.</summary>
    /// <exception cref="MuseumException">A person is needed. What was committed stays.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var monitor = new StreamMonitor(store, clients, museum.Topic, health, options.Clock, log);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = Task.Run(() => monitor.RunAsync(ending.Token), CancellationToken.None);
        try
        {
            await ConsumeAsync(cancel);
        }
        finally
        {
            await ending.CancelAsync();
            // It may be waiting for an answer that is no longer needed.
            await Task.WhenAny(watching, Task.Delay(Farewell, options.Clock, CancellationToken.None));
        }
    }

    private async Task ConsumeAsync(CancellationToken cancel)
    {
        var loader = new StreamLoader(store, museum, options, runId, health, log);
        using var topic = new StreamTopic(store.Partitions, clients, museum, options, health, log);
        var plan = new StreamPlan(
            runId,
            $"{Environment.MachineName}/{Environment.ProcessId}",
            options.MaxMessages ?? long.MaxValue,
            null
        );
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var stream = await topic.IdentifyAsync(cancel);
                if (!await topic.PrepareAsync(stream, cancel))
                    continue;
                if (options.UntilEnd && plan.Ends is null)
                    plan = plan with { Ends = await topic.EndsAsync(cancel) };
                using var session = new StreamSession(
                    new(store, clients, stream, loader, topic, plan, options, health, log)
                );
                if (await session.RunAsync(cancel))
                    return;
                plan = plan with
                {
                    Messages = plan.Messages - session.Committed,
                    Patience = session.IsDeaf && session.Committed == 0 ? Math.Min(plan.Patience * 2, 32) : 1,
                    Named = !session.FoundOrphan,
                };
                if (!cancel.IsCancellationRequested)
                    await Task.Delay(Between, options.Clock, cancel);
                // Where messages keep coming, the database fences us before the group does.
                if (session.WasFenced || (session.WasOvertaken && clients.Settings.StaticMember is not null))
                    await WaitForTwinAsync(topic, session.MemberId, cancel);
            }
            catch (ServiceRefusedException e) when (!options.UntilEnd)
            {
                // A right that was withdrawn while we ran may be granted again while we run.
                if (health.Refused(e.Message))
                    log.LogError("consume: {Topic}: {Problem} Trying again", museum.Topic, e.Message);
                await Task.Delay(AfterRefusal, options.Clock, cancel);
            }
        }

        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Two processes with one name would evict each other for ever: the evicted one waits until the other has
    /// left. What overtook us may also have been an operator, and then nobody else has our name.</summary>
    /// <param name="own">The id of the session's member.</param>
    private async Task WaitForTwinAsync(StreamTopic topic, string? own, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (!await topic.HasTwinAsync(own))
                    return;
                var problem = topic.GroupProblem(new Error(ErrorCode.FencedInstanceId));
                if (health.Group(problem))
                    log.LogError("consume: {Topic}: {Problem}", museum.Topic, problem);
            }
            catch (KafkaException e)
            {
                log.LogDebug("consume: {Topic}: {Problem}", museum.Topic, e.Error.Reason);
            }

            await Task.Delay(AfterRefusal, options.Clock, cancel);
        }
    }
}
