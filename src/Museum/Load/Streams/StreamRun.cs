using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>The live road: topics into the database, each by a consumer of its own, until it is stopped or
/// done.</summary>
public sealed class StreamRun(MuseumStore store, KafkaClients clients, StreamOptions options, ILogger log)
{
    /// <summary>How each topic's consumer is; for summaries and the health endpoint.</summary>
    public IReadOnlyList<StreamHealth> Health { get; private set; } = [];

    /// <summary>Consumes the topics of these museums.</summary>
    /// <returns>What this run did, from the ledger; also when it was cancelled.</returns>
    /// <exception cref="MuseumException">A person is needed. What was committed stays.</exception>
    public async Task<RunReport> RunAsync(IReadOnlyList<Museum> museums, string arguments, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        await PatientlyAsync(
            () => KafkaProbe.RunAsync(clients, [.. museums.Select(museum => museum.Topic)], cancel),
            cancel
        );
        var runId = await PatientlyAsync(() => store.Runs.StartAsync("consume", arguments, cancel), cancel);
        Health = [.. museums.Select(museum => new StreamHealth(museum.Topic, options.Clock))];
        Exception? failure = null;
        try
        {
            await ConsumeAsync(museums, runId, cancel);
        }
        catch (Exception e)
        {
            failure = e;
        }

        if (failure is not null and not OperationCanceledException)
        {
            await RunEnding.FinishBadlyAsync(store.Runs, runId, failure, log);
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return await ReportAsync(runId, failure, started);
    }

    private async Task ConsumeAsync(IReadOnlyList<Museum> museums, int runId, CancellationToken cancel)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var consumers = museums
            .Zip(Health)
            .Select(pair =>
                Task.Run(
                    () =>
                        new StreamConsumer(store, clients, pair.First, options, runId, pair.Second, log).RunAsync(
                            all.Token
                        ),
                    CancellationToken.None
                )
            )
            .ToList();
        var open = consumers.ToList();
        while (open.Count > 0)
        {
            var first = await Task.WhenAny(open);
            open.Remove(first);
            // One that fails takes the others with it: a process that does half of its work looks well from outside.
            if (first.IsFaulted)
                await all.CancelAsync();
        }

        var fault = consumers.Find(c => c.IsFaulted) ?? Task.WhenAll(consumers);
        await fault;
    }

    private async Task<RunReport> ReportAsync(int runId, Exception? interrupted, long started)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var report = new RunReport
        {
            Command = "consume",
            Target = store.Target,
            RunId = runId,
        };
        try
        {
            foreach (var row in await store.Runs.SourcesAsync(runId, soon.Token))
            {
                report.Sources.Add(new SourceReport($"{row.Location}/{row.Name}", row.Version, "loading", row.Counts));
                report.Counts += row.Counts;
            }

            foreach (var reason in await store.Runs.ReasonsAsync(runId, soon.Token))
                report.Reasons[reason.Reason.Code()] = reason.Count;
            if (interrupted is null)
                await store.Runs.FinishAsync(runId, RunEnd.Done, soon.Token);
            else
                await RunEnding.FinishBadlyAsync(store.Runs, runId, interrupted, log);
        }
        catch (Exception e) when (interrupted is not null && e is TransientException or OperationCanceledException)
        {
            log.LogWarning("consume: the database is away, the run stays open in the ledger: {Problem}", e.Message);
        }

        report.Elapsed = options.Clock.GetElapsedTime(started);
        report.Interrupted = interrupted is not null;
        return report;
    }

    /// <summary>A service that starts before its database or its broker waits for it; one that is refused
    /// stops.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        var told = "";
        return await Retry.Policy(options.Clock, Tell).ExecuteAsync(async _ => await work(), cancel);

        void Tell(Exception e)
        {
            if (e.Message != told)
                log.LogWarning("consume: {Problem}; waiting for it", told = e.Message);
        }
    }

    /// <summary>Brings the schema up to date and reads the museums, waiting for the database where it is
    /// away.</summary>
    public async Task<IReadOnlyList<Museum>> PrepareAsync(CancellationToken cancel)
    {
        await PatientlyAsync(() => store.Maintenance.MigrateAsync(cancel), cancel);
        return await PatientlyAsync(() => store.Museums.ListAsync(cancel), cancel);
    }
}
