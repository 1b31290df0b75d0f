using System.Collections.Concurrent;
using System.Security.Cryptography;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Buckets;

/// <summary>
/// A local directory with the rules of a bucket: its own files; subdirectories are listed as <c>name/</c> and not
/// entered, pipes and sockets as <c>name|</c> and not opened.
/// A file's version is the hash of its content, so that copying or touching it changes nothing.
/// </summary>
internal sealed class FolderBucket : IBucket
{
    /// <summary>The version of files that no museum's rule can match: they may be huge, and are never read.</summary>
    public const string Unhashed = "unhashed";

    private const string EmptyHash = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly ConcurrentDictionary<BucketObject, Stamp> stamps = new();
    private readonly string? only;
    private readonly FileHashes? hashes;

    /// <param name="path">The directory, or one file in it.</param>
    /// <param name="recursive">Enter the directories below it too; links in them are not followed.</param>
    /// <param name="hashes">Of those who looked at it before; null to read every file.</param>
    /// <exception cref="MuseumException">There is no such directory.</exception>
    public FolderBucket(string path, bool recursive = false, FileHashes? hashes = null)
    {
        (IsRecursive, this.hashes) = (recursive, hashes);
        var full = Path.GetFullPath(path);
        if (File.Exists(full))
            (only, full) = (Path.GetFileName(full), Path.GetDirectoryName(full)!);
        if (!Directory.Exists(full))
            throw Missing(full, "does not exist", "check the path; to name an S3 bucket write s3://NAME");
        Location = Resolve(full);
    }

    /// <summary>The absolute path with symbolic links resolved: one directory has one identity in the ledger.</summary>
    public string Location { get; }

    public int Fetches => 1;

    public bool IsOneFile => only is not null;

    public bool IsRecursive { get; }

    public string Prefix => only ?? "";

    public string Folder => "";

