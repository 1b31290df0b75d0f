using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Parse.Pictures;

namespace MuseumPipeline.Tests.Parse.Pictures;

/// <summary>Pictures of floors come from anybody's drawing program.</summary>
public sealed class PictureFileTests
{
    private static PictureFile Svg(string inside, string head = "viewBox='0 0 300 200'") =>
        PictureFile.Read(
            Encoding.UTF8.GetBytes(
                $"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {head}>{inside}</svg>"
            )
        );

    private static string Text(PictureFile picture) => Encoding.UTF8.GetString(picture.Bytes);

    private static byte[] Png(int width, int height)
    {
        byte[] bytes = [0x89, .. "PNG\r\n\x1a\n"u8, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[20]];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        return bytes;
    }

    private static byte[] Jpeg(params byte[] before) =>
        [
            0xFF,
            0xD8,
            0xFF,
            0xE0,
            0,
            4,
            1,
            2,
            .. before,
            0xFF,
            0xC2,
            0,
            11,
            8,
            0x01,
            0x2C,
            0x02,
            0x58,
            3,
            .. new byte[8],
        ];

    private static byte[] WebP(string kind, params byte[] rest) =>
        [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(kind), 0, 0, 0, 0, .. rest, .. new byte[16]];

    [Fact]
    public void The_size_is_read_from_the_content_whatever_the_file_is_called()
    {
        var sizes = new[]
        {
            PictureFile.Read(Png(640, 480)),
            PictureFile.Read(Jpeg()),
            // Another marker's segment, and fill bytes, before the frame.
            PictureFile.Read(Jpeg(0xFF, 0xC4, 0, 4, 9, 9, 0xFF)),
            PictureFile.Read(WebP("VP8X", 0, 0, 0, 0, 0x57, 0x02, 0, 0x2B, 0x01, 0)),
            PictureFile.Read(WebP("VP8L", 0x2F, 0x57, 0xC2, 0x4A, 0)),
            PictureFile.Read(WebP("VP8 ", 0, 0, 0, 0x9D, 0x01, 0x2A, 0x58, 0x02, 0x2C, 0x01)),
            Svg("", "width='12cm' height='6cm'"),
            Svg("", "viewBox='-5,-5 1e2 50'"),
        };
        Assert.Equal(
            [
                "image/png 640x480",
                "image/jpeg 600x300",
                "image/jpeg 600x300",
                "image/webp 600x300",
                "image/webp 600x300",
                "image/webp 600x300",
                "image/svg+xml 100x50",
                "image/svg+xml 100x50",
            ],
            sizes.Select(p => $"{p.MediaType} {p.Width}x{p.Height}")
        );
    }

    public static TheoryData<string, byte[]> NoPictures() =>
        new()
        {
            { "found another kind of file", "hello"u8.ToArray() },
            { "found another kind of file", [] },
            { "found another kind of file", "<html xmlns='http://www.w3.org/1999/xhtml'/>"u8.ToArray() },
            { "found another kind of file", "<svg viewBox='0 0 1 1'/>"u8.ToArray() },
            { "found another kind of file", "GIF89a"u8.ToArray() },
            { "found image/png without a size", Png(0, 5) },
            { "found image/png without a size", Png(640, 480)[..20] },
            { "found image/jpeg without a size", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4] },
            { "found image/webp without a size", WebP("VP9 ") },
            { "found 100000 by 100000 points", Png(100_000, 100_000) },
            { "found 2,097,153 bytes", new byte[PictureFile.MostBytes + 1] },
            { "found a drawing without a size", "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray() },
            {
                "found a drawing that cannot be read",
                "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'>"u8.ToArray()
            },
            {
                "found a drawing that cannot be read",
                "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'>&a;</svg>"u8.ToArray()
            },
        };

