using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Tests.Source.Files;

/// <summary>Lines, their numbers and where they start, however the bytes arrive.</summary>
public sealed class NdjsonReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n\r\n\n", "")]
    [InlineData("a\nbc\n", "1@0+1:a 2@2+2:bc")]
    [InlineData("a\nbc", "1@0+1:a 2@2+2:bc")]
    [InlineData("a\r\nbc\r\n", "1@0+1:a 2@3+2:bc")]
    [InlineData("a\n\n\r\nb\n", "1@0+1:a 4@5+1:b")]
    [InlineData("a\rb\n", "1@0+3:a\rb")]
    [InlineData(" \n", "1@0+1: ")]
    [InlineData("\uFEFFa\nb", "1@3+1:a 2@5+1:b")]
    [InlineData("\uFEFF", "")]
    [InlineData("a\n\uFEFFb\n", "1@0+1:a 2@2+4:\uFEFFb")]
    public void Lines_are_found_with_their_number_and_place(string text, string lines)
    {
        using var reader = new NdjsonReader(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        var found = new List<string>();
        while (reader.Read())
            found.Add($"{reader.Line}@{reader.Offset}+{reader.RawLength}:{Encoding.UTF8.GetString(reader.Raw)}");
        Assert.Equal(lines, string.Join(' ', found));
        Assert.Equal(Encoding.UTF8.GetByteCount(text), reader.NextOffset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_the_lines_and_however_they_arrive_the_reader_agrees_with_a_plain_split(int seed)
    {
        var random = new Random(seed);
        var bytes = Lines(random);
        using var reader = new NdjsonReader(new TrickleStream(bytes, random));
        var expected = Split(bytes);
        foreach (var (line, offset, length) in expected)
        {
            Assert.True(reader.Read());
            Assert.Equal((line, offset, length), (reader.Line, reader.Offset, reader.RawLength));
            var kept = bytes.AsSpan((int)offset, (int)Math.Min(length, Refusal.RawKept));
            Assert.True(kept.SequenceEqual(reader.Raw), $"line {line} of {length} bytes at {offset} differs");
        }

        Assert.False(reader.Read());
        Assert.Equal(bytes.Length, reader.NextOffset);
    }

    [Fact]
    public void Reading_continues_from_the_end_of_any_line()
    {
        var bytes = Lines(new Random(5));
        var expected = Split(bytes);
        using var whole = new NdjsonReader(new MemoryStream(bytes));
        for (var at = 0; whole.Read(); at++)
        {
            using var rest = new NdjsonReader(new MemoryStream(bytes), whole.NextOffset, whole.NextLine);
            if (at + 1 == expected.Count)
            {
                Assert.False(rest.Read());
                return;
            }

            Assert.True(rest.Read());
            Assert.Equal(expected[at + 1], (rest.Line, rest.Offset, rest.RawLength));
        }

        Assert.Fail("the whole was read to the end before its last line");
    }

    [Fact]
    public void What_is_appended_after_an_unended_line_belongs_to_it_and_the_next_line_counts_on()
    {
        var before = "a\nb"u8.ToArray();
        using var first = new NdjsonReader(new MemoryStream(before));
        while (first.Read()) { }
        using var second = new NdjsonReader(
            new MemoryStream("a\nb\nc\n"u8.ToArray()),
            first.NextOffset,
            first.NextLine
        );
        Assert.True(second.Read());
        Assert.Equal((3L, 4L, "c"), (second.Line, second.Offset, Encoding.UTF8.GetString(second.Raw)));
    }

    [Fact]
    public void A_line_of_a_pipe_is_read_when_it_is_there_and_not_when_the_next_one_comes()
    {
        using var reader = new NdjsonReader(new OneReadStream("a\n"u8.ToArray()));
        Assert.True(reader.Read());
        Assert.Equal("a"u8, reader.Raw);
    }

    [Fact]
    public void A_line_of_a_gigabyte_costs_two_megabytes()
    {
        const long Length = 1L << 30;
        using var reader = new NdjsonReader(new EndlessStream(Length));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(reader.Read());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 << 20);
        Assert.Equal((Length, Length, Refusal.RawKept), (reader.RawLength, reader.NextOffset, reader.Raw.Length));
        Assert.False(reader.Read());
    }

    /// <summary>Lines of every length at which the reader does something else, among short and blank ones.</summary>
    private static byte[] Lines(Random random)
    {
        int[] lengths =
        [
            0,
            1,
            2,
            80,
            256 * 1024,
            Refusal.RecordLimit,
            Refusal.RawKept,
            Refusal.RawKept + (256 * 1024),
            2 << 20,
            3 << 20,
        ];
        using var bytes = new MemoryStream();
        for (var line = 0; line < 60; line++)
        {
            var length = lengths[line % 3 == 0 ? random.Next(lengths.Length) : random.Next(4)];
            for (var left = Math.Max(0, length + random.Next(-2, 3)); left > 0; left--)
                bytes.WriteByte((byte)(random.Next(20) == 0 ? '\r' : 'x'));
            if (random.Next(3) == 0)
                bytes.WriteByte((byte)'\r');
            if (line < 59 || random.Next(2) == 0)
                bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    private static List<(long Line, long Offset, long Length)> Split(byte[] bytes)
    {
        var lines = new List<(long, long, long)>();
        for (int line = 1, from = 0; from < bytes.Length; line++)
        {
            var to = Array.IndexOf(bytes, (byte)'\n', from);
            if (to < 0)
                to = bytes.Length;
            var length = to > from && bytes[to - 1] == '\r' ? to - from - 1 : to - from;
            if (length > 0)
                lines.Add((line, from, length));
            from = to + 1;
        }

        return lines;
    }

    private sealed class TrickleStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, random.Next(4) == 0 ? 1 : random.Next(1, 300_000)));
    }

    private sealed class OneReadStream(byte[] bytes) : MemoryStream(bytes)
    {
        private int reads;

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) =>
            reads++ == 0
                ? base.Read(buffer, offset, count)
                : throw new InvalidOperationException("read again although a whole line was there");
    }

    private sealed class EndlessStream(long length) : MemoryStream
    {
        private long left = length;

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = (int)Math.Min(count, left);
            buffer.AsSpan(offset, given).Fill((byte)'x');
            left -= given;
            return given;
        }
    }
}
