using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>Loads every history object of a bucket, each once, with the exhibitions first.</summary>
public sealed class Loader(MuseumStore store, IBucket bucket, LoadOptions options, ILogger log)
{
    private const int Rounds = 3;

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
            var loader = new ObjectLoader(store, bucket, options, runId, watch, new(), log);
            var work = new LoadWork(store, bucket, options, loader, watch, log);
            await LoadAllAsync(work, listing, request, report, cancel);
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
        LoadWork work,
        Listing listing,
        LoadRequest request,
        RunReport report,
        CancellationToken cancel
    )
    {
        for (var number = 1; ; number++)
        {
            // The limit begins again: what the last round loaded is already there in this one, and counts.
            var round = new LoadRound(work, request.NumRows is { } most ? new RowLimit(most) : null);
            foreach (var museum in listing.Museums)
            {
                if (number == 1)
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
                await round.LoadAsync(museum, vocabulary, cancel);
            }

            if (round.Changed.IsEmpty || number == Rounds)
            {
                if (!round.Changed.IsEmpty)
                    throw new MuseumException(
                        ExitCode.Service,
                        $"{string.Join(", ", round.Changed.Distinct())}: kept changing while being read; load again "
                            + $"when it no longer changes"
                    );
                await Accounts.WriteAsync(store, bucket, listing, round.Results, report.RunId!.Value, report, cancel);
                return;
            }

            log.LogInformation(
                "load: {Objects} changed since the listing; listing again",
                string.Join(", ", round.Changed.Distinct())
            );
            listing = await Listing.ReadAsync(bucket, store.Museums, cancel);
        }
    }
}
