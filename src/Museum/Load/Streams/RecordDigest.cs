using System.IO.Hashing;

namespace MuseumPipeline.Load.Streams;

/// <summary>Tells one record of a log from another with the same offset.</summary>
internal static class RecordDigest
{
    public static string Of(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(XxHash128.Hash(value));
}
