using MuseumPipeline.Commands;
using MuseumPipeline.Model;
using Spectre.Console;

namespace MuseumPipeline.Tests.Model;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("lmnh_hist_data_0.csv", "lmnh_hist_data_0.csv")]
    [InlineData("Zoë – 博物館", "Zoë – 博物館")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", @"\u{1B}[2J\u{1B}]0;owned\u{7}")]
    [InlineData("evil\u202Evsc.exe", @"evil\u{202E}vsc.exe")]
    [InlineData("zero\u200Bwidth\u2066", @"zero\u{200B}width\u{2066}")]
    [InlineData("two\nlines\r\ttab", @"two\u{A}lines\u{D}\u{9}tab")]
    [InlineData("\u009b31m", @"\u{9B}31m")]
    [InlineData("a\u2028b", @"a\u{2028}b")]
    public void What_is_not_plain_text_is_spelt_out(string text, string safe) => Assert.Equal(safe, SafeText.Of(text));

    [Fact]
    public void Bytes_that_are_no_text_are_spelt_out_one_by_one() =>
        Assert.Equal(@"a\xFF\xC3\u{1B}é\u{0}", SafeText.Of([(byte)'a', 0xFF, 0xC3, 0x1B, 0xC3, 0xA9, 0]));

    [Fact]
    public void A_lone_surrogate_does_no_harm() => Assert.Equal("\uFFFD", SafeText.Of("\uD800"));

    [Fact]
    public void Markup_of_a_stranger_is_shown_and_not_obeyed()
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Out = new AnsiConsoleOutput(writer),
            }
        );

        console.Markup(Show.Text("[red]x[/] [link=http://evil]"));

        Assert.Equal("[red]x[/] [link=http://evil]", writer.ToString());
    }
}
