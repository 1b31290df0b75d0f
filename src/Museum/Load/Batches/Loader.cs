using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>Loads every history object of a bucket, each once, with the exhibitions first.</summary>
public sealed class Loader(MuseumStore store, IBucket bucket, LoadOptions options, ILogger log)
{
    private const int Rounds = 3;
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HeldReminder = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HeldInterval = TimeSpan.FromMilliseconds(200);
    private readonly TimeSpan patience = options.Patience ?? DefaultPatience;

    /// <summary>Loads what is not loaded yet and reports on all of it.</summary>
    /// <exception cref="MuseumException">Stopped; the exit code says why. What was committed before stays.</exception>
    public async Task<RunReport> RunAsync(
        LoadRequest request,
        IProgress<LoadStatus>? progress,
        CancellationToken cancel
    )
    {
        var started = options.Clock.GetTimestamp();
        var report = new RunReport
        {
            Command = "load",
            Target = store.Target,
            DryRun = request.DryRun,
        };
        var watch = new RunWatch(new Breaker(options.Breaker), options.Clock, progress);
        var listing = await Listing.ReadAsync(bucket, store.Museums, cancel);
        report.IgnoredObjects.AddRange(listing.Ignored);
        if (request.DryRun)
        {
            await new DryRun(store, bucket, options, watch).RunAsync(listing, request, report, cancel);
            report.Elapsed = options.Clock.GetElapsedTime(started);
            return report;
        }

        var runId = await store.Runs.StartAsync(
            "load",
            $"{bucket.Location}{(request.NumRows is { } n ? $" --num_rows {n}" : "")}",
            cancel
        );
        report.RunId = runId;
        using var about = log.About(run: runId);
        try
        {
            using var loader = new ObjectLoader(store, bucket, options, runId, watch, log);
            await LoadAllAsync(listing, request, report, loader, watch, runId, cancel);
            report.UnverifiedObjects.AddRange(watch.UnverifiedObjects);
            report.Aside.AddRange(watch.Aside);
            report.Elapsed = options.Clock.GetElapsedTime(started);
            if (!report.Balanced)
                throw new MuseumException(ExitCode.DataRefused, $"the ledger does not balance: {report.Counts}");
            RefuseTheOnlyOne(listing, report);
            await store.Runs.FinishAsync(
                runId,
                RunEnd.Done with
                {
                    ExitCode = (int)report.ExitCode,
                    Already = report.Counts.Already - report.AlreadyInRun,
                },
                cancel
            );
            return report;
        }
        catch (Exception e)
        {
            await RunEnding.FinishBadlyAsync(store.Runs, runId, e, log);
            throw;
        }
    }

