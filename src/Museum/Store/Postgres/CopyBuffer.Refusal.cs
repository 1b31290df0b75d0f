using System.Buffers.Binary;
using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Rows of the quarantine. In a real stream this is one message in six, and the driver's own importer is
/// slower for them than for all others together.</summary>
internal sealed partial class CopyBuffer
{
    public const string RefusalColumns = """
        quarantine_id, museum_id, source_id, position, reason, detail, possible_help, raw, raw_length, site, exhibition_id, support_type_id,
        created_at, received_at, run_id, clock_wrong
        """;

    private const int Null = -1;

    /// <param name="received">In microseconds since 1970-01-01, for refusals without an arrival of their own.</param>
    public void Add(Refusal row, int museumId, long received, int runId)
    {
        var reason = row.Reason.Code();
        var texts = reason.Length + row.Detail.Length + (row.Site?.Length ?? 0);
        var to = Row(columns: 16, 2 + (16 * 12) + Encoding.UTF8.GetMaxByteCount(texts) + row.Raw.Length);
        Write(ref to, EventId.Of(row.SourceId, row.Position));
        Write(ref to, museumId);
        Write(ref to, row.SourceId);
        Write(ref to, row.Position);
        Write(ref to, reason);
        Write(ref to, row.Detail);
        Write(ref to, [row.PossibleHelp ? (byte)1 : (byte)0]);
        Write(ref to, row.Raw);
        Write(ref to, row.RawLength);
        if (row.Site is { } site)
            Write(ref to, site);
        else
            WriteNull(ref to);
        if (row.ExhibitionId is { } exhibition)
            Write(ref to, exhibition);
        else
            WriteNull(ref to);
        if (row.SupportTypeId is { } type)
            Write(ref to, type);
        else
            WriteNull(ref to);
        if (row.At is { } at)
            Write(ref to, at - PostgresEpoch);
        else
            WriteNull(ref to);
        Write(ref to, (row.Arrived ?? received) - PostgresEpoch);
        Write(ref to, runId);
        Write(ref to, [row.ClockWrong ? (byte)1 : (byte)0]);
        used = buffer.Length - to.Length;
    }

    private static void WriteNull(ref Span<byte> to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, Null);
        to = to[4..];
    }

    private static void Write(ref Span<byte> to, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, to[4..]);
        BinaryPrimitives.WriteInt32BigEndian(to, length);
        to = to[(4 + length)..];
    }

    private static void Write(ref Span<byte> to, scoped ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, bytes.Length);
        bytes.CopyTo(to[4..]);
        to = to[(4 + bytes.Length)..];
    }
}
