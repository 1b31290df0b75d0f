using Confluent.Kafka;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Contracts.Moves;

namespace MuseumPipeline.Load.Verify;

/// <summary>Where records can be read again from this machine.</summary>
/// <param name="Open">Opens the place named by a location in the ledger.</param>
/// <param name="Kafka">Null if no broker is configured.</param>
/// <param name="SpoolDirectory">Where an object is kept while it is read.</param>
internal sealed record RecordPlaces(Func<string, IBucket> Open, KafkaClients? Kafka, string SpoolDirectory);

/// <summary>A record as it was sent, or why nobody can see it any more.</summary>
/// <param name="Bytes">Null: it cannot be read again.</param>
/// <param name="Length">Its whole length; <paramref name="Bytes"/> may be the beginning.</param>
/// <param name="Why">Why it cannot be read again; null if it was.</param>
internal sealed record SentRecord(byte[]? Bytes, long Length, string? Why)
{
    /// <summary>The time of a message, by the producer; or by the broker, as it appended it.</summary>
    public DateTimeOffset? MessageAt { get; init; }

    public bool AppendTime { get; init; }
}

/// <summary>Reads one record again from its source, within limits: somebody waits for it, and the source has other
/// work.</summary>
internal sealed class SentRecords(MuseumStore store, RecordPlaces places)
{
    /// <summary>An object is read from its beginning to its line.</summary>
    private const long MostObjectBytes = 256L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<SentRecord> ReadAsync(LedgerSource? source, long position, CancellationToken cancel)
    {
        if (source is not { Row: var row })
            return Gone("its source is not in the ledger any more: it was replaced or removed");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            return row.Kind switch
            {
                "object" => await OfObjectAsync(row, position, limit.Token),
                SourceIdentity.Stream => await OfLogAsync(row, position, limit.Token),
                OldRows.Kind => Gone("it came from another database (museum db import), as columns and not as bytes"),
                _ => Gone("it came from a file of messages, which is not kept here: museum verify FILE reads it again"),
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Gone($"its source did not answer within {Patience.TotalSeconds:0} s; try again later");
        }
        catch (ObjectChangedException e)
        {
            return Gone($"the object is not the one that was loaded: {e.Message}");
        }
        catch (Exception e) when (e is KafkaException or TransientException)
        {
            return Gone($"the brokers did not answer: {e.Message}");
        }
        catch (MuseumException e)
            when (e is DamagedException or { ExitCode: ExitCode.Configuration or ExitCode.Service })
        {
            return Gone($"its place cannot be read from here: {e.Message}");
        }
    }

    private async Task<SentRecord> OfObjectAsync(SourceRow row, long line, CancellationToken cancel)
    {
        if (row.Size > MostObjectBytes)
            return Gone(
                $"its object has {row.Size >> 20} MiB, and a page reads at most {MostObjectBytes >> 20}: museum verify "
                    + "reads it again"
            );
        await using var bucket = places.Open(row.Location);
        var entry = new BucketObject(row.Name, row.Version, row.Size);
        await using var content = await UnpackedContent.OpenAsync(bucket, entry, places.SpoolDirectory, cancel);
        // Splitting lines keeps a thread busy: not one that others wait for.
        var record = await Task.Run(() => Find(content.Stream, row.Header, line, cancel), cancel);
        if (!content.Unchanged())
            throw new ObjectChangedException($"{row.Name} changed while it was read");
        return record ?? Gone($"the object has no record at line {line}");
    }

    private static SentRecord? Find(Stream stream, byte[]? header, long line, CancellationToken cancel)
    {
        using var reader = new CsvReader(stream);
        if (header is not null)
            reader.ExpectedFields = CsvHeader.Parse(header).Count;
        while (reader.Read() && reader.Line <= line)
        {
            cancel.ThrowIfCancellationRequested();
            if (reader.Line == line)
                return new(reader.Raw.ToArray(), reader.RawLength, null);
        }

        return null;
    }

    private async Task<SentRecord> OfLogAsync(SourceRow row, long position, CancellationToken cancel)
    {
        var log = await SourceLog.FindAsync(places.Kafka, row, () => store.Partitions.ListAsync(null, null, cancel));
        if (log.Partition is not { } partition)
            return Gone(log.Why!);
        var offset = log.Block + (position % EventId.PositionsPerSource);
        if (offset < log.Range.Low)
            return Gone($"the broker keeps messages from offset {log.Range.Low} on: its retention removed it");
        if (offset >= log.Range.High)
            return Gone($"the log ends at offset {log.Range.High}: it was cut, or restored from a copy");
        return await Task.Run(Read, cancel);

        // Polling blocks.
        SentRecord Read()
        {
            using var messages = new TopicMessages(places.Kafka!, new(partition.Topic, partition.Partition));
            var found = messages.Read(offset, offset + 1, 1, cancel).FirstOrDefault();
            if (found is null)
                return Gone("the log has no message at its offset any more: it was compacted away");
            var value = found.Message.Value ?? [];
            return new(value[..Math.Min(value.Length, Refusal.RecordLimit)], value.Length, null)
            {
                MessageAt =
                    found.Message.Timestamp.Type is TimestampType.NotAvailable
                        ? null
                        : new DateTimeOffset(found.Message.Timestamp.UtcDateTime, TimeSpan.Zero),
                AppendTime = found.Message.Timestamp.Type is TimestampType.LogAppendTime,
            };
        }
    }

    private static SentRecord Gone(string why) => new(null, 0, why);
}