    /// <summary>If one file was asked for and nothing of it was loaded, the run must not report success.</summary>
    private void RefuseTheOnlyOne(Listing listing, RunReport report)
    {
        if (bucket.IsOneFile && report.Aside is [var only])
            throw new MuseumException(
                ExitCode.DataRefused,
                only.State == "damaged"
                    ? only.Detail
                    : $"{only.Name}: {only.Detail}; nothing of it was loaded. To load it all the same: --again"
            );
        if (bucket.IsOneFile && report.Counts.Read == 0)
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{bucket.Location}: found no record in the file; expected a CSV file with a header and rows"
            );
        if (listing.MergeToName is { } merged)
            throw new MuseumException(
                ExitCode.DataRefused,
                $"found no history in {bucket.Location}/{bucket.Folder} but {KeyText.Show(merged)}, which looks like a "
                    + $"merge of it; expected {listing.Expected}. To load the merged file, name it: museum load -b "
                    + $"{bucket.Location}/{merged}"
            );
    }

    private async Task LoadAllAsync(
        Listing listing,
        LoadRequest request,
        RunReport report,
        ObjectLoader loader,
        RunWatch watch,
        int runId,
        CancellationToken cancel
    )
    {
        for (var round = 1; ; round++)
        {
            // Repeated in each round: what the last round loaded is already there in this one, and counts.
            var limit = request.NumRows is { } most ? new RowLimit(most) : null;
            var results = new ConcurrentDictionary<string, SourceRow>(StringComparer.Ordinal);
            var changed = new ConcurrentBag<string>();
            foreach (var museum in listing.Museums)
            {
                if (round == 1)
                    await Exhibitions.LoadAsync(
                        store.Museums,
                        bucket,
                        museum,
                        options,
                        report.Exhibitions,
                        log,
                        cancel
                    );
                var vocabulary = await store.Museums.VocabularyAsync(museum.Museum.Id, cancel);
                await LoadMuseumAsync(museum, vocabulary, limit, loader, watch, results, changed, cancel);
            }

            if (changed.IsEmpty || round == Rounds)
            {
                if (!changed.IsEmpty)
                    throw new MuseumException(
                        ExitCode.Service,
                        $"{string.Join(", ", changed.Distinct())}: kept changing while being read; load again "
                            + $"when it no longer changes"
                    );
                await Accounts.WriteAsync(store, bucket, listing, results, runId, report, cancel);
                return;
            }

            log.LogInformation(
                "load: {Objects} changed since the listing; listing again",
                string.Join(", ", changed.Distinct())
            );
            listing = await Listing.ReadAsync(bucket, store.Museums, cancel);
        }
    }

    private async Task LoadMuseumAsync(
        MuseumObjects objects,
        Vocabulary vocabulary,
        RowLimit? limit,
        ObjectLoader loader,
        RunWatch watch,
        ConcurrentDictionary<string, SourceRow> results,
        ConcurrentBag<string> changed,
        CancellationToken cancel
    )
    {
        var ledger = (await store.Sources.ListAsync(bucket.Location, cancel)).ToDictionary(
            row => row.Name,
            StringComparer.Ordinal
        );
        var aside = options.Again
            ? []
            : (await store.Ledger.SetAsideAsync(bucket.Location, cancel)).ToDictionary(row => (row.Name, row.Version));
        var todo = new List<BucketObject>();
        foreach (var entry in objects.History)
        {
            if (aside.GetValueOrDefault((entry.Key, entry.Version)) is { } left)
                watch.SetAside(new(entry.Key, entry.Version, left.Why, left.Detail));
            else if (
                ledger.GetValueOrDefault(entry.Key) is { State: SourceState.Loaded } row
                && row.Version == entry.Version
                && row.Size == entry.Size
            )
                results[entry.Key] = row;
            else
                todo.Add(entry);
        }

        watch.Expect(todo.Count, todo.Sum(entry => entry.Size));
        if (limit is not null)
        {
            // In the order of the keys, one after another: which rows are the first N must not depend on luck.
            foreach (var entry in objects.History)
            {
                if (aside.ContainsKey((entry.Key, entry.Version)))
                    continue;
                if (results.TryGetValue(entry.Key, out var complete))
                    limit.Take(complete.Counts);
                else
                    await WaitForAsync(entry);
            }

            return;
        }

        // An object held by another process is left to it, and checked again at the end: so several processes share a
        // bucket.
        var held = new ConcurrentQueue<BucketObject>();
        var writers = options.Workers > 0 ? options.Workers : store.Writers;
        var workers = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Max(writers, bucket.Fetches),
            CancellationToken = cancel,
        };
        await Parallel.ForEachAsync(
            todo,
            workers,
            async (entry, token) =>
            {
                if (!await LoadOneAsync(entry, token))
                    held.Enqueue(entry);
            }
        );
        while (held.TryDequeue(out var entry))
        {
            await WaitForAsync(entry);
        }

        // Until this or another process has loaded it; the wait is reported at once and then every half minute.
        async Task WaitForAsync(BucketObject entry)
        {
            long? told = null;
            while (!await LoadOneAsync(entry, cancel))
            {
                if (told is null || options.Clock.GetElapsedTime(told.Value) > HeldReminder)
                {
                    told = options.Clock.GetTimestamp();
                    log.LogWarning(
                        "load: {Object} is being loaded by another process; waiting until it is done or gone",
                        entry.Key
                    );
                }

                await Task.Delay(HeldInterval, options.Clock, cancel);
            }
        }

        // False if another process holds it.
        async Task<bool> LoadOneAsync(BucketObject entry, CancellationToken token)
        {
            using var about = log.About(vocabulary.Museum.Code, KeyText.Show(entry.Key));
            try
            {
                if (await LoadPatientlyAsync(loader, entry, vocabulary, limit, watch, token) is not { } row)
                    return false;
                if (options.Again && row.State is SourceState.Loaded)
                    await store.Ledger.ForgetAsync(IdentityOf(entry), token);
                results[entry.Key] = row;
                watch.Done(entry.Key, entry.Size);
            }
            catch (ObjectChangedException e)
            {
                log.LogWarning("load: {Problem}", e.Message);
                changed.Add(entry.Key);
            }
            catch (KnownContentException e)
            {
                log.LogInformation("load: {Object}: {Problem}; not loaded", entry.Key, e.Message);
                await store.Ledger.NoteKnownAsync(e.Identity, e.Message, token);
                watch.SetAside(new(entry.Key, entry.Version, "known", e.Message));
            }
            catch (DamagedException e)
            {
                log.LogWarning("load: {Problem}", e.Message);
                watch.SetAside(new(entry.Key, entry.Version, "damaged", e.Message));
            }

            return true;
        }
    }

    private SourceIdentity IdentityOf(BucketObject entry) =>
        new(0, "object", bucket.Location, entry.Key, entry.Version, entry.Size);

    /// <summary>Retries transient faults, from the last commit; null if another process holds the object.</summary>
    private async Task<SourceRow?> LoadPatientlyAsync(
        ObjectLoader loader,
        BucketObject entry,
        Vocabulary vocabulary,
        RowLimit? limit,
        RunWatch watch,
        CancellationToken cancel
    )
    {
        var started = options.Clock.GetTimestamp();
        var retry = Retry.Policy(
            options.Clock,
            e => log.LogWarning("load: {Object}: {Problem}; retrying from the last commit", entry.Key, e.Message),
            () => options.Clock.GetElapsedTime(Math.Max(started, watch.Moved)) <= patience
        );
        while (true)
        {
            try
            {
                return await retry.ExecuteAsync(
                    async token => await loader.LoadAsync(entry, vocabulary, limit, token),
                    cancel
                );
            }
            catch (MovedOnException)
            {
                started = options.Clock.GetTimestamp();
            }
            catch (TransientException e)
            {
                throw new MuseumException(
                    ExitCode.Service,
                    $"gave up after {patience.TotalSeconds:0} s: {e.Message}",
                    e
                );
            }
        }
    }
}
