using System.IO.Compression;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Tests.Source.Files;

/// <summary>Of a few bytes a compressed file can make as many as fill a disk.</summary>
public sealed class GzipTests
{
    private const int MiB = 1 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static MemoryStream Zeros(int size)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var written = 0; written < size; written += MiB)
                stream.Write(new byte[MiB]);
        }

        packed.Position = 0;
        return packed;
    }

    [Fact]
    public async Task What_unfolds_far_beyond_its_size_is_refused_before_it_fills_the_disk()
    {
        await using var bomb = Zeros(80 * MiB);
        var fault = await Assert.ThrowsAnyAsync<MuseumException>(() =>
            Gzip.UnpackAsync(bomb, "lmnh_hist_data_0.csv.gz", Path.GetTempPath(), Cancel)
        );
        Assert.Equal(ExitCode.DataRefused, fault.ExitCode);
        Assert.Contains(
            $"lmnh_hist_data_0.csv.gz: found a gzip file of {bomb.Length:N0} bytes that holds more than 67,108,864",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_small_one_may_be_as_repetitive_as_it_likes()
    {
        await using var dense = Zeros(16 * MiB);
        await using var unpacked = await Gzip.UnpackAsync(dense, "x.gz", Path.GetTempPath(), Cancel);
        Assert.Equal(16 * MiB, unpacked.Length);
    }
}
