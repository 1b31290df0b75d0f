namespace MuseumPipeline.Parse;

/// <summary>What producers put in front of a message: a Schema Registry's frame, then a byte order mark. One of each is
/// removed.</summary>
internal static class Envelope
{
    /// <summary>A zero byte and the schema's four-byte number.</summary>
    private const int FrameLength = 5;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The message without them.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> message)
    {
        var payload = IsFramed(message) ? message[FrameLength..] : message;
        return HasMark(payload) ? payload[ByteOrderMark.Length..] : payload;
    }

    public static bool HasMark(ReadOnlySpan<byte> message) => message.StartsWith(ByteOrderMark);

    /// <summary>A frame is followed by JSON; any other leading zero byte is noise.</summary>
    public static bool IsFramed(ReadOnlySpan<byte> message)
    {
        if (message.Length <= FrameLength || message[0] != 0)
            return false;
        var inside = message[FrameLength..];
        if (HasMark(inside))
            inside = inside[ByteOrderMark.Length..];
        inside = inside.TrimStart(" \t\r\n"u8);
        return inside.Length > 0 && inside[0] is (byte)'{' or (byte)'[';
    }
}
