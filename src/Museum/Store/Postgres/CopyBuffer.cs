using System.Buffers.Binary;
using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Postgres;

/// <summary>Rows in PostgreSQL's binary COPY format, written into one reused buffer.</summary>
/// <remarks>https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4</remarks>
internal sealed partial class CopyBuffer
{
    private const int LargestRow = 2 + (8 * (4 + 8));
    internal const long PostgresEpoch = 946_684_800_000_000; // 2000-01-01 in microseconds since 1970-01-01

    private byte[] buffer = new byte[LargestRow * 1024];
    private int used;
    private bool started;

    public bool IsEmpty => used == 0;

    /// <summary>Enough to be worth a call.</summary>
    public bool IsLarge => used >= 64 * 1024;

    /// <summary>"PGCOPY\n\377\r\n\0", no flags, no extension.</summary>
    internal static ReadOnlySpan<byte> Header =>
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>A row of an event table: id, time, position, exhibition, source, type.</summary>
    public void Add(in KioskEvent row)
    {
        var to = Row(columns: 6);
        Write(ref to, row.Id);
        Write(ref to, row.At - PostgresEpoch);
        Write(ref to, row.Position);
        Write(ref to, row.ExhibitionId);
        Write(ref to, row.SourceId);
        Write(ref to, row.TypeId);
        used = buffer.Length - to.Length;
    }

    /// <summary>A row of <c>support_instance</c>: the same, then its arrival and whether that proves the clock
    /// wrong.</summary>
    public void AddCall(in KioskEvent row)
    {
        var to = Row(columns: 8);
        Write(ref to, row.Id);
        Write(ref to, row.At - PostgresEpoch);
        Write(ref to, row.Position);
        Write(ref to, row.ExhibitionId);
        Write(ref to, row.SourceId);
        Write(ref to, row.TypeId);
        if (row.Arrival.At != 0)
            Write(ref to, row.Arrival.At - PostgresEpoch);
        else
            WriteNull(ref to);
        Write(ref to, [row.ClockWrong ? (byte)1 : (byte)0]);
        used = buffer.Length - to.Length;
    }

    /// <summary>A row of an hourly table: exhibition, hour, type, presses.</summary>
    public void Add(int exhibition, DateTime hour, short type, long presses)
    {
        var to = Row(columns: 4);
        Write(ref to, exhibition);
        Write(ref to, StoredInstants.MicrosecondsOf(hour.Ticks) - PostgresEpoch);
        Write(ref to, type);
        Write(ref to, presses);
        used = buffer.Length - to.Length;
    }

    /// <summary>The bytes so far; valid until the next row.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = buffer.AsMemory(0, used);
        used = 0;
        return taken;
    }

    /// <summary>The end of the format's data; the next row begins with its header again.</summary>
    public ReadOnlyMemory<byte> TakeTrailer()
    {
        started = false;
        BinaryPrimitives.WriteInt16BigEndian(buffer, -1);
        return buffer.AsMemory(0, 2);
    }

    private Span<byte> Row(short columns, int largest = LargestRow)
    {
        if (!started)
        {
            started = true;
            Header.CopyTo(buffer);
            used = Header.Length;
        }

        if (buffer.Length - used < largest)
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + largest));
        var to = buffer.AsSpan(used);
        BinaryPrimitives.WriteInt16BigEndian(to, columns);
        return to[2..];
    }

    private static void Write(ref Span<byte> to, long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(to[4..], value);
        to = to[12..];
    }

    private static void Write(ref Span<byte> to, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(to[4..], value);
        to = to[8..];
    }

    private static void Write(ref Span<byte> to, short value)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(to[4..], value);
        to = to[6..];
    }
}
