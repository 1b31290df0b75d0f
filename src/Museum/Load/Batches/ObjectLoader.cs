using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>Loads one history object: claim, open, then read → parse → clean → load → commit, slice by slice.</summary>
internal sealed class ObjectLoader(
    MuseumStore store,
    IBucket bucket,
    LoadOptions options,
    int runId,
    RunWatch watch,
    ILogger log
) : IDisposable
{
    /// <summary>Records between two writes to the database.</summary>
    public const int FlushRecords = 4096;

    /// <summary>With this many presses for each hourly count, counting costs little compared with storing.</summary>
    private const int PressesAnHour = 64;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>More objects are fetched in parallel than the database can write at a time.</summary>
    private readonly SemaphoreSlim writers = new(options.Workers > 0 ? options.Workers : store.Writers);

    /// <summary>The ledger's row of the object when all of it is done; null if another process holds it. After an
    /// interruption, the next call continues from what was committed.</summary>
    /// <exception cref="ObjectChangedException">The object is no longer the listed version.</exception>
    /// <exception cref="KnownContentException">Its content is there under other names.</exception>
    /// <exception cref="DamagedException">It is compressed, and cannot be decompressed.</exception>
    /// <exception cref="TransientException">Call again, later.</exception>
    /// <exception cref="MovedOnException">Call again, at once.</exception>
    public async Task<SourceRow?> LoadAsync(
        BucketObject entry,
        Vocabulary vocabulary,
        RowLimit? limit,
        CancellationToken cancel
    )
    {
        var identity = new SourceIdentity(
            vocabulary.Museum.Id,
            "object",
            bucket.Location,
            entry.Key,
            entry.Version,
            entry.Size
        );
        await using var claim = await store.Sources.ClaimAsync(identity, cancel);
        if (claim is null)
            return null;
        if (claim.Current is { State: SourceState.Loaded } loaded)
            return loaded;

        using var trace = Tracing.Object(bucket.Location, entry.Key);
        await using var content = await UnpackedContent.OpenAsync(bucket, entry, options.SpoolDirectory, cancel);
        if (!content.Verified)
            watch.Unverified(entry.Key);
        var cleaner = new Cleaner(vocabulary, options.History, options.Clock);
        await writers.WaitAsync(cancel);
        try
        {
            await RefuseKnownAsync(claim, content, cleaner, cancel);
            if (limit is not null || claim.Replaced is not null || claim.Current is { Counts.Skipped: > 0 })
                await LoadWholeAsync(claim, content, cleaner, limit, cancel);
            else
                await LoadSlicesAsync(claim, content, cleaner, cancel);
        }
        finally
        {
            writers.Release();
        }

        return claim.Current;
    }

    /// <summary>
    /// Before its first row: is what it holds there under other names? Two that begin alike are not loaded side by
    /// side, by whatever process: neither would find the other.
    /// </summary>
    /// <exception cref="KnownContentException">It is there.</exception>
    private async Task RefuseKnownAsync(Claim claim, BucketContent content, Cleaner cleaner, CancellationToken cancel)
    {
        if (claim.Current is not null || options.Again)
            return;
        var sample = PressSample.OfHistory(content.Stream, cleaner);
        if (sample.Presses.Count < PressSample.Least)
            return;
        var beginning = string.Create(
            CultureInfo.InvariantCulture,
            $"content:{claim.Identity.MuseumId}\n{sample.Beginning}"
        );
        while (!await store.Sources.AlsoAsync(claim, beginning, cancel))
            await Task.Delay(BetweenLooks, options.Clock, cancel);
        await KnownContent.RefuseAsync(store, claim.Identity, sample, claim, cancel);
    }

    /// <summary>In one transaction, because nobody may see half of it: a replacement, or a pass that must tell known
    /// rows from skipped ones.</summary>
    private async Task LoadWholeAsync(
        Claim claim,
        BucketContent content,
        Cleaner cleaner,
        RowLimit? limit,
        CancellationToken cancel
    )
    {
        // Already done if a commit succeeded although its answer was lost.
        if (
            claim.Current is { } current
            && (await store.Runs.SourcesAsync(runId, cancel)).Any(row => row.SourceId == current.Id)
        )
            return;
        var mark = limit?.Mark;
        var done = false;
        try
        {
            var known = claim.Current is { } before ? await store.Sources.PositionsAsync(before.Id, cancel) : [];
            using var judging = new Judging(content, claim.Current, cleaner, known, limit, rewind: true);
            await LoadSliceAsync(claim, content, judging, new Bisection(int.MaxValue), cancel);
            done = true;
        }
        catch (RowRefusedException e)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"{claim.Identity.Name}: {e.Message}. A replaced or limited object is loaded as a whole, so that one "
                    + "record that the database refuses stops all of it; remove the constraint, index or trigger "
                    + "that was added to our tables, and load again",
                e
            );
        }
        finally
        {
            if (limit is not null && !done)
                limit.Mark = mark!.Value;
        }
    }

    private async Task LoadSlicesAsync(Claim claim, BucketContent content, Cleaner cleaner, CancellationToken cancel)
    {
        var search = new Bisection(options.SliceRecords);
        while (true)
        {
            // From the last commit.
            using var judging = new Judging(content, claim.Current, cleaner, [], null, rewind: false);
            try
            {
                do judging.Database = search.Verdict;
                while (await LoadSliceAsync(claim, content, judging, search, cancel));
                return;
            }
            catch (RowRefusedException e)
            {
                search.Refused(e, judging.Counts.Read, Place(claim.Identity.Name, claim));
                log.LogWarning(
                    "load: {Object}: {Problem}; looking for the row among {Records}",
                    claim.Identity.Name,
                    e.Message,
                    judging.Counts.Read
                );
            }
        }
    }

    /// <summary>One transaction; false at the end of the object.</summary>
    private async Task<bool> LoadSliceAsync(
        Claim claim,
        BucketContent content,
        Judging judging,
        Bisection search,
        CancellationToken cancel
    )
    {
        var load = await store.Sources.BeginAsync(claim, runId, cancel) ?? throw new MovedOnException();
        await using (load)
        {
            var more = true;
            for (long left = search.Size; more && (left > 0 || GoesOn(load, judging, search)); left -= FlushRecords)
            {
                var before = judging.Counts.Read;
                more = judging.Run(load, (int)Math.Min(left > 0 ? left : options.SliceRecords, FlushRecords));
                await load.FlushAsync(cancel);
                watch.Read(
                    judging.Counts.Read - before,
                    Math.Min(judging.NextByte, claim.Identity.Size),
                    claim.Identity.Name
                );
            }

            if (!content.Unchanged())
                throw new ObjectChangedException($"{claim.Identity.Name} changed while it was read");
            var committed = judging.Counts;
            await load.CommitAsync(Progress(claim, judging, more), cancel);
            search.Committed();
            watch.Committed(claim.Identity.Name, committed, judging.Refused);
            judging.Forget();
            return more;
        }
    }

    /// <summary>Each slice of an object whose rows are in no order of time touches nearly every hour of it again, and
    /// updating one hourly count costs as much as storing several presses. Such a slice continues until most presses
    /// find their hour already counted in it; what waits in memory for the commit stays within the limits of an
    /// ordinary slice.</summary>
    private bool GoesOn(ILoad load, Judging judging, Bisection search) =>
        !search.Searching
        && judging.Counts is var counts
        && counts.Read < (long)options.SliceRecords * options.MostSlices
        && counts.Read < (long)load.HourlyRows * PressesAnHour
        && counts.Support + counts.Quarantined < options.SliceRecords;

    private static string Place(string name, Claim claim) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}, line {claim.Current?.NextPosition ?? 1}");

    public void Dispose() => writers.Dispose();

    private static LoadProgress Progress(Claim claim, Judging judging, bool more)
    {
        var skipped = (claim.Current?.Counts.Skipped ?? 0) + judging.SkippedChange;
        var state =
            more ? SourceState.Loading
            : skipped > 0 ? SourceState.Partial
            : SourceState.Loaded;
        return new LoadProgress(
            judging.NextByte,
            judging.NextLine,
            state,
            judging.Counts,
            judging.NewlyRead,
            judging.SkippedChange,
            judging.HeaderLine
        )
        {
            OwnRepeats = judging.OwnRepeats,
        };
    }
}

