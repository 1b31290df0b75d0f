using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Computes the server's checksum of a whole object while the object arrives. Checksums of parts (composite
/// ones, ETags ending in <c>-N</c>) cannot be used, because the sizes of the parts are not known.</summary>
internal sealed class Checksum
{
    private readonly NonCryptographicHashAlgorithm? crc;
    private readonly IncrementalHash? hash;
    private readonly byte[] expected;

    private Checksum(string name, byte[] expected, NonCryptographicHashAlgorithm? crc, IncrementalHash? hash) =>
        (Name, this.expected, this.crc, this.hash) = (name, expected, crc, hash);

    /// <summary>For error texts.</summary>
    public string Name { get; }

    /// <summary>The first usable checksum of an answer; null if there is none.</summary>
    public static Checksum? Of(GetObjectResponse response) =>
        Crc("CRC64NVME", response.ChecksumCRC64NVME, response, () => new Crc64(Crc64ParameterSet.Nvme))
        ?? Crc("CRC32C", response.ChecksumCRC32C, response, () => new Crc32(Crc32ParameterSet.Crc32C))
        ?? Crc("CRC32", response.ChecksumCRC32, response, () => new Crc32())
        ?? Hash("SHA256", response.ChecksumSHA256, response, HashAlgorithmName.SHA256)
        ?? Hash("SHA1", response.ChecksumSHA1, response, HashAlgorithmName.SHA1)
        ?? Md5(response);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        crc?.Append(bytes);
        hash?.AppendData(bytes);
    }

    /// <summary>Ends the computation: true if the object matches the server's checksum.</summary>
    public bool Matches()
    {
        var actual = hash?.GetHashAndReset() ?? crc!.GetHashAndReset();
        hash?.Dispose();
        if (BitConverter.IsLittleEndian && crc is Crc32 or Crc64)
            Array.Reverse(actual);
        return actual.AsSpan().SequenceEqual(expected);
    }

    private static Checksum? Crc(
        string name,
        string? value,
        GetObjectResponse response,
        Func<NonCryptographicHashAlgorithm> algorithm
    ) => Decode(value, response) is { } expected ? new(name, expected, algorithm(), null) : null;

    private static Checksum? Hash(
        string name,
        string? value,
        GetObjectResponse response,
        HashAlgorithmName algorithm
    ) =>
        Decode(value, response) is { } expected
            ? new(name, expected, null, IncrementalHash.CreateHash(algorithm))
            : null;

    private static byte[]? Decode(string? value, GetObjectResponse response)
    {
        if (string.IsNullOrEmpty(value) || value.Contains('-') || response.ChecksumType == ChecksumType.COMPOSITE)
            return null;
        var bytes = new byte[64];
        return Convert.TryFromBase64String(value, bytes, out var length) ? bytes[..length] : null;
    }

    // The ETag of an object uploaded in one piece is its MD5, except under encryption with keys of KMS or of the
    // customer.
    private static Checksum? Md5(GetObjectResponse response)
    {
        var etag = S3Etag.Unquote(response.ETag);
        var sealedByKey =
            response.ServerSideEncryptionMethod?.Value is { } method
            && method.StartsWith("aws:kms", StringComparison.Ordinal);
        var sealedByCustomer = !string.IsNullOrEmpty(response.ServerSideEncryptionCustomerMethod?.Value);
        if (sealedByKey || sealedByCustomer || etag.Length != 32 || !etag.All(char.IsAsciiHexDigit))
            return null;
        return new("MD5 (ETag)", Convert.FromHexString(etag), null, IncrementalHash.CreateHash(HashAlgorithmName.MD5));
    }
}

/// <summary>ETags are kept without their quotes.</summary>
internal static class S3Etag
{
    public static string Unquote(string? etag) => etag is ['"', .., '"'] && etag.Length > 1 ? etag[1..^1] : etag ?? "";

    public static string Quote(string version) =>
        version.Contains('"') ? version : string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
