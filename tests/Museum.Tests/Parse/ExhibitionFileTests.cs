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

    /// <summary>A name stands in pages, sheets, alerts and logs: it is one short line, and turns nothing around.</summary>
    [Theory]
    [InlineData("EXHIBITION_NAME", "Sharks\u202Egnp", "a character that is not seen or turns text around")]
    [InlineData("EXHIBITION_NAME", "Sharks\nof the sea", "a character that is not seen or turns text around")]
    [InlineData("FLOOR", "\u001B[2J", "a character that is not seen or turns text around")]
    [InlineData("DEPARTMENT", "\u2066Zoology", "a character that is not seen or turns text around")]
    [InlineData("DESCRIPTION", "line\n\u202Eline", "a character that is not seen or turns text around")]
    [InlineData("EXHIBITION_NAME", null, "201 characters, expected at most 200")]
    [InlineData("FLOOR", null, "201 characters, expected at most 200")]
    [InlineData("DEPARTMENT", null, "201 characters, expected at most 200")]
    public void A_text_that_would_break_what_shows_it_is_refused(string key, string? text, string said)
    {
        var fault = Assert.Throws<FormatException>(() => Parse(key, text ?? new string('a', 201)));
        Assert.Contains($"{key}: found {said}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_language_and_joined_signs_are_names_and_a_description_has_lines()
    {
        Assert.Equal("متحف \u200Fالبحر 👩‍🔬", Parse("EXHIBITION_NAME", "متحف \u200Fالبحر 👩‍🔬").Name);
        Assert.Equal("One.\r\n\tTwo.", Parse("DESCRIPTION", "One.\r\n\tTwo.").Description);
    }

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
