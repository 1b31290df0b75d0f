using System.Diagnostics;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Buckets;

/// <summary>Objects that are too large for memory wait on disk, and the disk may be full or missing.</summary>
public sealed class SpoolTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_ends_the_download_with_the_directory_and_the_fix_and_recovers()
    {
        var mount = Directory.CreateTempSubdirectory("museum-small").FullName;
        Assert.SkipUnless(
            await RunsAsync("mount", "-t", "tmpfs", "-o", "size=1m", "museum-test", mount),
            "Mounting a small file system takes root."
        );
        try
        {
            await using var s3 = new FaultyS3();
            s3.Objects["lmnh_hist_data_0.csv"] = new byte[600_000];
            await using var bucket = new S3Bucket(
                "b",
                "",
                s3.Settings with
                {
                    MemoryLimit = 16,
                    SpoolDirectory = mount,
                },
                TimeProvider.System
            );
            var entry = Assert.Single(await bucket.ListAsync(Cancel));
            await using (var first = await bucket.OpenAsync(entry, Cancel))
            {
                var error = await Assert.ThrowsAsync<MuseumException>(() => bucket.OpenAsync(entry, Cancel));
                TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
                Assert.Contains(mount, error.Message, StringComparison.Ordinal);
                Assert.Contains("MUSEUM_SPOOL", error.Message, StringComparison.Ordinal);
                Assert.Empty(Directory.GetFiles(mount));
            }

            await using var later = await bucket.OpenAsync(entry, Cancel);
            Assert.Equal(600_000, later.Stream.Length);
        }
        finally
        {
            await RunsAsync("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Fact]
    public async Task A_spool_directory_that_is_not_there_is_named()
    {
        await using var s3 = new FaultyS3();
        s3.Objects["lmnh_hist_data_0.csv"] = new byte[100];
        var nowhere = Path.Combine(Path.GetTempPath(), "museum-nowhere");
        await using var bucket = new S3Bucket(
            "b",
            "",
            s3.Settings with
            {
                MemoryLimit = 16,
                SpoolDirectory = nowhere,
            },
            TimeProvider.System
        );
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        var error = await Assert.ThrowsAsync<MuseumException>(() => bucket.OpenAsync(entry, Cancel));
        Assert.Contains(nowhere, error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> RunsAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            await process.WaitForExitAsync(Cancel);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
