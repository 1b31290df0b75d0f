using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>A run of the stream: loads topics, each with its own consumer, until it is stopped or done.</summary>
public sealed class StreamRun(MuseumStore store, KafkaClients clients, StreamOptions options, ILogger log)
{
    /// <summary>The state of each topic's consumer; for summaries and the health endpoint.</summary>
    public IReadOnlyList<StreamHealth> Health { get; private set; } = [];

    /// <summary>Its number in the ledger; null before it has begun.</summary>
    public int? RunId { get; private set; }

    /// <summary>Consumes the topics of these museums.</summary>
    /// <returns>What this run did, from the ledger; also when it was cancelled.</returns>
    /// <exception cref="MuseumException">A person is needed. What was committed stays.</exception>
    public async Task<RunReport> RunAsync(IReadOnlyList<Museum> museums, string arguments, CancellationToken cancel)
    {
        try
        {
            return await KeepLedgerAsync(museums, arguments, cancel);
        }
        finally
        {
            await clients.ReleasedAsync();
        }
    }

    /// <summary>From the start of the run in the ledger to its end.</summary>
    private async Task<RunReport> KeepLedgerAsync(
        IReadOnlyList<Museum> museums,
        string arguments,
        CancellationToken cancel
    )
    {
        var started = options.Clock.GetTimestamp();
        Health = [.. museums.Select(museum => new StreamHealth(museum.Topic, options.Clock))];
        await PatientlyAsync(
            () => ProbeAsync([.. museums.Select(museum => museum.Topic)], cancel),
            (health, problem) => health.Broker(problem),
            cancel
        );
        var runId = await PatientlyAsync(
            () => store.Runs.StartAsync("consume", arguments, cancel),
            (health, problem) => health.DatabaseIsAway(problem),
            cancel
        );
        RunId = runId;
        Exception? failure = null;
        try
        {
            await NoProgress.LimitAsync(options, Health, limited => ConsumeAsync(museums, runId, limited), cancel);
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

    /// <summary>Before anything is consumed. If one museum's topic is refused, no other museum has to wait.</summary>
    private async Task<bool> ProbeAsync(IReadOnlyList<string> topics, CancellationToken cancel)
    {
        try
        {
            await KafkaProbe.RunAsync(clients, topics, cancel);
            return true;
        }
        catch (MuseumException) when (topics.Count > 1)
        {
            // Login, certificate and group concern all of them: if these are refused, the run ends.
            await KafkaProbe.RunAsync(clients, [], cancel);
        }

        var refusals = new List<MuseumException>();
        foreach (var topic in topics)
        {
            try
            {
                await KafkaProbe.RunAsync(clients, [topic], cancel);
            }
            catch (MuseumException e)
            {
                refusals.Add(e);
            }
        }

        return refusals.Count < topics.Count ? true : throw refusals[0];
    }

    /// <summary>Each museum separately: one that needs a person leaves the others running.</summary>
    private async Task ConsumeAsync(IReadOnlyList<Museum> museums, int runId, CancellationToken cancel)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var consumers = museums.Zip(Health).Select(pair => Task.Run(() => OneAsync(pair.First, pair.Second))).ToList();
        try
        {
            await Task.WhenAll(consumers);
        }
        finally
        {
            // A fault of our own is reported before what a museum needs a person for.
            if (consumers.Find(c => c.Exception?.InnerException is not (null or MuseumException)) is { } broken)
                await broken;
        }

        async Task OneAsync(Museum museum, StreamHealth health)
        {
            using var about = log.About(museum.Code, museum.Topic, runId);
            try
            {
                await new StreamConsumer(store, clients, museum, options, runId, health, log).RunAsync(all.Token);
            }
            catch (MuseumException e)
            {
                health.Ended(e.Message);
                if (museums.Count > 1)
                    log.LogError(
                        "consume: {Museum} needs a person, the others continue: {Problem}",
                        museum.Code,
                        e.Message
                    );
                throw;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await all.CancelAsync();
                throw;
            }
        }
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

    /// <summary>A service that starts before its database or its broker waits for it; if it is refused, it
    /// stops.</summary>
    private async Task<T> PatientlyAsync<T>(
        Func<Task<T>> work,
        Action<StreamHealth, string>? note,
        CancellationToken cancel
    )
    {
        var told = "";
        var since = options.Clock.GetTimestamp();
        try
        {
            return await Retry
                .Policy(
                    options.Clock,
                    Tell,
                    () => !options.UntilEnd || options.Clock.GetElapsedTime(since) < options.Timeout
                )
                .ExecuteAsync(async _ => await work(), cancel);
        }
        catch (TransientException e)
        {
            throw NoProgress.GivenUp(options, e.Message);
        }

        void Tell(Exception e)
        {
            foreach (var health in Health)
                note?.Invoke(health, e.Message);
            if (e.Message != told)
                log.LogWarning("consume: {Problem}; waiting for it", told = e.Message);
        }
    }

    /// <summary>Notices about topics that are consumed for the first time: where their positions are kept.</summary>
    public async Task<IReadOnlyList<string>> FirstTimesAsync(IReadOnlyList<Museum> museums, CancellationToken cancel)
    {
        var begun = await PatientlyAsync(() => store.Partitions.ListAsync(null, null, cancel), null, cancel);
        return
        [
            .. museums
                .Select(museum => museum.Topic)
                .Except(begun.Select(row => row.Topic))
                .Select(topic =>
                    $"the topic {topic} is consumed for the first time: its positions live in the database, with the "
                    + $"rows. What the group {clients.Settings.Group} commits at the brokers is for other tools; "
                    + "--start group begins there"
                ),
        ];
    }

    /// <summary>Brings the schema up to date and reads the museums, waiting for the database where it is
    /// away.</summary>
    public async Task<IReadOnlyList<Museum>> PrepareAsync(CancellationToken cancel)
    {
        await PatientlyAsync(() => store.Maintenance.MigrateAsync(cancel), null, cancel);
        return await PatientlyAsync(() => store.Museums.ListAsync(cancel), null, cancel);
    }
}
