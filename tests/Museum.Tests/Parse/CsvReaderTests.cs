using System.Globalization;
using System.Text;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Tests.Parse;

/// <summary>The end of the reader's buffer must not matter: in files larger than it, and in lines longer.</summary>
public sealed class CsvReaderTests
{
    /// <summary>Blocks of 256 KiB, which no record knows of.</summary>
    private const int Block = 256 * 1024;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_megabyte_is_read_record_by_record_to_the_last_byte(string lineEnd)
    {
        var text = new StringBuilder();
        var rows = 0;
        for (; text.Length < 1_100_000; rows++)
            text.Append(CultureInfo.InvariantCulture, $"2023-03-06 09:00:00,{rows},{rows % 5},{lineEnd}");
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        using var reader = new CsvReader(new MemoryStream(bytes));

        for (var row = 0; row < rows; row++)
        {
            Assert.True(reader.Read(), $"row {row} of {rows} is missing");
            Assert.Equal(
                (row + 1L, 4, $"{row}"),
                (reader.Line, reader.FieldCount, Encoding.ASCII.GetString(reader.Field(1)))
            );
        }

        Assert.False(reader.Read());
        Assert.Equal((bytes.Length, rows + 1L), (reader.NextOffset, reader.NextLine));
    }

    /// <summary>Wherever the end of an overlong line falls in the blocks, the next line has the next number.</summary>
    [Fact]
    public void A_line_end_of_two_bytes_that_the_block_cuts_is_one_line_end()
    {
        for (var length = (2 * Block) - 3; length <= (2 * Block) + 3; length++)
        {
            var bytes = Encoding.ASCII.GetBytes(new string('x', length) + "\r\n2023-03-06 09:00:00,1,2,\r\n");
            using var reader = new CsvReader(new MemoryStream(bytes));

            Assert.True(reader.Read());
            Assert.Equal((1L, length, true), (reader.Line, reader.RawLength, reader.IsTooLarge));
            Assert.True(reader.Read());
            Assert.Equal((2L, "1"), (reader.Line, Encoding.ASCII.GetString(reader.Field(1))));
            Assert.False(reader.Read());
            Assert.Equal((bytes.Length, 3L), (reader.NextOffset, reader.NextLine));
        }
    }
}
