using System.Buffers.Binary;
using MuseumPipeline.Model;

namespace MuseumPipeline.Load;

/// <summary>Rows of an event table in PostgreSQL's binary COPY format, written straight into one buffer that is used again and again.</summary>
/// <remarks>https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4</remarks>
internal sealed class CopyRows
{
    private const int RowBytes = 2 + (6 * 4) + 8 + 8 + 8 + 4 + 4 + 2;
    private const long PostgresEpoch = 946_684_800_000_000; // 2000-01-01 in microseconds since 1970-01-01

    /// <summary>"PGCOPY\n\377\r\n\0", no flags, no extension.</summary>
    private static ReadOnlySpan<byte> Header => [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private byte[] buffer = new byte[RowBytes * 1024];
    private int used;
    private bool started;

    public bool IsEmpty => used == 0;

    public void Add(in KioskEvent row)
    {
        if (!started) Start();
        if (buffer.Length - used < RowBytes) Array.Resize(ref buffer, buffer.Length * 2);
        var to = buffer.AsSpan(used, RowBytes);
        BinaryPrimitives.WriteInt16BigEndian(to, 6);
        Write(to[2..], row.Id);
        Write(to[14..], row.At - PostgresEpoch);
        Write(to[26..], row.Position);
        Write(to[38..], row.ExhibitionId);
        Write(to[46..], row.SourceId);
        BinaryPrimitives.WriteInt32BigEndian(to[54..], 2);
        BinaryPrimitives.WriteInt16BigEndian(to[58..], row.TypeId);
        used += RowBytes;
    }

    /// <summary>The bytes gathered so far; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = buffer.AsMemory(0, used);
        used = 0;
        return taken;
    }

    /// <summary>The end of the format's data.</summary>
    public ReadOnlyMemory<byte> TakeTrailer()
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer, -1);
        return buffer.AsMemory(0, 2);
    }

    private void Start()
    {
        started = true;
        Header.CopyTo(buffer);
        used = Header.Length;
    }

    private static void Write(Span<byte> to, long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(to[4..], value);
    }

    private static void Write(Span<byte> to, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(to[4..], value);
    }
}
