using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Targets;

/// <summary>A directory. A file is written beside its name and renamed: readers see the old one or the new
/// one.</summary>
internal sealed class FolderTarget(string directory) : ITarget
{
    /// <summary>No reader of *.parquet takes it for one.</summary>
    private const string Part = ".part";

    private readonly string root = Path.GetFullPath(directory);

    public string Describe => root;

    public Task<IReadOnlySet<string>> ListAsync(CancellationToken cancel) =>
        Guarded<IReadOnlySet<string>>(() =>
            Task.FromResult<IReadOnlySet<string>>(
                Directory.Exists(root)
                    ? Directory
                        .EnumerateFiles(root, "*", SearchOption.AllDirectories)
                        // What a run that was killed left half-written is no file.
                        .Where(file => !file.EndsWith(Part, StringComparison.Ordinal))
                        .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
                        .ToHashSet(StringComparer.Ordinal)
                    : new HashSet<string>()
            )
        );

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancel) =>
        Guarded(async () => File.Exists(PathOf(name)) ? await File.ReadAllBytesAsync(PathOf(name), cancel) : null);

    public Task PutAsync(string name, Func<Stream, Task> write, CancellationToken cancel) =>
        Guarded(async () =>
        {
            var path = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (
                var file = new FileStream(path + Part, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16)
            )
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + Part, path, overwrite: true);
            return true;
        });

    public Task DeleteAsync(string name, CancellationToken cancel) =>
        Guarded(() =>
        {
            File.Delete(PathOf(name));
            return Task.FromResult(true);
        });

    private string PathOf(string name) => Path.Combine(root, name.Replace('/', Path.DirectorySeparatorChar));

    private async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MuseumException(
                ExitCode.Service,
                $"--to: cannot write to {root}: {e.Message.TrimEnd('.')}. Expected a directory that this user may "
                    + $"write to, with "
                    + "room, and that no other export writes to",
                e
            );
        }
    }
}
