using Confluent.Kafka;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Archives;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Load.Verify;

/// <summary>Verifies the database: reads the sources again, judges each record by the current rules, and compares the
/// result with tables, quarantine, ledger and hourly counts as they are at one instant. It trusts nothing that the
/// pipeline recorded about itself, writes nothing, and delays nothing.</summary>
internal sealed class Verifier(MuseumStore store, VerifyOptions options)
{
    private const int Stretch = 65_536;
    private const int MostStrays = 1000;
    private readonly HourlySums hours = new();
    private readonly Dictionary<(int Museum, bool Stream), Cleaner> cleaners = [];
    private ILookup<int, RetiredCount>? retired;

    public async Task<VerifyReport> RunAsync(CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        var report = new VerifyReport { At = options.Clock.GetUtcNow(), Sampled = options.Sample is not null };
        await store.Ledger.SnapshotAsync(snapshot => VerifyAllAsync(snapshot, report, cancel), cancel);
        report.Elapsed = options.Clock.GetElapsedTime(started);
        return report;
    }

    private async Task<bool> VerifyAllAsync(ISnapshot snapshot, VerifyReport report, CancellationToken cancel)
    {
        var sources = await snapshot.SourcesAsync();
        var chosen = sources.Where(source => options.Only?.Invoke(source) != false).ToList();
        var archives = await ArchivesAsync(chosen, cancel);
        retired = await snapshot.RetiredCountsAsync();
        foreach (var source in chosen)
            await VerifyAsync(source, archives.GetValueOrDefault(source.Row.Id), snapshot, report, cancel);
        // With a part or a sample, the rest of the rows was not seen.
        if (chosen.Count == sources.Count && options.Sample is null)
            await CompareAllAsync(sources, snapshot, report);
        return true;
    }

    private async Task CompareAllAsync(IReadOnlyList<LedgerSource> sources, ISnapshot snapshot, VerifyReport report)
    {
        foreach (var stray in await snapshot.StraysAsync([.. sources.Select(s => s.Row.Id)], MostStrays))
        {
            if (stray.Kind is not null)
                hours.Add(stray);
            report.Add(
                "unexplained",
                $"row {stray.Key}",
                $"it belongs to no source that is loaded (it says source {stray.SourceId}, position {stray.Position})"
            );
        }

        foreach (var count in await snapshot.RetiredHourlyAsync())
            hours.Add(count);
        hours.Compare(await snapshot.HourlyAsync(), report);
    }

    private async Task<Dictionary<int, Archive>> ArchivesAsync(List<LedgerSource> sources, CancellationToken cancel)
    {
        Dictionary<int, Archive> found = [];
        var files = sources.FindAll(source => source.Row.Kind == "file");
        foreach (var archive in options.Archives)
        {
            var version =
                await archive.FindAsync(files.Select(s => (s.Row.Version, s.Row.Size)), cancel)
                ?? throw new MuseumException(
                    ExitCode.DataRefused,
                    $"{archive.Name}: nothing of it was loaded ({archive.Version}); museum sources list shows what was"
                );
            found[files.First(source => source.Row.Version == version).Row.Id] = archive;
        }

        return found;
    }

    private async Task VerifyAsync(
        LedgerSource source,
        Archive? archive,
        ISnapshot snapshot,
        VerifyReport report,
        CancellationToken cancel
    )
    {
        var comparison = new SourceComparison(source, [.. retired![source.Row.Id]], hours, report);
        var unread = source.Row.Kind switch
        {
            "object" => await VerifyObjectAsync(source, comparison, snapshot, report, cancel),
            SourceIdentity.Stream => await VerifyPartitionAsync(source, comparison, snapshot, cancel),
            OldRows.Kind => "it is another database: museum db import --from it again says what is there",
            _ when archive is not null => await VerifyArchiveAsync(source, archive, comparison, snapshot, cancel),
            _ => "an archive has to be named to be read again: museum verify FILE",
        };
        if (unread is not null)
        {
            report.Unread.Add(UnreadSource.Of(source, unread));
            if (options.Sample is null)
                await CountAsync(source.Row, 0, EventId.PositionsPerSource - 1, comparison, snapshot, cancel);
        }

        if (options.Sample is null)
            comparison.CompareLedger();
        if (unread is null || comparison.Compared > 0)
            report.Sources.Add(
                new(
                    source.Row.Id,
                    SourcePlace.Of(source.Row.Kind, source.Row.Location, source.Row.Name),
                    comparison.Compared,
                    comparison.Wrong
                )
            );
    }

