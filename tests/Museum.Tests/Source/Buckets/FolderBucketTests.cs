using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Tests.Source.Buckets;

public sealed class FolderBucketTests : IDisposable
{
    private const string Name = "lmnh_hist_data_0.csv";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("museum-folder");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task Files_are_listed_by_name_and_content_and_subdirectories_are_not_entered()
    {
        Write(Name, "abc");
        Write("lmnh_exhibition_cave.json", "");
        Write("notes.txt", "whatever");
        directory.CreateSubdirectory("older");
        Write("older/lmnh_hist_data_1.csv", "abc");
        Assert.Equal(
            [
                new("lmnh_exhibition_cave.json", Hash(""), 0),
                new(Name, Hash("abc"), 3),
                new("notes.txt", FolderBucket.Unhashed, 8),
                new("older/", FolderBucket.Unhashed, 0),
            ],
            await new FolderBucket(directory.FullName).ListAsync(Cancel)
        );
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    public async Task A_file_is_read_as_listed(string text)
    {
        Write(Name, text);
        var bucket = new FolderBucket(directory.FullName);
        await using var content = await bucket.OpenAsync(Assert.Single(await bucket.ListAsync(Cancel)), Cancel);
        Assert.True(content.Verified);
        Assert.True(content.Unchanged());
        Assert.Equal(
            (true, 0L, text.Length),
            (content.Stream.CanSeek, content.Stream.Position, (int)content.Stream.Length)
        );
        Assert.Equal(text, await new StreamReader(content.Stream).ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task An_entry_of_another_bucket_object_is_checked_by_its_hash()
    {
        Write(Name, "abc");
        var entry = Assert.Single(await new FolderBucket(directory.FullName).ListAsync(Cancel));
        await using var content = await new FolderBucket(directory.FullName).OpenAsync(entry, Cancel);
        Assert.Equal("abc", await new StreamReader(content.Stream).ReadToEndAsync(Cancel));
        await Assert.ThrowsAsync<ObjectChangedException>(() =>
            new FolderBucket(directory.FullName).OpenAsync(entry with { Version = Hash("abd") }, Cancel)
        );
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("xyz")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_file_changed_after_the_listing_is_not_read(string? now)
    {
        Write(Name, "abc");
        var bucket = new FolderBucket(directory.FullName);
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        Change(now);
        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => bucket.OpenAsync(entry, Cancel));
        Assert.Contains(Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_only_touched_is_read()
    {
        Write(Name, "abc");
        var bucket = new FolderBucket(directory.FullName);
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        Change("abc");
        await using var content = await bucket.OpenAsync(entry, Cancel);
        Assert.True(content.Unchanged());
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("xyz")]
    [InlineData(null)]
    public async Task A_file_changed_while_it_is_read_is_noticed(string? now)
    {
        Write(Name, "abc");
        var bucket = new FolderBucket(directory.FullName);
        await using var content = await bucket.OpenAsync(Assert.Single(await bucket.ListAsync(Cancel)), Cancel);
        Change(now);
        Assert.False(content.Unchanged());
    }

    [Fact]
    public async Task A_file_replaced_by_renaming_while_it_is_read_is_noticed()
    {
        Write(Name, "abc");
        var bucket = new FolderBucket(directory.FullName);
        await using var content = await bucket.OpenAsync(Assert.Single(await bucket.ListAsync(Cancel)), Cancel);
        Write("next", "xyzw");
        File.Move(Full("next"), Full(Name), overwrite: true);
        Assert.False(content.Unchanged());
    }

    [Fact]
    public async Task Links_to_files_are_read_and_watched_like_files()
    {
        Write("elsewhere", "abc");
        File.CreateSymbolicLink(Full(Name), Full("elsewhere"));
        var bucket = new FolderBucket(directory.FullName);
        var entry = (await bucket.ListAsync(Cancel)).Single(entry => entry.Key == Name);
        Assert.Equal(new(Name, Hash("abc"), 3), entry);
        await using var content = await bucket.OpenAsync(entry, Cancel);
        Assert.True(content.Unchanged());
        Write("elsewhere", "abcd");
        Assert.False(content.Unchanged());
    }

    [Fact]
    public void One_directory_has_one_location_whatever_links_lead_to_it()
    {
        var real = directory.CreateSubdirectory("real").CreateSubdirectory("bucket");
        Directory.CreateSymbolicLink(Full("link"), Full("real"));
        Assert.Equal(
            new FolderBucket(real.FullName).Location,
            new FolderBucket(Full("link/bucket/../bucket")).Location
        );
        Assert.EndsWith(
            Path.Combine("real", "bucket"),
            new FolderBucket(Full("link/bucket/")).Location,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_no_file_is_listed_for_what_it_is_and_never_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no named pipes among files.");
        using (var mkfifo = Process.Start("mkfifo", Full("lmnh_hist_data_1.csv")))
            await mkfifo.WaitForExitAsync(Cancel);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Full("lmnh_hist_data_2.csv")));
        Directory.CreateDirectory(Full("lmnh_hist_data_3.csv"));
        Write("lmnh_hist_data_4.csv", "");

        var entries = await new FolderBucket(directory.FullName).ListAsync(Cancel).WaitAsync(Limit, Cancel);
        var named = await Assert.ThrowsAsync<MuseumException>(async () =>
            await new FolderBucket(Full("lmnh_hist_data_1.csv")).ListAsync(Cancel)
        );

        Assert.Equal(
            ["lmnh_hist_data_1.csv|", "lmnh_hist_data_2.csv|", "lmnh_hist_data_3.csv/", "lmnh_hist_data_4.csv"],
            entries.Select(entry => entry.Key)
        );
        Assert.Contains("a pipe or a socket; expected a file", named.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named()
    {
        var error = Assert.Throws<MuseumException>(() => new FolderBucket(Full("nowhere")));
        Assert.Contains(Full("nowhere"), error.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_named_is_the_only_one_and_hashed_whatever_it_is_called()
    {
        Write("merged.csv", "abc");
        Write(Name, "def");

        var bucket = new FolderBucket(Full("merged.csv"));

        Assert.True(bucket.IsOneFile);
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        Assert.Equal("merged.csv", entry.Key);
        Assert.StartsWith("sha256:", entry.Version, StringComparison.Ordinal);
        Assert.Equal(new FolderBucket(directory.FullName).Location, bucket.Location);
    }

    [Fact]
    public async Task Folders_below_are_entered_only_where_it_is_asked_for()
    {
        Directory.CreateDirectory(Full("2023/march"));
        Write("2023/march/" + Name, "abc");

        Assert.Equal(["2023/"], (await new FolderBucket(directory.FullName).ListAsync(Cancel)).Select(e => e.Key));
        var bucket = new FolderBucket(directory.FullName, recursive: true);
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        Assert.Equal("2023/march/" + Name, entry.Key);
        await using var content = await bucket.OpenAsync(entry, Cancel);
        Assert.Equal(3, content.Stream.Length);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named()
    {
        File.CreateSymbolicLink(Full(Name), Full("nothing"));
        var error = await Assert.ThrowsAsync<MuseumException>(() =>
            new FolderBucket(directory.FullName).ListAsync(Cancel)
        );
        Assert.Contains(Full(Name), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("older/")]
    public async Task A_key_that_is_no_file_of_the_directory_is_never_opened(string key) =>
        await Assert.ThrowsAsync<MuseumException>(() =>
            new FolderBucket(directory.FullName).OpenAsync(new(key, "sha256:x", 1), Cancel)
        );

    private static string Hash(string text) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private string Full(string name) => Path.Combine(directory.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(Full(name), text);

    // A minute later: two writes of a test may fall into one tick of the file system's clock.
    private void Change(string? text)
    {
        if (text is null)
        {
            File.Delete(Full(Name));
            return;
        }

        var written = File.GetLastWriteTimeUtc(Full(Name));
        Write(Name, text);
        File.SetLastWriteTimeUtc(Full(Name), written.AddMinutes(1));
    }

    /// <summary>Whoever looks every minute reads what has changed, however it hides, and nothing else.</summary>
    [Fact]
    public async Task What_is_looked_at_again_is_read_only_if_something_about_it_has_changed()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(1));
        var hashes = new FileHashes(clock);
        for (var file = 0; file < 3; file++)
            await File.WriteAllTextAsync(Full($"lmnh_hist_data_{file}.csv"), $"content {file}", Cancel);
        var first = await LookAsync();
        Assert.Equal(3, hashes.Read);
        Assert.Equal(first, await LookAsync());
        Assert.Equal(OperatingSystem.IsLinux() ? 3 : 6, hashes.Read);
        if (!OperatingSystem.IsLinux())
            return;

        // As long, and as old as before, as a copy that keeps times would be.
        var written = File.GetLastWriteTimeUtc(Full("lmnh_hist_data_1.csv"));
        await File.WriteAllTextAsync(Full("lmnh_hist_data_1.csv"), "CONTENT 1", Cancel);
        File.SetLastWriteTimeUtc(Full("lmnh_hist_data_1.csv"), written);
        var second = await LookAsync();
        Assert.Equal((first[0], first[2]), (second[0], second[2]));
        Assert.NotEqual(first[1], second[1]);
        Assert.Equal(4, hashes.Read);

        // Another file under the same name.
        await File.WriteAllTextAsync(Full("other"), "content 3", Cancel);
        File.SetLastWriteTimeUtc(Full("other"), File.GetLastWriteTimeUtc(Full("lmnh_hist_data_2.csv")));
        File.Move(Full("other"), Full("lmnh_hist_data_2.csv"), overwrite: true);
        Assert.NotEqual(second[2], (await LookAsync())[2]);
        Assert.Equal(5, hashes.Read);

        // Once a day all of it.
        clock.Advance(TimeSpan.FromHours(25));
        await LookAsync();
        Assert.Equal(8, hashes.Read);

        async Task<IReadOnlyList<BucketObject>> LookAsync() =>
            [
                .. (await new FolderBucket(directory.FullName, hashes: hashes).ListAsync(Cancel)).Where(entry =>
                    entry.Key != "other"
                ),
            ];
    }

    [Fact]
    public async Task What_was_written_a_moment_ago_is_read_again()
    {
        var hashes = new FileHashes(TimeProvider.System);
        await File.WriteAllTextAsync(Full("lmnh_hist_data_0.csv"), "content", Cancel);
        for (var look = 1; look <= 2; look++)
        {
            await new FolderBucket(directory.FullName, hashes: hashes).ListAsync(Cancel);
            Assert.Equal(look, hashes.Read);
        }
    }
}