/// <summary>Another process loaded a part of the object after it was claimed: claim it again.</summary>
internal sealed class MovedOnException() : Exception("another process loaded a part of it meanwhile");

/// <summary>How to load.</summary>
/// <param name="History">The cleaning rules for history.</param>
/// <param name="SliceRecords">Records in a transaction, for objects that can be loaded piece by piece.</param>
/// <param name="Patience">How long to keep retrying while the database is unavailable, from the last success.</param>
/// <param name="Workers">Objects written at a time; 0 for what the store can use.</param>
public sealed record LoadOptions(
    CleaningRules History,
    TimeProvider Clock,
    int SliceRecords = LoadOptions.UsualSliceRecords,
    TimeSpan? Patience = null,
    int Workers = 0
)
{
    /// <summary>The default number of records in a transaction.</summary>
    public const int UsualSliceRecords = 262_144;

    /// <summary>How many times as many records a transaction may hold if they are in no order of time.</summary>
    public int MostSlices { get; init; } = 1;

    /// <summary>The rules of the stream, for replaying its refusals.</summary>
    public CleaningRules Stream { get; init; } = CleaningRules.Stream;

    /// <summary>When the run stops because nearly everything is refused.</summary>
    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Also load what is known to be there under another name, or was removed.</summary>
    public bool Again { get; init; }

    /// <summary>A place's exhibition files change what another place has described.</summary>
    public bool RenameExhibitions { get; init; }

    /// <summary>Where packed objects are unpacked.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();
}