    private async Task<string?> VerifyObjectAsync(
        LedgerSource source,
        SourceComparison comparison,
        ISnapshot snapshot,
        VerifyReport report,
        CancellationToken cancel
    )
    {
        var row = source.Row;
        try
        {
            await using var bucket = options.Places.Open(row.Location);
            var entry = new BucketObject(row.Name, row.Version, row.Size);
            await using var content = await UnpackedContent.OpenAsync(
                bucket,
                entry,
                options.Places.SpoolDirectory,
                cancel
            );
            using var judging = new Judging(
                content,
                null,
                await CleanerAsync(row.MuseumId, stream: false, cancel),
                [],
                null,
                rewind: true
            );
            var sink = new RecordSink(row.Id);
            await CompareAsync(source, Stretches(), (0, EventId.PositionsPerSource), comparison, snapshot, cancel);
            if (!content.Unchanged())
                throw new ObjectChangedException($"{row.Name} changed while it was read");
            return null;

            IEnumerable<List<JudgedRecord>> Stretches()
            {
                for (var more = true; more; )
                {
                    for (var read = 0; more && read < Size; read += ObjectLoader.FlushRecords)
                        more = judging.Run(sink, ObjectLoader.FlushRecords);
                    yield return sink.Take();
                }
            }
        }
        catch (ObjectChangedException e) when (!e.Gone)
        {
            report.Add("changed", SourcePlace.Of(row.Kind, row.Location, row.Name), e.Message);
            return e.Message;
        }
        catch (ObjectChangedException e)
        {
            return e.Message;
        }
        catch (MuseumException e)
            when (e is DamagedException or { ExitCode: ExitCode.Configuration or ExitCode.Service })
        {
            return e.Message;
        }
    }

    private async Task<string?> VerifyArchiveAsync(
        LedgerSource source,
        Archive archive,
        SourceComparison comparison,
        ISnapshot snapshot,
        CancellationToken cancel
    )
    {
        var judge = new MessageJudge(await CleanerAsync(source.Row.MuseumId, stream: true, cancel));
        using var reader = archive.Read(0, 1);
        var slice = new ArchiveSlice(reader, judge);
        var sink = new RecordSink(source.Row.Id);
        await CompareAsync(source, Stretches(), (0, EventId.PositionsPerSource), comparison, snapshot, cancel);
        archive.CheckUnchanged();
        return null;

        IEnumerable<List<JudgedRecord>> Stretches()
        {
            slice.Start();
            for (var more = true; more; )
            {
                more = slice.Run(sink, Size);
                yield return sink.Take();
            }
        }
    }

