using MuseumPipeline.Model.Files;

namespace MuseumPipeline.Source.Files;

/// <summary>
/// A file that somebody names to be written. A regular one appears when it is complete. Whatever else has that name (a
/// device, a FIFO, standard output) is written through: a rename would put a file in its place.
/// </summary>
internal static class OutputFile
{
    private static readonly string[] StandardOutput = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

    /// <summary>True where the path is this process's standard output.</summary>
    public static bool IsStandardOutput(string path) => StandardOutput.Contains(Path.GetFullPath(path));

    /// <summary>Writes what <paramref name="write"/> writes, and returns what it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, Task<T>> write, CancellationToken cancel)
    {
        var target = Final(path);
        if (Through(target) is { } special)
        {
            await using (special)
                return await write(special);
        }

        if (Path.GetDirectoryName(target) is not { } directory || !Directory.Exists(directory))
            throw new DirectoryNotFoundException($"there is no directory {Path.GetDirectoryName(target)}");
        var part = Path.Combine(directory, $".museum-{Guid.NewGuid():N}.part");
        try
        {
            T result;
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                result = await write(file);
                cancel.ThrowIfCancellationRequested();
                file.Flush(flushToDisk: true);
            }

            File.Move(part, target, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Where links lead; what they lead to is replaced, not they.</summary>
    private static string Final(string path)
    {
        var full = Path.GetFullPath(path);
        if (IsOfTheSystem(full) || !File.Exists(full))
            return full;
        OwnFile.RefusePlanted(full);
        return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }

    /// <summary>What is no regular file, opened; null for one, and for a name that nothing has.</summary>
    private static Stream? Through(string target)
    {
        if (IsStandardOutput(target))
            return Console.OpenStandardOutput();
        if (!File.Exists(target))
            return null;
        var file = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        // A FIFO cannot be sought in; /dev/null can.
        if (!file.CanSeek || IsOfTheSystem(target))
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>A device, or an open file of a process.</summary>
    public static bool IsOfTheSystem(string path) =>
        !OperatingSystem.IsWindows()
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal));
}
