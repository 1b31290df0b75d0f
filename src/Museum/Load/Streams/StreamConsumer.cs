using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>
/// One topic into the database, for as long as it is let. The database is the truth: positions are read from it at
/// every assignment, and after
/// anything unclear the consumer is closed and built anew.
/// </summary>
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

    /// <summary>Consumes until it is cancelled, or done by <see cref="StreamOptions.UntilEnd"/> or
    /// <see cref="StreamOptions.MaxMessages"/>.</summary>
    /// <exception cref="MuseumException">A person is needed. What was committed stays.</exception>
    public async Task RunAsync(CancellationToken cancel)
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
            var stream = await topic.IdentifyAsync(cancel);
            if (!await topic.PrepareAsync(stream, cancel))
                continue;
            if (options.UntilEnd && plan.Ends is null)
                plan = plan with { Ends = await topic.EndsAsync(cancel) };
            using var session = new StreamSession(store, clients, stream, loader, topic, plan, options, health, log);
            if (await session.RunAsync(cancel))
                return;
            plan = plan with { Messages = plan.Messages - session.Committed };
            if (!cancel.IsCancellationRequested)
                await Task.Delay(Between, options.Clock, cancel);
        }

        cancel.ThrowIfCancellationRequested();
    }
}
