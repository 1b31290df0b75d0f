using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Copies objects into a directory. Their keys are hostile text: a key that cannot be a plain file below the
/// directory is skipped with a reason.</summary>
internal sealed partial class Download(
    IBucket bucket,
    string directory,
    IReadOnlyList<BucketObject> objects,
    DownloadOptions options
)
{
    private const int SideBySide = 8;
    private const string Taken = "a file of that name is there already, and is kept";

    private static readonly HashSet<string> DeviceNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "COM1",
        "COM2",
        "COM3",
        "COM4",
        "COM5",
        "COM6",
        "COM7",
        "COM8",
        "COM9",
        "LPT1",
        "LPT2",
        "LPT3",
        "LPT4",
        "LPT5",
        "LPT6",
        "LPT7",
        "LPT8",
        "LPT9",
    };

    private readonly string root = Path.GetFullPath(directory);
    private readonly ConcurrentBag<DownloadedFile> files = [];
    private readonly ConcurrentBag<SkippedObject> skipped = [];
    private readonly long bytes = objects.Sum(entry => entry.Size);
    private long bytesDone;
    private int objectsDone;

    public async Task<DownloadReport> RunAsync(CancellationToken cancel)
    {
        MakeRoot();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancel };
        await Parallel.ForEachAsync(
            Plan(),
            parallel,
            async (item, token) =>
            {
                await FetchAsync(item.Entry, item.Parts, token);
                Report(item.Entry);
            }
        );
        return new(
            [.. files.OrderBy(file => file.Key, StringComparer.Ordinal)],
            [.. skipped.OrderBy(entry => entry.Key, StringComparer.Ordinal)]
        );
    }

    // Decided before anything is written, in the order of the listing, so that two runs choose the same.
    private List<(BucketObject Entry, string[] Parts)> Plan()
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var folders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var plan = new List<(BucketObject, string[])>();
        foreach (var entry in objects)
        {
            var name = entry.Key.StartsWith(bucket.Folder, StringComparison.Ordinal)
                ? entry.Key[bucket.Folder.Length..]
                : entry.Key;
            var parts = name.Split('/');
            var above = Enumerable
                .Range(1, parts.Length - 1)
                .Select(depth => string.Join('/', parts[..depth]))
                .ToList();
            if (Objection(name, parts) is { } objection)
                Skip(entry, objection);
            else if (!options.SystemNames && Array.Find(parts, IsForTheSystem) is { } system)
                Skip(entry, $"{KeyText.Show(system)} is a name that programs read or run by themselves");
            else if (folders.Contains(name) || above.Exists(taken.ContainsKey))
                Skip(entry, "would have to be a file and a folder at once, with another key");
            else if (!taken.TryAdd(name, entry.Key))
                Skip(
                    entry,
                    $"differs from {KeyText.Show(taken[name])} only in capitals: one would replace the other on "
                        + $"many file systems"
                );
            else
            {
                folders.UnionWith(above);
                plan.Add((entry, parts));
            }
        }

        return plan;
    }

    private static string? Objection(string name, string[] parts)
    {
        if (name.EndsWith('/') || name.Length == 0)
            return "a folder marker, not a file";
        foreach (var part in parts)
        {
            if (part.Length == 0)
                return "has an empty folder name (// or a leading /)";
            if (part is "." or "..")
                return "has . or .. in its path, which may lead out of the directory";
            if (Encoding.UTF8.GetByteCount(part) > 255)
                return "has a name longer than 255 bytes, which no file system takes";
            if (part.Any(c => char.IsControl(c) || c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|'))
                return "has a character that file names cannot have everywhere";
            if (part[^1] is ' ' or '.' || DeviceNames.Contains(part.Split('.')[0]))
                return "has a name that Windows reserves";
        }

        return null;
    }

    /// <summary>What a shell, a loader or this program looks for without being told: .env, .ssh, libraries.</summary>
    private static bool IsForTheSystem(string part) =>
        part[0] == '.' || Executable().IsMatch(part) || part.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\.(so(\.[0-9.]+)?|dylib|dll|exe|cmd|bat|ps1|lnk)$", RegexOptions.IgnoreCase)]
    private static partial Regex Executable();

    private async Task FetchAsync(BucketObject entry, string[] parts, CancellationToken cancel)
    {
        if (!TryMakeFolder(parts, out var folder, out var objection))
        {
            Skip(entry, objection);
            return;
        }

        var target = Path.Combine(folder, parts[^1]);
        if (!options.Overwrite && File.Exists(target))
        {
            Skip(entry, Taken);
            return;
        }

        var temporary = Path.Combine(folder, $".museum-{Guid.NewGuid():N}.part");
        try
        {
            await using var content = await bucket.OpenAsync(entry, cancel);
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                await content.Stream.CopyToAsync(file, cancel);
            if (!content.Unchanged())
                throw new ObjectChangedException("was changed while it was copied");
            File.Move(temporary, target, options.Overwrite);
            files.Add(new(entry.Key, target, entry.Size, content.Verified));
        }
        catch (ObjectChangedException e)
        {
            Skip(entry, e.Message + " Download again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!options.Overwrite && File.Exists(target))
                Skip(entry, Taken);
            else if (Directory.Exists(target))
                Skip(entry, "a folder of that name is in the way");
            else
                throw Unwritable(target, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // A link inside the directory could lead the path outside.
    private bool TryMakeFolder(string[] parts, out string folder, [NotNullWhen(false)] out string? objection)
    {
        (folder, objection) = (root, null);
        foreach (var part in parts[..^1])
        {
            folder = Path.Combine(folder, part);
            try
            {
                if (Directory.CreateDirectory(folder).LinkTarget is not null)
                    objection = $"{part} is a link in the directory, and is not followed";
            }
            catch (IOException) when (File.Exists(folder))
            {
                objection = $"a file named {KeyText.Show(part)} is in the way of its folder";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(folder, e);
            }

            if (objection is not null)
                return false;
        }

        return true;
    }

    private void MakeRoot()
    {
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(root, e);
        }
    }

    private void Skip(BucketObject entry, string reason) => skipped.Add(new(entry.Key, reason));

    private void Report(BucketObject entry) =>
        options.Progress?.Report(
            new(
                objects.Count,
                Interlocked.Increment(ref objectsDone),
                bytes,
                Interlocked.Add(ref bytesDone, entry.Size)
            )
        );

    private static MuseumException Unwritable(string path, Exception e) =>
        new(
            ExitCode.Service,
            $"Cannot write {KeyText.Show(path)}: {e.Message} Free some space, check the rights, or choose another "
                + $"directory.",
            e
        );
}
