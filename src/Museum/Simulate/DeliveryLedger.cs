using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MuseumPipeline.Simulate;

/// <summary>The producer's own ledger of delivered messages, for comparison with a consumer's: counts by partition and,
/// if a file is named, a line <c>partition offset sha256-of-value</c> for each message. Complete once disposed. Written
/// by one thread at a time.</summary>
internal sealed class DeliveryLedger(string? file) : IDisposable
{
    private readonly StreamWriter? _lines = file is null ? null : new(file, false, new UTF8Encoding(false), 1 << 16);

    public SortedDictionary<int, long> Partitions { get; } = [];

    public long Delivered { get; private set; }

    public void Note(int partition, long offset, ReadOnlySpan<byte> value)
    {
        Delivered++;
        Partitions[partition] = Partitions.GetValueOrDefault(partition) + 1;
        if (_lines is null)
            return;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(value, hash);
        _lines.Write(
            string.Create(CultureInfo.InvariantCulture, $"{partition} {offset} {Convert.ToHexStringLower(hash)}\n")
        );
    }

    public void Dispose() => _lines?.Dispose();
}
