using MuseumPipeline.Clean;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>Reads and judges what a load would read, and writes nothing: gives the verdicts a load would give,
/// exhibitions of the bucket included.</summary>
internal sealed class DryRun(MuseumStore store, IBucket bucket, LoadOptions options, RunWatch watch)
{
    /// <summary>Names, by the sample of what they hold.</summary>
    private readonly Dictionary<string, string> judged = new(StringComparer.Ordinal);

    public async Task RunAsync(Listing listing, LoadRequest request, RunReport report, CancellationToken cancel)
    {
        var ledger = (await store.Sources.ListAsync(bucket.Location, cancel)).ToDictionary(
            row => row.Name,
            StringComparer.Ordinal
        );
        var aside = options.Again
            ? []
            : (await store.Ledger.SetAsideAsync(bucket.Location, cancel)).ToDictionary(row => (row.Name, row.Version));
        var limit = request.NumRows is { } most ? new RowLimit(most) : null;
        foreach (var museum in listing.Museums)
        {
            var cleaner = new Cleaner(
                await VocabularyAsync(museum, report.Exhibitions, cancel),
                options.History,
                options.Clock
            );
            watch.Expect(museum.History.Count, museum.History.Sum(entry => entry.Size));
            foreach (var entry in museum.History)
            {
                if (aside.GetValueOrDefault((entry.Key, entry.Version)) is { } left)
                {
                    report.Aside.Add(new(entry.Key, entry.Version, left.Why, left.Detail));
                    continue;
                }

                var counts = await JudgeAsync(
                    entry,
                    ledger.GetValueOrDefault(entry.Key),
                    cleaner,
                    limit,
                    report,
                    cancel
                );
                report.Counts += counts;
                watch.Done(entry.Key, entry.Size);
            }
        }

        report.Aside.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
    }

    private async Task<Counts> JudgeAsync(
        BucketObject entry,
        SourceRow? row,
        Cleaner cleaner,
        RowLimit? limit,
        RunReport report,
        CancellationToken cancel
    )
    {
        var same = row is not null && row.Version == entry.Version && row.Size == entry.Size ? row : null;
        if (same is { State: SourceState.Loaded })
        {
            limit?.Take(same.Counts);
            var all = new Counts(same.Counts.Read, 0, 0, 0, same.Counts.Read, 0, 0);
            report.Sources.Add(new SourceReport(entry.Key, entry.Version, "already", all));
            return all;
        }

        await using var content = await UnpackedContent.OpenAsync(bucket, entry, options.SpoolDirectory, cancel);
        if (same is null && await KnownAsync(entry, content, cleaner, cancel) is { } where)
        {
            report.Aside.Add(new(entry.Key, entry.Version, "known", where));
            return default;
        }

        var known = same is null ? [] : await store.Sources.PositionsAsync(same.Id, cancel);
        using var judging = new Judging(content, same, cleaner, known, limit, rewind: true);
        var sink = new Sink(report.Reasons);
        while (judging.Run(sink, ObjectLoader.FlushRecords))
            watch.Read(ObjectLoader.FlushRecords, judging.NextByte, entry.Key);
        report.Sources.Add(new SourceReport(entry.Key, entry.Version, "judged", judging.Counts));
        return judging.Counts;
    }

    /// <summary>Where its content is: in the database, or under another name in what was judged before; null where it
    /// is new.</summary>
    private async Task<string?> KnownAsync(
        BucketObject entry,
        BucketContent content,
        Cleaner cleaner,
        CancellationToken cancel
    )
    {
        if (options.Again)
            return null;
        var sample = PressSample.OfHistory(content.Stream, cleaner);
        content.Stream.Position = 0;
        if (sample.Presses.Count < PressSample.Least)
            return null;
        try
        {
            var identity = new SourceIdentity(0, "object", bucket.Location, entry.Key, entry.Version, entry.Size);
            await KnownContent.RefuseAsync(store, identity, sample, null, cancel);
        }
        catch (KnownContentException e)
        {
            return e.Message;
        }

        // A load would find the first of two copies in the database by the time it comes to the second.
        var presses = string.Join(',', sample.Presses.Select(press => press.ContentHash));
        if (judged.TryGetValue(presses, out var first))
            return $"its presses are those of {bucket.Location}/{first}";
        judged[presses] = entry.Key;
        return null;
    }

    private async Task<Vocabulary> VocabularyAsync(
        MuseumObjects objects,
        ExhibitionReport report,
        CancellationToken cancel
    )
    {
        var vocabulary = await store.Museums.VocabularyAsync(objects.Museum.Id, cancel);
        var exhibitions = vocabulary.Exhibitions.ToDictionary(e => e.Site, StringComparer.Ordinal);
        var files = await Exhibitions.ReadAsync(store.Museums, bucket, objects, options, report, cancel);
        foreach (var (_, facts) in files)
        {
            var isNew = exhibitions.TryAdd(
                facts.Site,
                new Exhibition(exhibitions.Count + 1, objects.Museum.Id, facts.PublicId, facts.Site, facts.Name)
            );
            if (isNew)
                report.Created++;
            else
                report.Unchanged++;
        }

        return vocabulary with
        {
            Exhibitions = [.. exhibitions.Values],
        };
    }

    /// <summary>A load that writes nothing.</summary>
    private sealed class Sink(SortedDictionary<string, long> reasons) : IRecordSink
    {
        public int SourceId => 0;

        public void Write(in KioskEvent kioskEvent) { }

        public void Write(Refusal refusal) =>
            reasons[refusal.Reason.Code()] = reasons.GetValueOrDefault(refusal.Reason.Code()) + 1;
    }
}