    [Theory]
    [MemberData(nameof(NoPictures))]
    public void What_is_no_picture_is_refused_with_the_reason(string found, byte[] bytes)
    {
        var refused = Assert.Throws<MuseumException>(() => PictureFile.Read(bytes));
        Assert.Equal(ExitCode.DataRefused, refused.ExitCode);
        Assert.StartsWith(found, refused.Message, StringComparison.Ordinal);
        Assert.Contains("expected", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "script")]
    [InlineData("<script xlink:href='data:text/javascript,alert(1)'/>", "script")]
    [InlineData("<path d='M0 0h9' onclick='alert(1)'/>", "onclick")]
    [InlineData(
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>",
        "foreignObject"
    )]
    [InlineData("<a xlink:href='javascript:alert(1)'><text>Shop</text></a>", "href")]
    [InlineData("<use href='https://evil.example/x.svg#y'/>", "href")]
    [InlineData("<use xlink:href='data:image/svg+xml;base64,AAAA#y'/>", "href")]
    [InlineData("<image href='https://evil.example/x.png'/>", "href")]
    [InlineData("<image href='data:image/svg+xml;base64,AAAA'/>", "href")]
    [InlineData("<animate attributeName='href' values='javascript:alert(1)'/>", "animate")]
    [InlineData("<set attributeName='onload' to='alert(1)'/>", "set")]
    [InlineData("<style>@import 'https://evil.example/x.css';</style>", "style")]
    [InlineData("<style>.a{fill:URL( https://evil.example/x )}</style>", "style")]
    [InlineData("<style>.a{fill:u\\72l(https://evil.example/x)}</style>", "style")]
    [InlineData("<path style='fill:url(\"//evil.example/x\")'/>", "style")]
    [InlineData("<path fill='url(https://evil.example/x#y)'/>", "fill")]
    [InlineData("<filter id='f'><feImage href='https://evil.example/x'/></filter>", "filter")]
    [InlineData("<iframe src='https://evil.example'/>", "iframe")]
    public void A_drawing_keeps_nothing_that_could_run_or_fetch(string inside, string leftOut)
    {
        var picture = Svg(inside);
        Assert.Contains(leftOut, picture.LeftOut.Keys);
        foreach (var word in (string[])["alert", "evil", "script", "onclick", "onload"])
            Assert.DoesNotContain(word, Text(picture), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_drawing_keeps_what_draws_it()
    {
        const string Drawing = """
            <title>Floor 1</title><style>.wall{stroke:#444;fill:url(#g)}</style>
            <defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
            <g class="wall" transform="translate(1 2)" style="stroke-width:3"><path d="M0 0h9v9z"/></g>
            <use xlink:href="#g" x="4"/><text x="1" y="2"><tspan>East</tspan> <tspan>wing</tspan></text>
            <image href="data:image/png;base64,iVBORw0KGgo=" width="4" height="4"/>
            """;
        var picture = Svg(
            $"<!-- by hand --><?made by=\"hand\"?>{Drawing}<x:note xmlns:x='urn:editor'>no loss</x:note>"
        );
        Assert.Empty(picture.LeftOut);
        var drawn = Text(picture);
        foreach (
            var part in (string[])
                [
                    "<title>Floor 1</title>",
                    ".wall{stroke:#444;fill:url(#g)}",
                    "d=\"M0 0h9v9z\"",
                    "href=\"#g\"",
                    "<tspan>East</tspan> <tspan>wing</tspan>",
                    "data:image/png;base64,iVBORw0KGgo=",
                ]
        )
            Assert.Contains(part, drawn, StringComparison.Ordinal);
        Assert.DoesNotContain("urn:editor", drawn, StringComparison.Ordinal);
        // Once more changes nothing.
        Assert.Equal(picture.Bytes, PictureFile.Read(picture.Bytes).Bytes);
    }

    /// <summary>Nine levels of ten are a thousand million shapes, in every browser that shows it.</summary>
    [Theory]
    [InlineData("xlink:href='#a{0}'")]
    [InlineData("href='#%61{0}'")]
    public void A_drawing_that_repeats_itself_beyond_all_bounds_is_refused(string link)
    {
        var levels = string.Concat(
            Enumerable
                .Range(1, 9)
                .Select(level =>
                {
                    var below = string.Format(CultureInfo.InvariantCulture, $"<use {link}/>", level - 1);
                    return $"<g id='a{level}'>{string.Concat(Enumerable.Repeat(below, 10))}</g>";
                })
        );
        foreach (
            var bomb in (string[])
                [$"<defs><rect id='a0'/>{levels}</defs><use href='#a9'/>", "<g id='a'><use href='#a'/></g>"]
        )
        {
            var fault = Assert.Throws<MuseumException>(() => Svg(bomb));
            Assert.Contains("repeats parts of itself again and again", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_drawing_may_repeat_its_parts()
    {
        var chairs = string.Concat(Enumerable.Repeat("<use href='#chair'/>", 5_000));
        Assert.NotEmpty(
            Svg($"<symbol id='chair'><rect/><rect/></symbol><g id='hall'>{chairs}</g><use href='#hall'/>").Bytes
        );
    }

    [Fact]
    public void What_a_link_holds_is_drawn_and_leads_nowhere()
    {
        var picture = Svg("<a href='https://evil.example'><text>Shop</text></a>");
        Assert.Contains("<g><text>Shop</text></g>", Text(picture), StringComparison.Ordinal);
    }
}
