using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
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
)
{
    /// <summary>Records between two writes to the database.</summary>
    public const int FlushRecords = 4096;

    /// <summary>With this many presses for each hourly count, counting costs little compared with storing.</summary>
    private const int PressesAnHour = 64;

    /// <summary>Bytes of a usual row: an instant, a site and a value.</summary>
    private const int ShortestRow = 24;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>More objects are opened in parallel than the database can write at a time.</summary>
    private readonly WriterTurns turns = new(options.Workers > 0 ? options.Workers : store.Writers);

    private readonly PressesInFlight inFlight = new();

    /// <summary>They are loaded next, in this order; what must be fetched goes in the order in which it arrives.</summary>
    public IEnumerable<BucketObject> Expect(IEnumerable<BucketObject> objects) =>
        objects.Select(entry =>
        {
            if (bucket.Fetches == 1)
                turns.Expect(entry.Key);
            return entry;
        });

    /// <summary>It has its place among the others, or needs none.</summary>
    public void Expected(BucketObject entry) => turns.Expected(entry.Key);

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
        try
        {
            await using var claim = await store.Sources.ClaimAsync(identity, cancel);
            return claim is null or { Current.State: SourceState.Loaded }
                ? claim?.Current
                : await LoadAsync(entry, claim, vocabulary, limit, cancel);
        }
        catch
        {
            // Whoever repeats it has lost its place: what it waits for may be held by those behind it.
            turns.Expected(entry.Key);
            throw;
        }
    }

    private async Task<SourceRow?> LoadAsync(
        BucketObject entry,
        Claim claim,
        Vocabulary vocabulary,
        RowLimit? limit,
        CancellationToken cancel
    )
    {
        using var trace = Tracing.Object(bucket.Location, entry.Key);
        await using var content = await UnpackedContent.OpenAsync(bucket, entry, options.SpoolDirectory, cancel);
        if (!content.Verified)
            watch.Unverified(entry.Key);
        var cleaner = new Cleaner(vocabulary, options.History, options.Clock);
        var sample = claim.Current is null ? PressSample.OfHistory(content.Stream, cleaner) : null;
        var ready = new ReadyObject(claim, content, cleaner, sample, limit);
        while (await turns.WaitAsync(ready, cancel))
        {
            try
            {
                if (await IsNewAsync(ready, cancel))
                {
                    await (IsWhole(ready) ? LoadWholeAsync(ready, cancel) : LoadSlicesAsync(ready, cancel));
                    break;
                }
            }
            finally
            {
                turns.End();
            }

            // Without a turn, which the one it waits for may need.
            await Task.Delay(BetweenLooks, options.Clock, cancel);
        }

        return claim.Current;
    }

    private static bool IsWhole(ReadyObject ready) =>
        ready is { Limit: not null } or { Claim.Replaced: not null } or { Claim.Current.Counts.Skipped: > 0 };

    /// <summary>
    /// Before its first row: is what it holds there under other names? Two that begin alike are not loaded side by
    /// side, by whatever process: neither would find the other. False while another one that begins alike is being
    /// loaded.
    /// </summary>
    /// <exception cref="KnownContentException">It is there.</exception>
    private async Task<bool> IsNewAsync(ReadyObject ready, CancellationToken cancel)
    {
        if (ready.Sample is not { Presses.Count: >= PressSample.Least } sample || options.Again)
            return true;
        if (!await TakeBeginningAsync(ready, cancel))
            return false;
        await inFlight.WaitAsync(sample, cancel);
        await KnownContent.RefuseAsync(store, ready.Claim.Identity, sample, ready.Claim, cancel);
        return true;
    }

    private Task<bool> TakeBeginningAsync(ReadyObject ready, CancellationToken cancel) =>
        store.Sources.AlsoAsync(
            ready.Claim,
            string.Create(
                CultureInfo.InvariantCulture,
                $"content:{ready.Claim.Identity.MuseumId}\n{ready.Sample!.Beginning}"
            ),
            cancel
        );

    /// <summary>In one transaction, because nobody may see half of it: a replacement, or a pass that must tell known
    /// rows from skipped ones.</summary>
    private async Task LoadWholeAsync(ReadyObject ready, CancellationToken cancel)
    {
        ready.Alone = true;
        var (claim, limit) = (ready.Claim, ready.Limit);
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
            using var judging = new Judging(ready.Content, claim.Current, ready.Cleaner, known, limit, rewind: true);
            await LoadSliceAsync(ready, judging, new Bisection(int.MaxValue), cancel);
            done = true;
        }
        catch (RowRefusedException e)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"{ready.Name}: {e.Message}. A replaced or limited object is loaded as a whole, so that one "
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

    private async Task LoadSlicesAsync(ReadyObject ready, CancellationToken cancel)
    {
        var search = new Bisection(options.SliceRecords);
        while (ready.Claim.Current is not { State: SourceState.Loaded })
        {
            // From the last commit.
            using var judging = new Judging(ready.Content, ready.Claim.Current, ready.Cleaner, [], null, rewind: false);
            try
            {
                do judging.Database = search.Verdict;
                while (await LoadSliceAsync(ready, judging, search, cancel));
                return;
            }
            catch (TogetherException e)
            {
                ready.Alone = true;
                log.LogWarning("load: {Object}: {Problem}", ready.Name, e.Message);
            }
            catch (RowRefusedException e)
            {
                search.Refused(e, judging.Counts.Read, Place(ready.Name, ready.Claim));
                log.LogWarning(
                    "load: {Object}: {Problem}; looking for the row among {Records}",
                    ready.Name,
                    e.Message,
                    judging.Counts.Read
                );
            }
        }
    }

    /// <summary>One transaction; false at the end of the object.</summary>
    /// <exception cref="TogetherException">There were others in it, and it failed.</exception>
    private async Task<bool> LoadSliceAsync(
        ReadyObject ready,
        Judging judging,
        Bisection search,
        CancellationToken cancel
    )
    {
        var load = await store.Sources.BeginAsync(ready.Claim, runId, cancel) ?? throw new MovedOnException();
        await using (load)
        {
            using var flight = judging.Flight = inFlight.Open();
            var more = true;
            for (long left = search.Size; more && (left > 0 || GoesOn(load, judging, search)); left -= FlushRecords)
                more = await JudgeAsync(
                    (ready, judging),
                    load,
                    (int)Math.Min(left > 0 ? left : options.SliceRecords, FlushRecords),
                    cancel
                );
            RefuseChanged(ready);
            using var along = new Companions();
            try
            {
                var last = (ready, judging);
                if (!more && !search.Searching && !ready.Alone)
                    last = await TakeAlongAsync(load, last, along, cancel);
                await load.CommitAsync(Progress(last.ready.Claim, last.judging, more), cancel);
                along.Loaded();
            }
            catch (Exception e)
                when (along.Any && e is not (OperationCanceledException or TransientException or TogetherException))
            {
                throw new TogetherException(e.Message, e);
            }

            search.Committed();
            watch.Committed(ready.Name, judging.Counts, judging.Refused);
            foreach (var (other, judged) in along.Objects)
                watch.Committed(other.Name, judged.Counts, judged.Refused);
            judging.Forget();
            return more;
        }
    }

    private async Task<bool> JudgeAsync(
        (ReadyObject Ready, Judging Judging) now,
        ILoad load,
        int records,
        CancellationToken cancel
    )
    {
        var (ready, judging) = now;
        var before = judging.Counts.Read;
        var more = judging.Run(load, records);
        await load.FlushAsync(cancel);
        watch.Read(judging.Counts.Read - before, Math.Min(judging.NextByte, ready.Claim.Identity.Size), ready.Name);
        return more;
    }

    private static void RefuseChanged(ReadyObject ready)
    {
        if (!ready.Content.Unchanged())
            throw new ObjectChangedException($"{ready.Name} changed while it was read");
    }

    /// <summary>Several objects over the same hours would each write nearly all of their counts again: those that wait
    /// are loaded in the transaction of the first. Returns the last one.</summary>
    private async Task<(ReadyObject, Judging)> TakeAlongAsync(
        ILoad load,
        (ReadyObject Ready, Judging Judging) last,
        Companions along,
        CancellationToken cancel
    )
    {
        var (bytes, museum) = (last.Ready.Content.Stream.Length, last.Ready.Claim.Identity.MuseumId);
        var held = Held(last.Judging);
        while (turns.Take(Fits) is { } waiter)
        {
            var next = waiter.Object;
            var judging = along.Add(waiter);
            if (await FitsAsync(next, cancel) is (Here: false, var known))
            {
                along.RemoveLast(known);
                continue;
            }

            if (!await load.GoOnAsync(Progress(last.Ready.Claim, last.Judging, more: false), next.Claim, cancel))
                throw new MovedOnException();
            judging.Flight = last.Judging.Flight;
            last = (next, judging);
            while (await JudgeAsync(last, load, FlushRecords, cancel))
                if (held + Held(judging) > options.SliceRecords)
                    throw new TogetherException("too many refusals to wait for one commit", null);
            RefuseChanged(next);
            bytes += next.Content.Stream.Length;
            held += Held(judging);
        }

        return last;

        bool Fits(ReadyObject other) =>
            other is { Alone: false, Limit: null, Claim: { Current: null, Replaced: null }, Sample: { } sample }
            && other.Claim.Identity.MuseumId == museum
            && bytes + other.Content.Stream.Length < (long)options.SliceRecords * options.MostSlices * ShortestRow
            && held < options.SliceRecords
            && sample.Presses.Count(press => load.IsCounted(press)) * 2 > sample.Presses.Count
            && (options.Again || sample.Presses.Count < PressSample.Least || !inFlight.Has(sample));
    }

    /// <summary>What waits in memory for the commit.</summary>
    private static long Held(Judging judging) => judging.Counts.Support + judging.Counts.Quarantined;

    /// <summary>Whether it can be loaded here. If not, it is known, or finds out by itself what is wrong: nothing of it
    /// has been written yet, so that the others need not suffer.</summary>
    private async Task<(bool Here, KnownContentException? Known)> FitsAsync(ReadyObject next, CancellationToken cancel)
    {
        if (options.Again || next.Sample!.Presses.Count < PressSample.Least)
            return (true, null);
        try
        {
            if (!await TakeBeginningAsync(next, cancel))
                return (false, null);
            await KnownContent.RefuseAsync(store, next.Claim.Identity, next.Sample, next.Claim, cancel);
            return (true, null);
        }
        catch (KnownContentException e)
        {
            return (false, e);
        }
        catch (Exception e) when (e is TransientException or MuseumException)
        {
            return (false, null);
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

/// <summary>Several objects in one transaction, which failed: each is loaded by itself.</summary>
internal sealed class TogetherException(string why, Exception? inner)
    : Exception($"could not be loaded together with others: {why}; each is loaded by itself", inner);
