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
    PressesInFlight inFlight,
    ILogger log
)
{
    /// <summary>Records between two writes to the database.</summary>
    public const int FlushRecords = 4096;

    /// <summary>With this many presses for each hourly count, counting costs little compared with storing.</summary>
    private const int PressesAnHour = 64;

    /// <summary>Bytes of a usual row: an instant, a site and a value.</summary>
    private const int RowBytes = 24;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>More objects are opened in parallel than the database can write at a time.</summary>
    private readonly WriterTurns turns = new(options.Workers > 0 ? options.Workers : store.Writers);

    private readonly KnownObjects known = new(store, inFlight, options.Again);

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
                if (await known.IsNewAsync(claim, sample, cancel))
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
            var positions = claim.Current is { } before ? await store.Sources.PositionsAsync(before.Id, cancel) : [];
            using var judging = new Judging(
                ready.Content,
                claim.Current,
                ready.Cleaner,
                positions,
                limit,
                rewind: true
            );
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
            var reading = new ObjectReading(ready, judging, watch);
            var more = true;
            for (long left = search.Size; more && (left > 0 || GoesOn(load, judging, search)); left -= FlushRecords)
                more = await reading.JudgeAsync(
                    load,
                    (int)Math.Min(left > 0 ? left : options.SliceRecords, FlushRecords),
                    cancel
                );
            reading.RefuseChanged();
            using var along = new Companions(watch);
            try
            {
                var last =
                    more || search.Searching || ready.Alone
                        ? reading
                        : await TakeAlongAsync(load, reading, along, cancel);
                await load.CommitAsync(last.Progress(more), cancel);
                along.Loaded();
            }
            catch (Exception e)
                when (along.Any && e is not (OperationCanceledException or TransientException or TogetherException))
            {
                throw new TogetherException(e.Message, e);
            }

            search.Committed();
            reading.Committed();
            foreach (var other in along.Readings)
                other.Committed();
            judging.Forget();
            return more;
        }
    }

    /// <summary>Several objects over the same hours would each write nearly all of their counts again: those that wait
    /// are loaded in the transaction of the first. Returns the last one.</summary>
    private async Task<ObjectReading> TakeAlongAsync(
        ILoad load,
        ObjectReading first,
        Companions along,
        CancellationToken cancel
    )
    {
        var (last, bytes, held) = (first, first.Object.Content.Stream.Length, first.Held);
        while (turns.Take(Fits) is { } waiter)
        {
            var next = waiter.Object;
            var reading = along.Add(waiter);
            if (await known.JoinAsync(next.Claim, next.Sample!, cancel) is (Here: false, var why))
            {
                along.RemoveLast(why);
                continue;
            }

            if (!await load.GoOnAsync(last.Progress(more: false), next.Claim, cancel))
                throw new MovedOnException();
            reading.Judging.Flight = first.Judging.Flight;
            last = reading;
            while (await reading.JudgeAsync(load, FlushRecords, cancel))
                if (held + reading.Held > options.SliceRecords)
                    throw new TogetherException("too many refusals to wait for one commit", null);
            reading.RefuseChanged();
            bytes += next.Content.Stream.Length;
            held += reading.Held;
        }

        return last;

        bool Fits(ReadyObject other) =>
            other is { Alone: false, Limit: null, Claim: { Current: null, Replaced: null }, Sample: { } sample }
            && other.Claim.Identity.MuseumId == first.Object.Claim.Identity.MuseumId
            && bytes + other.Content.Stream.Length < (long)options.SliceRecords * options.MostSlices * RowBytes
            && held < options.SliceRecords
            && sample.Presses.Count(press => load.IsCounted(press)) * 2 > sample.Presses.Count
            && known.MayJoin(sample);
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
}

/// <summary>Another process loaded a part of the object after it was claimed: claim it again.</summary>
internal sealed class MovedOnException() : Exception("another process loaded a part of it meanwhile");

/// <summary>Several objects in one transaction, which failed: each is loaded by itself.</summary>
internal sealed class TogetherException(string why, Exception? inner)
    : Exception($"could not be loaded together with others: {why}; each is loaded by itself", inner);