    public async Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel)
    {
        var found = new ConcurrentBag<BucketObject>();
        await Parallel.ForEachAsync(
            Entries(),
            cancel,
            async (entry, token) => found.Add(await DescribeAsync(entry, token))
        );
        return [.. found.OrderBy(entry => entry.Key, StringComparer.Ordinal)];
    }

    public async Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel)
    {
        var path = PathOf(entry);

        FileStream? file = null;
        try
        {
            // Nothing can be read from it anyway, and opening something that is not a file (a named pipe also has no
            // length) could wait for ever.
            if (Stamp.Of(path) is { Size: 0 })
                return entry.Size == 0 ? new EmptyContent() : throw Changed(entry, "is empty now");
            file = Open(path);
            var stamp = Stamp.Of(file);
            if (!stamps.TryGetValue(entry, out var listed) || listed != stamp)
                await HashAgainAsync(file, entry, stamp, cancel);
            file.Position = 0;
            return new FileContent(file, path, stamp);
        }
        catch (Exception e)
        {
            if (file is not null)
                await file.DisposeAsync();
            throw e switch
            {
                FileNotFoundException or DirectoryNotFoundException => Changed(entry, "is gone", gone: true),
                IOException or UnauthorizedAccessException => Unreadable(path, e),
                _ => e,
            };
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FileSystemInfo[] Entries()
    {
        try
        {
            var folder = new DirectoryInfo(Location);
            var entries = folder.GetFileSystemInfos(
                only ?? "*",
                new EnumerationOptions
                {
                    AttributesToSkip = 0,
                    MatchType = MatchType.Simple,
                    MatchCasing = MatchCasing.CaseSensitive,
                    IgnoreInaccessible = false,
                }
            );
            return only is null
                ? IsRecursive
                    ? [.. entries.SelectMany(Below)]
                    : entries
                : [new FileInfo(Path.Combine(Location, only))];
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"Cannot list the directory {KeyText.Show(Location)}: {e.Message} Check that it is there and that "
                    + $"this user may read it.",
                e
            );
        }
    }

    private async ValueTask<BucketObject> DescribeAsync(FileSystemInfo entry, CancellationToken cancel)
    {
        if (entry is not FileInfo file || Directory.Exists(entry.FullName))
            return new(KeyOf(entry) + "/", Unhashed, 0);
        if (!MayBeOurs(entry.Name) && only is null)
            return new(KeyOf(entry), Unhashed, Stamp.Of(file.FullName)?.Size ?? 0);
        if (!RegularFile.Is(file.FullName))
            return only is null ? new(KeyOf(entry) + "|", Unhashed, 0) : throw NoFile(file.FullName);
        try
        {
            if (Stamp.Of(file.FullName) is { Size: 0 })
                return new(KeyOf(entry), EmptyHash, 0);
            await using var content = Open(entry.FullName);
            var stamp = Stamp.Of(content);
            var version = hashes is null
                ? await HashAsync(content, cancel)
                : await hashes.OfAsync(entry.FullName, content.SafeFileHandle, () => HashAsync(content, cancel));
            var described = new BucketObject(KeyOf(entry), version, stamp.Size);

            // A file that is being written gets no stamp, and is hashed again when it is opened.
            if (Stamp.Of(content) == stamp)
                stamps[described] = stamp;
            return described;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(entry.FullName, e);
        }
    }

    // Wider than any museum's rules, so that every file of ours is hashed even when the rules change.
    private static bool MayBeOurs(string name) =>
        name.Contains("_hist_data_", StringComparison.Ordinal)
        || name.Contains("_exhibition_", StringComparison.Ordinal);

    private static IEnumerable<FileSystemInfo> Below(FileSystemInfo entry) =>
        entry is DirectoryInfo { LinkTarget: null } folder
            ? folder
                .GetFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
                .SelectMany(Below)
            : [entry];

    private string KeyOf(FileSystemInfo entry) =>
        Path.GetRelativePath(Location, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');

    private string PathOf(BucketObject entry) =>
        (IsRecursive || !entry.Key.Contains('/'))
        && entry.Key.Split('/').All(part => Path.GetFileName(part) == part && part is not ("" or "." or ".."))
            ? Path.Combine(Location, entry.Key)
            : throw new MuseumException(
                ExitCode.DataRefused,
                $"'{KeyText.Show(entry.Key)}' is not a file of {KeyText.Show(Location)}."
            );

    private static async Task HashAgainAsync(FileStream file, BucketObject entry, Stamp stamp, CancellationToken cancel)
    {
        var version = await HashAsync(file, cancel);
        if (version != entry.Version || Stamp.Of(file) != stamp)
            throw Changed(entry, "has other content now");
    }

    private static async Task<string> HashAsync(FileStream file, CancellationToken cancel) =>
        "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));

    // Other programs may keep writing these files; a change is noticed.
    private static FileStream Open(string path) =>
        new(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            0,
            FileOptions.SequentialScan
        );

    private static string Resolve(string full)
    {
        var resolved = Path.GetPathRoot(full)!;
        foreach (
            var part in full[resolved.Length..]
                .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
        )
        {
            resolved = Path.Combine(resolved, part);
            if (Directory.ResolveLinkTarget(resolved, returnFinalTarget: false) is { } target)
                resolved = Resolve(target.FullName);
        }

        return resolved;
    }

    private static MuseumException Missing(string path, string found, string fix) =>
        new(
            ExitCode.Configuration,
            new Explanation($"Expected a directory, but {KeyText.Show(path)} {found}", ["MUSEUM_BUCKET"], fix)
        );

    private static ObjectChangedException Changed(BucketObject entry, string how, bool gone = false) =>
        new($"{KeyText.Show(entry.Key)} {how}: it was {entry.Size} bytes, {entry.Version}, when it was listed.", gone);

    private static MuseumException NoFile(string path) =>
        new(
            ExitCode.Usage,
            $"found {KeyText.Show(path)}, a pipe or a socket; expected a file: write what it carries to a file first"
        );

    private static MuseumException Unreadable(string path, Exception e) =>
        new(
            ExitCode.Service,
            $"Cannot read {KeyText.Show(path)}: {e.Message} Give this user the right to read it, or move it out "
                + $"of the directory.",
            e
        );

    /// <summary>Changes when a file is written.</summary>
    private readonly record struct Stamp(long Size, DateTime Written)
    {
        public static Stamp Of(FileStream file) =>
            new(RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle));

        /// <summary>The stamp of the file that a link leads to, as for an open handle.</summary>
        public static Stamp? Of(string path)
        {
            var file = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            return file.Exists ? new(file.Length, file.LastWriteTimeUtc) : null;
        }
    }

    private sealed class FileContent(FileStream file, string path, Stamp listed) : BucketContent
    {
        public override Stream Stream => file;

        public override bool Verified => true;

        public override bool Unchanged()
        {
            try
            {
                return Stamp.Of(file) == listed && Stamp.Of(path) == listed;
            }
            catch (IOException)
            {
                return false;
            }
        }

        public override ValueTask DisposeAsync() => file.DisposeAsync();
    }

    private sealed class EmptyContent : BucketContent
    {
        public override Stream Stream { get; } = new MemoryStream([], writable: false);

        public override bool Verified => true;

        public override bool Unchanged() => true;

        public override ValueTask DisposeAsync() => Stream.DisposeAsync();
    }
}
