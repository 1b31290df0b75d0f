using System.Buffers;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Files;

/// <summary>Splits a file or a pipe of JSON lines into lines, as bytes. Of each line it knows the number and where the
/// next one starts, so that a later run can continue from there. It does not check whether a line is JSON. <para>LF
/// ends a line, with or without a CR before it; so does the end of the file. Empty lines are skipped but counted.
/// Memory is bounded whatever the length of a line: beyond <see cref="Refusal.RawKept"/> bytes the rest is only
/// counted.</para> Not thread-safe; <see cref="Raw"/> is valid until the next read. </summary>
public sealed class NdjsonReader : IDisposable
{
    private const int BlockBytes = 256 * 1024;
    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    private readonly Stream stream;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int start;
    private int end;
    private int rawStart;
    private bool ended;
    private bool fresh;

    /// <param name="stream">Read synchronously and no further than necessary, so that a line of a pipe is available as
    /// soon as it was written.</param>
    /// <param name="nextOffset">The byte offset to read from, the start of a line; a seekable stream is moved
    /// there.</param>
    /// <param name="nextLine">The number of the line that starts there, 1-based.</param>
    public NdjsonReader(Stream stream, long nextOffset = 0, long nextLine = 1)
    {
        this.stream = stream;
        if (stream.CanSeek)
            stream.Position = nextOffset;
        NextOffset = nextOffset;
        NextLine = nextLine;
        fresh = nextOffset == 0;
    }

    /// <summary>The line without its end; of a line longer than <see cref="Refusal.RawKept"/>, only that
    /// much.</summary>
    public ReadOnlySpan<byte> Raw => buffer.AsSpan(rawStart, (int)Math.Min(RawLength, Refusal.RawKept));

    /// <summary>The line's length without its end.</summary>
    public long RawLength { get; private set; }

    /// <summary>The number of the current line, 1-based.</summary>
    public long Line { get; private set; }

    /// <summary>The byte offset at which the current line starts.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the line after the current one starts, in bytes.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The number of the line after the current one. If the last line has no line end it stays the same: what
    /// is appended belongs to that line.</summary>
    public long NextLine { get; private set; }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        start = end = 0;
        RawLength = 0;
        ended = true;
    }

    /// <summary>Moves to the next line that is not blank; false at the end.</summary>
    public bool Read()
    {
        do
        {
            if (!ReadLine())
                return false;
        } while (RawLength == 0);
        return true;
    }

    private bool ReadLine()
    {
        Offset = NextOffset;
        Line = NextLine;
        if (fresh)
            SkipByteOrderMark();
        var searched = 0;
        while (true)
        {
            var length = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                Accept(searched + length, terminated: true);
                return true;
            }

            searched = end - start;
            if (searched > Refusal.RawKept)
            {
                ReadEndlessLine();
                return true;
            }

            if (Fill())
                continue;
            Accept(searched, terminated: false);
            return searched > 0;
        }
    }

    /// <summary>Takes the bytes from the start as the line.</summary>
    private void Accept(int length, bool terminated)
    {
        rawStart = start;
        RawLength = length > 0 && buffer[start + length - 1] == '\r' ? length - 1 : length;
        Pass(length, terminated);
    }

    private void Pass(int length, bool terminated)
    {
        var passed = terminated ? length + 1 : length;
        start += passed;
        NextOffset += passed;
        if (terminated)
            NextLine++;
    }

    /// <summary>Keeps the beginning at the head of the buffer, and reads the rest through the space behind
    /// it.</summary>
    private void ReadEndlessLine()
    {
        MoveToHead();
        var length = (long)end;
        var last = buffer[end - 1];
        NextOffset += end;
        var terminated = false;
        while (!terminated && !ended)
        {
            start = end = Refusal.RawKept;
            if (!Fill())
                break;
            var found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            terminated = found >= 0;
            var more = terminated ? found : end - start;
            if (more > 0)
                last = buffer[start + more - 1];
            length += more;
            Pass(more, terminated);
        }

        rawStart = 0;
        RawLength = last == '\r' ? length - 1 : length;
    }

    /// <summary>Reads what is available, making room first if necessary; false at the end of the stream.</summary>
    private bool Fill()
    {
        if (ended)
            return false;
        if (end == buffer.Length && start > 0)
            MoveToHead();
        if (end == buffer.Length)
            Grow();
        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        ended = read == 0;
        return !ended;
    }

    private void MoveToHead()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
    }

    /// <summary>Few lines are longer than a block, so the space for the longest is rented only when needed.</summary>
    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Refusal.RawKept + BlockBytes);
        buffer.AsSpan(0, end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>Some editors write a byte order mark; it is not part of the first line.</summary>
    private void SkipByteOrderMark()
    {
        fresh = false;
        while (end < Bom.Length && Bom.StartsWith(buffer.AsSpan(0, end)) && Fill()) { }
        if (!buffer.AsSpan(0, end).StartsWith(Bom))
            return;
        start = Bom.Length;
        NextOffset = Offset = Bom.Length;
    }
}
