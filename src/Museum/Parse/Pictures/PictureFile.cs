using System.Buffers.Binary;
using MuseumPipeline.Model;

namespace MuseumPipeline.Parse.Pictures;

/// <summary>A picture that a browser shows, recognised by its content and not by its name. Only its head is read: what
/// it shows is for the browser, which keeps pictures in a cage.</summary>
/// <param name="LeftOut">What was taken out of a drawing, each with how often.</param>
internal sealed record PictureFile(
    string MediaType,
    int Width,
    int Height,
    byte[] Bytes,
    IReadOnlyDictionary<string, int> LeftOut
)
{
    public const string Svg = "image/svg+xml";

    /// <summary>A floor's plan is a drawing; a photograph of one fits too.</summary>
    public const int MostBytes = 2 << 20;

    /// <summary>Few bytes can unfold into many points.</summary>
    private const int MostPoints = 40_000_000;

    /// <exception cref="MuseumException">It is none, or too large.</exception>
    public static PictureFile Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
            throw Refused($"found {bytes.Length:N0} bytes", $"at most {MostBytes:N0}");
        var (type, size) = Recognise(bytes);
        if (type is null)
            return SvgFile.Read(bytes) is var (drawing, width, height, leftOut)
                ? new(Svg, width, height, drawing, leftOut)
                : throw Refused("found another kind of file", "a picture: SVG, PNG, JPEG or WebP");
        if (size is not (> 0 and var across, > 0 and var down))
            throw Refused($"found {type} without a size, perhaps cut off", "a whole picture");
        if ((long)across * down > MostPoints)
            throw Refused($"found {across} by {down} points", $"at most {MostPoints:N0} in all");
        return new(type, across, down, bytes.ToArray(), new Dictionary<string, int>());
    }

    public static MuseumException Refused(string found, string expected, Exception? inner = null) =>
        new(ExitCode.DataRefused, $"{found}, expected {expected}", inner);

    private static (string? Type, (int, int) Size) Recognise(ReadOnlySpan<byte> bytes) =>
        bytes is [0x89, .. var png] && png.StartsWith("PNG\r\n\x1a\n"u8) ? ("image/png", SizeOfPng(bytes))
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ("image/jpeg", SizeOfJpeg(bytes))
        : bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8)
            ? ("image/webp", SizeOfWebP(bytes))
        : (null, default);

    private static (int, int) SizeOfPng(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 24 && bytes[12..].StartsWith("IHDR"u8)
            ? (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]))
            : default;

    /// <summary>Segments follow one another, each with its length; one of them starts a frame.</summary>
    private static (int, int) SizeOfJpeg(ReadOnlySpan<byte> bytes)
    {
        for (var at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF; )
        {
            var marker = bytes[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (
                    BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..])
                );
            // Fill bytes may stand before a marker.
            at += marker == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }

        return default;
    }

    private static (int, int) SizeOfWebP(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 30)
            return default;
        var kind = bytes[12..16];
        if (kind.SequenceEqual("VP8X"u8))
            return (1 + Three(bytes[24..]), 1 + Three(bytes[27..]));
        if (kind.SequenceEqual("VP8L"u8) && bytes[20] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(bytes[21..]);
            return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
        }

        return kind.SequenceEqual("VP8 "u8)
            ? (
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]) & 0x3FFF
            )
            : default;

        static int Three(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
    }
}
