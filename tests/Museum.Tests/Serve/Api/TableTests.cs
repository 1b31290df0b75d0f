using System.Text.RegularExpressions;
using FsCheck.Xunit;
using MuseumPipeline.Numbers;
using MuseumPipeline.Serve.Api;

namespace MuseumPipeline.Tests.Serve.Api;

public sealed class TableTests
{
    private static string Csv(params object?[] cells) => new Table(["a"], [cells]).ToCsv()["a\r\n".Length..];

    [Fact]
    public void Cells_are_told_the_same_way_everywhere() =>
        Assert.Equal(
            "text,1,-2.5,true,false,2023-03-06,2023-03-06T08:30:34Z,near-target,\r\n",
            Csv(
                "text",
                1L,
                -2.5,
                true,
                false,
                new DateOnly(2023, 3, 6),
                new DateTimeOffset(2023, 3, 6, 9, 30, 34, TimeSpan.FromHours(1)),
                RatingStatus.NearTarget,
                null
            )
        );

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil\",\"x\")", "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "\"'\t'=1\"")]
    [InlineData("\r=1", "\"'\r'=1\"")]
    [InlineData("a;=1", "\"a;'=1\"")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a\n+1", "\"a\n'+1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("plain = text", "plain = text")]
    public void A_text_is_no_formula_and_stays_in_its_cell(string text, string cell) =>
        Assert.Equal(cell + "\r\n", Csv(text));

    /// <summary>Read back by an independent implementation of RFC 4180: every text comes back, apart from the
    /// apostrophe.</summary>
    [Property(MaxTest = 300)]
    public void Whatever_a_text_holds_it_is_one_cell(string? first, string? second)
    {
        var line = Csv(first, second);
        var cells = new List<string>();
        var (cell, quoted) = ("", false);
        for (var i = 0; i < line.Length - 2; i++)
        {
            if (quoted && line[i] == '"' && line[i + 1] == '"')
                cell += line[i++];
            else if (line[i] == '"')
                quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell);
                cell = "";
            }
            else
                cell += line[i];
        }

        cells.Add(cell);
        Assert.Equal([Escaped(first), Escaped(second)], cells);

        static string Escaped(string? text) =>
            Regex.Replace(text ?? "", @"(^|(?<=[;\t\r\n])(?![;\t\r\n]))(?=[=+\-@\t\r\n＝＋－＠])", "'");
    }
}
