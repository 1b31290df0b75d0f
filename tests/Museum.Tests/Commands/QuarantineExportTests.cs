using MuseumPipeline.Commands.Quarantine;

namespace MuseumPipeline.Tests.Commands;

public sealed class QuarantineExportTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(1)", "\"'@SUM(1)\"")]
    [InlineData("\t=1", "\"'\t'=1\"")]
    [InlineData("\r=1", "\"'\r'=1\"")]
    [InlineData("2023-03-06;=cmd", "\"2023-03-06;'=cmd\"")]
    public void A_cell_is_never_a_formula(string text, string cell) =>
        Assert.Equal(cell, QuarantineExport.CsvCell(text));

    [Fact]
    public void A_record_that_is_text_stays_text_and_every_other_says_that_it_is_base64()
    {
        Assert.Equal(
            ("utf-8", "2023-03-06 09:00:00,é,1,"),
            QuarantineExport.RawText("2023-03-06 09:00:00,é,1,"u8.ToArray())
        );
        Assert.Equal(("base64", "/w=="), QuarantineExport.RawText([0xFF]));
        Assert.Equal(("base64", "AA=="), QuarantineExport.RawText([0]));
    }

    [Theory]
    [InlineData("out.csv", nameof(QuarantineExport.Format.Csv))]
    [InlineData("OUT.CSV", nameof(QuarantineExport.Format.Csv))]
    [InlineData("out.ndjson", nameof(QuarantineExport.Format.Ndjson))]
    [InlineData("out.txt", null)]
    [InlineData("csv", null)]
    public void The_name_decides_the_format(string file, string? format) =>
        Assert.Equal(format, QuarantineExport.FormatOf(file)?.ToString());
}
