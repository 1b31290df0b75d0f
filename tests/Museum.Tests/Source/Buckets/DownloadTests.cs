using System.Text;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Buckets;

/// <summary>Downloads from a real S3 server; its keys are whatever strangers put there.</summary>
public sealed class DownloadTests(S3Server server) : IDisposable
{
    private readonly DirectoryInfo outer = Directory.CreateTempSubdirectory("museum-download");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Inner => Path.Combine(outer.FullName, "in", "here");

    public void Dispose() => outer.Delete(recursive: true);

    [Fact]
    public async Task Everything_is_downloaded_and_hostile_keys_never_leave_the_directory()
    {
        string[] kept = ["a b+c%20.csv", "e\u0301.csv", "lmnh_hist_data_0.csv", "sub/deeper/x.csv", "Twin.csv"];
        string[] skipped =
        [
            "../escape",
            "../../escape",
            "a/../../escape",
            "sub//x",
            "./dot",
            "twin.csv",
            "marker/",
            new('k', 300),
            "back\\slash",
            "..",
            "CON.csv",
            "dot.",
            "line\nx",
            "c:evil",
            "lmnh_hist_data_0.csv/x",
        ];
        await using var bucket = await FilledAsync([.. kept, .. skipped]);
        var report = await BucketFiles.DownloadAllFilesAsync(bucket, Inner, new(), Cancel);
        foreach (var entry in report.Skipped)
            TestContext.Current.TestOutputHelper?.WriteLine($"{KeyText.Show(entry.Key)}: {entry.Reason}");
        Assert.Equal(kept.Order(StringComparer.Ordinal), report.Files.Select(file => file.Key));
        Assert.Equal(skipped.Order(StringComparer.Ordinal), report.Skipped.Select(entry => entry.Key));
        Assert.All(report.Files, file => Assert.Equal("content of " + file.Key, File.ReadAllText(file.Path)));
        Assert.Equal(
            kept.Select(key => Path.Combine(Inner, key)).Order(StringComparer.Ordinal),
            outer.GetFiles("*", SearchOption.AllDirectories).Select(file => file.FullName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_bucket_replaces_no_file_and_brings_none_that_runs_by_itself()
    {
        string[] hostile = [".bashrc", ".env", ".ssh/authorized_keys", "a.so", "lib.so.1", "sub/.hidden"];
        await using var bucket = await FilledAsync([.. hostile, "lmnh_hist_data_0.csv", "notes.txt"]);
        Directory.CreateDirectory(Inner);
        await File.WriteAllTextAsync(Path.Combine(Inner, ".env"), "MUSEUM_BUCKET=ours", Cancel);
        await File.WriteAllTextAsync(Path.Combine(Inner, "notes.txt"), "ours", Cancel);

        var report = await BucketFiles.DownloadAllFilesAsync(bucket, Inner, new(), Cancel);

        Assert.Equal(["lmnh_hist_data_0.csv"], report.Files.Select(file => file.Key));
        Assert.Equal([.. hostile[..5], "notes.txt", "sub/.hidden"], report.Skipped.Select(entry => entry.Key));
        Assert.Equal("ours", await File.ReadAllTextAsync(Path.Combine(Inner, "notes.txt"), Cancel));
        Assert.Equal("MUSEUM_BUCKET=ours", await File.ReadAllTextAsync(Path.Combine(Inner, ".env"), Cancel));
        Assert.Equal(3, Directory.GetFileSystemEntries(Inner).Length);

        var all = await BucketFiles.DownloadAllFilesAsync(
            bucket,
            Inner,
            new(Overwrite: true, SystemNames: true),
            Cancel
        );

        Assert.Empty(all.Skipped);
        Assert.Equal("content of notes.txt", await File.ReadAllTextAsync(Path.Combine(Inner, "notes.txt"), Cancel));
    }

    [Fact]
    public async Task A_link_inside_the_directory_is_not_followed()
    {
        await using var bucket = await FilledAsync(["sub/x.csv"]);
        var outside = outer.CreateSubdirectory("outside");
        Directory.CreateDirectory(Inner);
        Directory.CreateSymbolicLink(Path.Combine(Inner, "sub"), outside.FullName);
        var report = await BucketFiles.DownloadAllFilesAsync(bucket, Inner, new(), Cancel);
        Assert.Contains("link", Assert.Single(report.Skipped).Reason, StringComparison.Ordinal);
        Assert.Empty(outside.GetFiles());
    }

    [Fact]
    public async Task Chosen_files_are_downloaded_over_earlier_ones_with_progress()
    {
        await using var bucket = await FilledAsync([
            "lmnh_hist_data_0.csv",
            "lmnh_hist_data_all.csv",
            "lms_hist_data_0.csv",
        ]);
        Directory.CreateDirectory(Inner);
        await File.WriteAllTextAsync(
            Path.Combine(Inner, "lmnh_hist_data_0.csv"),
            "an older and longer content of this file",
            Cancel
        );
        var seen = new LastStatus();
        var report = await BucketFiles.DownloadSpecificFilesAsync(
            bucket,
            Inner,
            entry => BucketRules.IsHistory(entry.Key, bucket.Folder, "lmnh"),
            new(Overwrite: true, Progress: seen),
            Cancel
        );
        var file = Assert.Single(report.Files);
        Assert.Equal(("lmnh_hist_data_0.csv", true), (file.Key, file.Verified));
        Assert.Equal("content of lmnh_hist_data_0.csv", await File.ReadAllTextAsync(file.Path, Cancel));
        Assert.Equal(new DownloadStatus(1, 1, file.Size, file.Size), seen.Value);
    }

    [Fact]
    public async Task The_folder_of_the_bucket_is_not_repeated_on_disk()
    {
        await using var bucket = await FilledAsync(["folder/x.csv", "folder/sub/y.csv", "other/z.csv"], "folder/");
        var report = await BucketFiles.DownloadAllFilesAsync(bucket, Inner, new(), Cancel);
        Assert.Equal(
            [Path.Combine(Inner, "sub", "y.csv"), Path.Combine(Inner, "x.csv")],
            report.Files.Select(file => file.Path)
        );
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_named()
    {
        await using var bucket = await FilledAsync(["x.csv"]);
        var file = Path.Combine(outer.FullName, "file");
        await File.WriteAllTextAsync(file, "", Cancel);
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            BucketFiles.DownloadAllFilesAsync(bucket, file, new(), Cancel)
        );
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    private async Task<IBucket> FilledAsync(string[] keys, string folder = "")
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        await S3Server.PutAsync(client, name, keys.Select(key => (key, Encoding.UTF8.GetBytes("content of " + key))));
        return new S3Bucket(name, folder, await server.SettingsAsync(), TimeProvider.System);
    }

    private sealed class LastStatus : IProgress<DownloadStatus>
    {
        public DownloadStatus Value { get; private set; }

        public void Report(DownloadStatus value) => Value = value;
    }
}