    private async Task<string?> VerifyPartitionAsync(
        LedgerSource source,
        SourceComparison comparison,
        ISnapshot snapshot,
        CancellationToken cancel
    )
    {
        var row = source.Row;
        try
        {
            var (partition, range, block, why) = await SourceLog.FindAsync(
                options.Places.Kafka,
                row,
                snapshot.PartitionsAsync
            );
            if (partition is null)
                return why;
            var judge = new MessageJudge(await CleanerAsync(row.MuseumId, stream: true, cancel));
            using var log = new TopicRecords(
                options.Places.Kafka!,
                new(partition.Topic, partition.Partition),
                judge,
                row.Id
            );
            // The ten digits of this source; after a rewind its rows reach further than its position.
            var (begin, end) = (block, Math.Min(block + EventId.PositionsPerSource, partition.HighOffset));
            var from = Math.Min(Math.Max(begin, Math.Max(range.Low, partition.StartOffset)), end);
            var to = Math.Max(from, Math.Min(end, range.High));
            if (range.High < end)
                comparison.LogIsShort(range.High, end);
            if (options.Sample is null)
            {
                await CountAsync(row, begin, from - 1, comparison, snapshot, cancel);
                await CountAsync(row, to, end - 1, comparison, snapshot, cancel);
            }

            await CompareAsync(source, Stretches(log, from, to), (from, to), comparison, snapshot, cancel);
            if (options.Sample is null)
                comparison.Unexplained(await snapshot.RecordsAsync(row.Id, end, Last(end)));
            return null;
        }
        catch (Exception e) when (e is KafkaException or TransientException)
        {
            return $"the brokers did not answer: {e.Message}";
        }

        IEnumerable<List<JudgedRecord>> Stretches(TopicRecords log, long from, long to)
        {
            var step = options.Sample is { } sample ? Math.Max(1, (to - from) / Math.Max(1, sample / Size)) : Size;
            for (var at = from; at < to; )
            {
                var records = log.Read(at, to, Size, cancel);
                if (records.Count == 0)
                    yield break;
                yield return records;
                at = Math.Max(records[^1].Position + 1, at + (options.Sample is null ? 0 : step));
            }
        }
    }

    /// <summary>While the rows of one stretch are fetched, the next one is read and judged.</summary>
    private async Task CompareAsync(
        LedgerSource source,
        IEnumerable<List<JudgedRecord>> stretches,
        (long First, long Before) positions,
        SourceComparison comparison,
        ISnapshot snapshot,
        CancellationToken cancel
    )
    {
        var every = Every(source.Row.Counts.Read);
        var before = Task.CompletedTask;
        var next = positions.First;
        var number = 0L;
        foreach (var records in stretches)
        {
            await before;
            if (records.Count == 0 || number++ % every != 0)
                continue;
            var first = options.Sample is null ? next : records[0].Position;
            var last = records[^1].Position;
            next = last + 1;
            before = Task.Run(
                async () =>
                    comparison.Compare(
                        records,
                        await snapshot.RecordsAsync(source.Row.Id, first, last),
                        await snapshot.RetiredAsync(source.Row.Id, first, last)
                    ),
                cancel
            );
        }

        await before;
        if (options.Sample is null && next < positions.Before)
            comparison.Unexplained(await snapshot.RecordsAsync(source.Row.Id, next, positions.Before - 1));
    }

    /// <summary>To the end of the ten digits that a source has for positions.</summary>
    private static long Last(long from) =>
        (EventId.BlockOf(from) * EventId.PositionsPerSource) + EventId.PositionsPerSource - 1;

    private int Size => options.Sample is null ? Stretch : ObjectLoader.FlushRecords;

    /// <summary>For a sample: the interval between the stretches that are compared.</summary>
    private long Every(long records) =>
        options.Sample is { } sample ? Math.Max(1, records / Math.Max(1, Math.Max(sample, Size))) : 1;

    private static async Task CountAsync(
        SourceRow row,
        long from,
        long to,
        SourceComparison comparison,
        ISnapshot snapshot,
        CancellationToken cancel
    )
    {
        // In pieces up to what was read; the rest holds nothing, or rows that do not belong there.
        for (var at = from; at <= to; )
        {
            var end = at < row.NextPosition ? Math.Min(at + Stretch - 1, to) : to;
            comparison.Count(await snapshot.RecordsAsync(row.Id, at, end));
            at = end + 1;
        }
    }

    private async Task<Cleaner> CleanerAsync(int museum, bool stream, CancellationToken cancel)
    {
        if (!cleaners.TryGetValue((museum, stream), out var cleaner))
        {
            var vocabulary = await store.Museums.VocabularyAsync(museum, cancel);
            cleaners[(museum, stream)] = cleaner = new(
                vocabulary,
                stream ? options.Stream : options.History,
                options.Clock
            );
        }

        return cleaner;
    }
}
