using System.IO.Hashing;

namespace MuseumPipeline.Load.Streams;

/// <summary>What tells one record of a log from another that stands at the same offset.</summary>
internal static class RecordDigest
{
    public static string Of(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(XxHash128.Hash(value));
}
