using System.Globalization;
using System.Text;
using System.Text.Json;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Tests.Parse;

public sealed class ExhibitionFileTests
{
    [Theory]
    [InlineData("[]", "found a JSON array, expected one object")]
    [InlineData("{", "found invalid JSON")]
    [InlineData("3", "found a JSON number, expected one object")]
    public void What_is_no_exhibition_is_told(string text, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<FormatException>(() => ExhibitionFile.Parse(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal
        );

    /// <summary>A name stands in pages, sheets, alerts and logs, which one text must not fill.</summary>
    [Theory]
    [InlineData("EXHIBITION_NAME", 200)]
    [InlineData("FLOOR", 200)]
    [InlineData("DEPARTMENT", 200)]
    [InlineData("DESCRIPTION", 10_000)]
    public void A_text_that_would_fill_what_shows_it_is_refused(string key, int most)
    {
        Parse(key, new string('a', most));
        var fault = Assert.Throws<FormatException>(() => Parse(key, new string('a', most + 1)));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{key}: found {most + 1} characters, expected at most {most}"),
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("متحف \u200Fالبحر 👩‍🔬")]
    [InlineData("Sharks \u202Egnp.exe \u001B[31m")]
    public void Every_name_is_kept_as_it_is(string name) => Assert.Equal(name, Parse("EXHIBITION_NAME", name).Name);

    private static ExhibitionFacts Parse(string key, string text)
    {
        var file = new Dictionary<string, string>
        {
            ["EXHIBITION_NAME"] = "Sharks",
            ["EXHIBITION_ID"] = "EXH_04",
            ["FLOOR"] = "1",
            ["DEPARTMENT"] = "Zoology",
            ["START_DATE"] = "01/02/23",
            ["DESCRIPTION"] = "…",
            [key] = text,
        };
        return ExhibitionFile.Parse(JsonSerializer.SerializeToUtf8Bytes(file));
    }

    [Fact]
    public void What_is_far_too_long_is_not_even_read() =>
        Assert.Contains(
            "found 1048577 bytes, expected at most 1048576",
            Assert.Throws<FormatException>(() => ExhibitionFile.Parse(new byte[(1 << 20) + 1])).Message,
            StringComparison.Ordinal
        );
}
