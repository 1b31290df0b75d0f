using System.Text;
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

    [Fact]
    public void What_is_far_too_long_is_not_even_read() =>
        Assert.Contains(
            "found 1048577 bytes, expected at most 1048576",
            Assert.Throws<FormatException>(() => ExhibitionFile.Parse(new byte[(1 << 20) + 1])).Message,
            StringComparison.Ordinal
        );
}
