using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>What a load works with from its start to its end.</summary>
internal sealed record LoadWork(
    MuseumStore Store,
    IBucket Bucket,
    LoadOptions Options,
    ObjectLoader Objects,
    RunWatch Watch,
    ILogger Log
);

/// <summary>One pass over the objects of a listing.</summary>
internal sealed class LoadRound(LoadWork work, RowLimit? limit)
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HeldReminder = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HeldInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Objects that are open at a time, so that those over the same hours can be written together.</summary>
    private const int Open = 8;

    private readonly TimeSpan _patience = work.Options.Patience ?? DefaultPatience;

    /// <summary>The objects that are loaded, by their keys.</summary>
    public ConcurrentDictionary<string, SourceRow> Results { get; } = new(StringComparer.Ordinal);

    /// <summary>The objects that changed while they were read.</summary>
    public ConcurrentBag<string> Changed { get; } = [];

    /// <summary>Loads what of this museum is not loaded yet.</summary>
    /// <exception cref="MuseumException">Stopped; the exit code says why. What was committed before stays.</exception>
    public async Task LoadAsync(MuseumObjects objects, Vocabulary vocabulary, CancellationToken cancel)
    {
        var ledger = (await work.Store.Sources.ListAsync(work.Bucket.Location, cancel)).ToDictionary(
            row => row.Name,
            StringComparer.Ordinal
        );
        var aside = work.Options.Again
            ? []
            : (await work.Store.Ledger.SetAsideAsync(work.Bucket.Location, cancel)).ToDictionary(row =>
                (row.Name, row.Version)
            );
        var todo = new List<BucketObject>();
        foreach (var entry in objects.History)
        {
            if (aside.GetValueOrDefault((entry.Key, entry.Version)) is { } left)
                work.Watch.SetAside(new(entry.Key, entry.Version, left.Why, left.Detail));
            else if (
                ledger.GetValueOrDefault(entry.Key) is { State: SourceState.Loaded } row
                && row.Version == entry.Version
                && row.Size == entry.Size
            )
                Results[entry.Key] = row;
            else
                todo.Add(entry);
        }

        work.Watch.Expect(todo.Count, todo.Sum(entry => entry.Size));
        if (limit is not null)
        {
            // In the order of the keys, one after another: which rows are the first N must not depend on luck.
            foreach (var entry in objects.History)
            {
                if (aside.ContainsKey((entry.Key, entry.Version)))
                    continue;
                if (Results.TryGetValue(entry.Key, out var complete))
                    limit.Take(complete.Counts);
                else
                    await WaitForAsync(entry);
            }

            return;
        }

        // An object held by another process is left to it, and checked again at the end: so several processes share a
        // work.Bucket.
        var held = new ConcurrentQueue<BucketObject>();
        var writers = work.Options.Workers > 0 ? work.Options.Workers : work.Store.Writers;
        var workers = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Max(Math.Max(writers, Open), work.Bucket.Fetches),
            CancellationToken = cancel,
        };
        await Parallel.ForEachAsync(
            work.Objects.Expect(todo),
            workers,
            async (entry, token) =>
            {
                try
                {
                    if (!await LoadOneAsync(entry, token))
                        held.Enqueue(entry);
                }
                finally
                {
                    work.Objects.Expected(entry);
                }
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
                if (told is null || work.Options.Clock.GetElapsedTime(told.Value) > HeldReminder)
                {
                    told = work.Options.Clock.GetTimestamp();
                    work.Log.LogWarning(
                        "load: {Object} is being loaded by another process; waiting until it is done or gone",
                        entry.Key
                    );
                }

                await Task.Delay(HeldInterval, work.Options.Clock, cancel);
            }
        }

        // False if another process holds it.
        async Task<bool> LoadOneAsync(BucketObject entry, CancellationToken token)
        {
            using var about = work.Log.About(vocabulary.Museum.Code, KeyText.Show(entry.Key));
            try
            {
                if (
                    await PatientlyAsync(entry, of => work.Objects.LoadAsync(entry, vocabulary, limit, of), token)
                    is not { } row
                )
                    return false;
                if (work.Options.Again && row.State is SourceState.Loaded)
                    await NoteAsync(entry, of => work.Store.Ledger.ForgetAsync(IdentityOf(entry), of), token);
                Results[entry.Key] = row;
                work.Watch.Done(entry.Key, entry.Size);
            }
            catch (ObjectChangedException e)
            {
                work.Log.LogWarning("load: {Problem}", e.Message);
                Changed.Add(entry.Key);
            }
            catch (KnownContentException e)
            {
                work.Log.LogInformation("load: {Object}: {Problem}; not loaded", entry.Key, e.Message);
                await NoteAsync(entry, of => work.Store.Ledger.NoteKnownAsync(e.Identity, e.Message, of), token);
                work.Watch.SetAside(new(entry.Key, entry.Version, "known", e.Message));
            }
            catch (DamagedException e)
            {
                work.Log.LogWarning("load: {Problem}", e.Message);
                work.Watch.SetAside(new(entry.Key, entry.Version, "damaged", e.Message));
            }

            return true;
        }
    }

    private SourceIdentity IdentityOf(BucketObject entry) =>
        new(0, "object", work.Bucket.Location, entry.Key, entry.Version, entry.Size);

    private async Task NoteAsync(BucketObject entry, Func<CancellationToken, Task> note, CancellationToken cancel) =>
        await PatientlyAsync(
            entry,
            async of =>
            {
                await note(of);
                return true;
            },
            cancel
        );

    /// <summary>Retries transient faults, from the last commit.</summary>
    private async Task<T> PatientlyAsync<T>(
        BucketObject entry,
        Func<CancellationToken, Task<T>> act,
        CancellationToken cancel
    )
    {
        var started = work.Options.Clock.GetTimestamp();
        var retry = Retry.Policy(
            work.Options.Clock,
            e => work.Log.LogWarning("load: {Object}: {Problem}; retrying from the last commit", entry.Key, e.Message),
            () => work.Options.Clock.GetElapsedTime(Math.Max(started, work.Watch.Moved)) <= _patience
        );
        while (true)
        {
            try
            {
                return await retry.ExecuteAsync(async token => await act(token), cancel);
            }
            catch (MovedOnException)
            {
                started = work.Options.Clock.GetTimestamp();
            }
            catch (TransientException e)
            {
                throw new MuseumException(
                    ExitCode.Service,
                    $"gave up after {_patience.TotalSeconds:0} s: {e.Message}",
                    e
                );
            }
        }
    }
}
