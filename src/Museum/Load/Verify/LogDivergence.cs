using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>Finds the first record of a log that is not the one that was read at its offset. Before it both logs are
/// the same (a copy, or what was left when it was cut), after it they have nothing in common, so that bisection finds
/// it.</summary>
internal sealed class LogDivergence(MuseumStore store, KafkaClients clients, StreamOptionsOfLog options)
{
    private const int Window = 4;

    /// <summary>The offset from which on the log holds other records than those that were read; its end, if there are
    /// none.</summary>
    public async Task<long> FindAsync(PartitionRow row, OffsetRange range, CancellationToken cancel)
    {
        var low = Math.Max(range.Low, row.StartOffset);
        var high = Math.Min(range.High, row.NextOffset);
        if (row.SourceId is not { } source || low >= high)
            return Math.Max(range.Low, high);
        var judge = new MessageJudge(
            new Cleaner(await store.Museums.VocabularyAsync(row.MuseumId, cancel), options.Rules, options.Clock)
        );
        using var log = new TopicRecords(clients, new(row.Topic, row.Partition), judge, source);
        return await store.Ledger.SnapshotAsync(SearchAsync, cancel);

        async Task<long> SearchAsync(ISnapshot snapshot)
        {
            // Everything below "same" is the same; at "other" something within the window differs, or it is the end.
            var (same, other) = (low, high);
            while (same < other)
            {
                var middle = same + ((other - same) / 2);
                if (await FirstOtherAsync(log, snapshot, source, middle, Math.Min(middle + Window, high)) is null)
                    same = middle + 1;
                else
                    other = middle;
            }

            return await FirstOtherAsync(log, snapshot, source, same, Math.Min(same + (2 * Window), high)) ?? high;
        }

        async Task<long?> FirstOtherAsync(TopicRecords topic, ISnapshot rows, int id, long from, long to)
        {
            // Polling blocks: not on a thread that others wait for.
            var records = await Task.Run(() => topic.Read(from, to, int.MaxValue, cancel), cancel);
            if (records.Count == 0)
                return null;
            var stored = (await rows.RecordsAsync(id, from, to - 1)).ToLookup(record => record.Key);
            foreach (var record in records)
            {
                if (Differs(record, [.. stored[EventId.Of(id, record.Position)]]))
                    return record.Position;
            }

            return null;
        }
    }

    /// <summary>False if there is nothing to compare it with, for example what an operator removed.</summary>
    private static bool Differs(in JudgedRecord record, List<StoredRecord> stored)
    {
        var press = stored.Find(row => row.Kind is not null);
        if (press.Kind is not null)
            return record.Refused is not null
                || (record.Press.Kind, record.Press.ExhibitionId, record.Press.TypeId, record.Press.At)
                    != (press.Kind.Value, press.ExhibitionId, press.TypeId, press.At);
        return stored is [{ Raw: { } raw }, ..]
            && (record.Refused is not { } refused || !refused.Raw.AsSpan().SequenceEqual(raw));
    }
}

/// <summary>How the records of a log are judged.</summary>
internal sealed record StreamOptionsOfLog(CleaningRules Rules, TimeProvider Clock);
