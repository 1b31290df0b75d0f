using System.Buffers;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse;

/// <summary>Splits a CSV object into records and fields, as bytes. Of each record it knows the line and the byte
/// offset where it starts, so that a later run can continue from there. No library gives both of these, the raw bytes
/// of a broken record, and a limit to the damage: a quote that is never closed costs only its own line. <para>CR, LF
/// and CRLF end a line; empty lines are skipped. Not thread-safe; fields are valid until the next read.</para>
/// </summary>
public sealed class CsvReader : IDisposable
{
    private const int BlockBytes = 256 * 1024;
    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    private readonly Stream stream;
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockBytes + Refusal.RecordLimit);

    // They grow to the widest record; the limit on bytes bounds them.
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private byte[] scratch = [];
    private int start;
    private int end;
    private int rawStart;
    private int rawLength;
    private int scratchUsed;
    private bool ended;

    /// <param name="stream">Positioned at <paramref name="offset"/>; read synchronously, because it is a local file by
    /// now.</param>
    /// <param name="offset">The byte offset to count from.</param>
    /// <param name="line">The number of the line that starts there, 1-based.</param>
    public CsvReader(Stream stream, long offset = 0, long line = 1)
    {
        this.stream = stream;
        NextOffset = offset;
        NextLine = line;
        if (offset == 0)
            SkipByteOrderMarks();
    }

    /// <summary>The line the current record starts on.</summary>
    public long Line { get; private set; }

    /// <summary>Where the record after the current one starts, in bytes.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The line on which the record after the current one starts.</summary>
    public long NextLine { get; private set; }

    /// <summary>The record without its line end, with its quotes; of a record over the limit, only the part within
    /// it.</summary>
    public ReadOnlySpan<byte> Raw => buffer.AsSpan(rawStart, rawLength);

    /// <summary>The record's length without its line end.</summary>
    public long RawLength { get; private set; }

    /// <summary>Why the record's fields cannot be trusted, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>The record is over <see cref="Refusal.RecordLimit"/>.</summary>
    public bool IsTooLarge => RawLength > Refusal.RecordLimit;

    public int FieldCount { get; private set; }

    /// <summary>How many fields a record of several lines must have to be accepted; 0 before the header is
    /// known.</summary>
    public int ExpectedFields { get; set; }

    /// <summary>One field, unquoted. Empty past the last one.</summary>
    public ReadOnlySpan<byte> Field(int index)
    {
        if ((uint)index >= (uint)FieldCount)
            return default;
        var from = starts[index];
        return from >= 0 ? buffer.AsSpan(from, ends[index] - from) : scratch.AsSpan(~from, ends[index] - ~from);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Moves to the next record; false at the end.</summary>
    public bool Read()
    {
        Fault = null;
        while (true)
        {
            if (end - start <= Refusal.RecordLimit + 2 && !ended)
                Fill();
            if (start == end)
                return false;
            if (buffer[start] is not ((byte)'\n' or (byte)'\r'))
                break;
            EndLine(start);
        }

        Line = NextLine;
        if (!TryPlainRecord())
            ReadDifficultRecord();
        return true;
    }

    /// <summary>The usual case: no quote in the line.</summary>
    private bool TryPlainRecord()
    {
        var span = buffer.AsSpan(start, end - start);
        var length = span.IndexOfAny((byte)'\n', (byte)'\r', (byte)'"');
        if (length < 0 && ended)
            length = span.Length;
        if (length < 0 || length > Refusal.RecordLimit || (length < span.Length && span[length] == '"'))
            return false;
        SplitPlain(start, length);
        Accept(start, length);
        return true;
    }

    private void SplitPlain(int from, int length)
    {
        int count = 0,
            fieldStart = from,
            stop = from + length;
        for (var at = from; at < stop; at++)
        {
            if (buffer[at] != ',')
                continue;
            Keep(count++, fieldStart, at);
            fieldStart = at + 1;
        }

        Keep(count++, fieldStart, stop);
        FieldCount = count;
    }

    private void Keep(int index, int from, int to)
    {
        if (index >= starts.Length)
            Grow();
        starts[index] = from;
        ends[index] = to;
    }

    private void Grow()
    {
        Array.Resize(ref starts, starts.Length * 2);
        Array.Resize(ref ends, ends.Length * 2);
    }

    private void Accept(int from, int length)
    {
        rawStart = from;
        RawLength = rawLength = length;
        EndLine(from + length);
    }

    /// <summary>Quotes, or a record over the limit. If the quoting is broken, only this line is the record, and it is
    /// faulty.</summary>
    private void ReadDifficultRecord()
    {
        var stop = SplitQuoted(out var fault);
        if (fault is null && (ExpectedFields == 0 || FieldCount == ExpectedFields || !SpansLines(stop)))
        {
            CountLines(start, stop);
            Accept(start, stop - start);
            return;
        }

        ReadBrokenLine(
            fault
                ?? $"found {FieldCount} fields in a quoted record that runs over several lines, expected "
                    + $"{ExpectedFields}"
        );
    }

    private bool SpansLines(int stop) => buffer.AsSpan(start, stop - start).ContainsAny((byte)'\n', (byte)'\r');

    private void CountLines(int from, int to)
    {
        for (var at = from; at < to; at++)
        {
            if (buffer[at] == '\n' || (buffer[at] == '\r' && buffer[at + 1] != '\n'))
                NextLine++;
        }
    }

    /// <summary>Splits by RFC 4180 and returns where the record ends; a fault if it does not parse within the
    /// limit.</summary>
    private int SplitQuoted(out string? fault)
    {
        fault = null;
        scratchUsed = FieldCount = 0;
        if (scratch.Length == 0)
            scratch = new byte[Refusal.RecordLimit];
        var limit = Math.Min(end, start + Refusal.RecordLimit + 1);
        for (var at = start; ; at++)
        {
            var next = at < limit && buffer[at] == '"' ? QuotedField(at, limit, out fault) : PlainField(at, limit);
            if (fault is not null)
                return 0;
            FieldCount++;
            if (next >= limit && !(ended && limit == end))
            {
                fault = $"found a record of more than {Refusal.RecordLimit} bytes";
                return 0;
            }

            if (next >= limit || buffer[next] != ',')
                return next;
            at = next;
        }
    }

    private int PlainField(int from, int limit)
    {
        var span = buffer.AsSpan(from, Math.Max(0, limit - from));
        var length = span.IndexOfAny((byte)',', (byte)'\n', (byte)'\r');
        if (length < 0)
            length = span.Length;
        Keep(FieldCount, from, from + length);
        return from + length;
    }

    private int QuotedField(int from, int limit, out string? fault)
    {
        fault = null;
        var field = scratchUsed;
        for (var at = from + 1; at < limit; at++)
        {
            if (buffer[at] != '"')
            {
                if (scratchUsed < scratch.Length)
                    scratch[scratchUsed++] = buffer[at];
                continue;
            }

            if (at + 1 < limit && buffer[at + 1] == '"')
            {
                if (scratchUsed < scratch.Length)
                    scratch[scratchUsed++] = buffer[at++];
                continue;
            }

            Keep(FieldCount, ~field, scratchUsed);

            if (at + 1 == limit || buffer[at + 1] is (byte)',' or (byte)'\n' or (byte)'\r')
                return at + 1;
            fault = "found text after a closing quote, expected a comma or the end of the line";
            return 0;
        }

        fault = "found a quote that is never closed";
        return 0;
    }

    /// <summary>One physical line as a faulty record, its fields split at bare commas as well as possible; however long
    /// it is, its rest is skipped.</summary>
    private void ReadBrokenLine(string fault)
    {
        Fault = fault;
        var span = buffer.AsSpan(start, end - start);
        var length = span.IndexOfAny((byte)'\n', (byte)'\r');
        if (length >= 0 || ended)
        {
            if (length < 0)
                length = span.Length;
            SplitPlain(start, Math.Min(length, Refusal.RecordLimit));
            rawStart = start;
            rawLength = Math.Min(length, Refusal.RecordLimit);
            RawLength = length;
            EndLine(start + length);
            return;
        }

        ReadEndlessLine();
    }

    /// <summary>A line longer than the buffer: its beginning is moved to the end of the buffer and kept there while the
    /// rest is read.</summary>
    private void ReadEndlessLine()
    {
        const int Kept = BlockBytes;
        buffer.AsSpan(start, Refusal.RecordLimit).CopyTo(buffer.AsSpan(Kept));
        RawLength = end - start;
        NextOffset += end - start;
        start = end = 0;
        while (!ended)
        {
            end = stream.Read(buffer, 0, BlockBytes);
            ended = end == 0;
            var length = buffer.AsSpan(0, end).IndexOfAny((byte)'\n', (byte)'\r');
            RawLength += length < 0 ? end : length;
            NextOffset += length < 0 ? end : length;
            start = length < 0 ? end : length;
            if (length >= 0)
                break;
        }

        // A block may split a CRLF: both halves must be seen together.
        if (start == end - 1 && !ended)
            end += stream.Read(buffer, end, 1);
        rawStart = Kept;
        rawLength = Refusal.RecordLimit;
        SplitPlain(Kept, rawLength);
        if (start < end)
            EndLine(start);
    }

    /// <summary>Skips the line end at <paramref name="at"/> (or stops at the end of the object).</summary>
    private void EndLine(int at)
    {
        var next = at;
        if (at < end)
        {
            next = at + 1;
            if (buffer[at] == '\r' && next < end && buffer[next] == '\n')
                next++;
            NextLine++;
        }

        NextOffset += next - start;
        start = next;
    }

    private void Fill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        while (end < BlockBytes && !ended)
        {
            var read = stream.Read(buffer, end, BlockBytes - end);
            ended = read == 0;
            end += read;
        }
    }

    private void SkipByteOrderMarks()
    {
        Fill();
        while (buffer.AsSpan(start, end - start).StartsWith(Bom))
        {
            start += Bom.Length;
            NextOffset += Bom.Length;
        }
    }
}
