using System.Security.Cryptography;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Files;

/// <summary>A file of JSON lines. Its name proves nothing (logs are rotated, archives are moved, a link may point
/// elsewhere tomorrow), so its identity is its content: the same bytes are the same file wherever they are, and a file
/// that begins with a known one is that file, grown. It is opened once: size, hash and records belong to the same
/// file.</summary>
public sealed class Archive : IDisposable
{
    private readonly FileStream file;
    private readonly DateTime? written;

    private Archive(FileStream file, string name, bool copied)
    {
        (this.file, Name) = (file, name);
        Size = RandomAccess.GetLength(file.SafeFileHandle);
        written = copied ? null : File.GetLastWriteTimeUtc(file.SafeFileHandle);
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Bytes, decompressed if it was compressed; as they were when it was opened.</summary>
    public long Size { get; }

    /// <summary><c>sha256:…</c> of all of it; known once <see cref="FindAsync"/> has read it.</summary>
    public string Version { get; private set; } = "";

    /// <param name="from">A path, or <c>-</c> for standard input. Input that can be read only once (a pipe, a FIFO) is
    /// first copied to a nameless file: what is refused may have to be read twice. Gzip is decompressed there.</param>
    /// <param name="directory">Where copies are kept.</param>
    /// <exception cref="MuseumException">It cannot be read.</exception>
    public static async Task<Archive> OpenAsync(string from, Stream input, string directory, CancellationToken cancel)
    {
        var name = from == "-" ? "standard input" : from;
        var copied = false;
        var file =
            from == "-"
                ? await CopyAsync(input, name)
                // Opening a FIFO waits for the other end, and must be cancellable.
                : await Task.Run(() => Open(from), cancel).WaitAsync(cancel);
        if (!file.CanSeek)
        {
            await using var pipe = file;
            file = await CopyAsync(pipe, name);
        }

        try
        {
            if (!Gzip.Begins(file))
                return new Archive(file, name, copied);
            await using var packed = file;
            return new Archive(await Gzip.UnpackAsync(packed, name, directory, cancel), name, copied: true);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        Task<FileStream> CopyAsync(Stream stream, string what)
        {
            copied = true;
            return SpoolFile.CopyAsync(stream, what, directory, cancel);
        }
    }

    // Its writer is not to be blocked; changes are noticed.
    private static FileStream Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var found =
                Directory.Exists(path) ? $"the directory {path}"
                : e is FileNotFoundException or DirectoryNotFoundException ? $"no file {path}"
                : $"{path}, which cannot be read ({e.Message})";
            throw new MuseumException(
                ExitCode.Usage,
                $"--from: found {found}; expected a file of JSON lines, or - for standard input",
                e
            );
        }
    }

    /// <summary>The version that is this file or its beginning; the longest, if there are several. Null if the file is
    /// new.</summary>
    /// <param name="known">Versions loaded before, each with its size in bytes.</param>
    public async Task<string?> FindAsync(IEnumerable<(string Version, long Size)> known, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var bytes = View();
        string? found = null;
        foreach (var source in known.Where(s => s.Size <= Size).OrderBy(s => s.Size))
        {
            await AddAsync(hash, bytes, source.Size - bytes.Position, cancel);
            if (Text(hash) == source.Version)
                found = source.Version;
        }

        await AddAsync(hash, bytes, Size - bytes.Position, cancel);
        Version = Text(hash);
        return found;
    }

    private static string Text(IncrementalHash hash) => "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());

    private async Task AddAsync(IncrementalHash hash, FileView view, long bytes, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            var read = await view.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancel);
            if (read == 0)
                throw Changed("became shorter");
            hash.AppendData(buffer, 0, read);
            bytes -= read;
        }
    }

    /// <summary>All of it, with a position of its own.</summary>
    internal FileView View() => new(file.SafeFileHandle, Size);

    /// <summary>Reads from here to the end.</summary>
    /// <exception cref="MuseumException">The last line that was loaded was not complete then: the rest of it is not a
    /// record.</exception>
    public NdjsonReader Read(long nextByte, long nextLine)
    {
        var view = View();
        if (nextByte > 0 && nextByte < Size && !IsLineStart(view, nextByte))
        {
            view.Dispose();
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{Name}: line {nextLine} was loaded before it was complete; expected whole lines. Its beginning "
                    + $"is in quarantine: put the rest into a file of its own"
            );
        }

        return new NdjsonReader(view, nextByte, nextLine);
    }

    private static bool IsLineStart(FileView view, long at)
    {
        view.Position = at - 1;
        return view.ReadByte() == '\n' || view.ReadByte() is '\n' or '\r';
    }

    /// <summary>Called before each commit: what was read must still match the version. Lines may be appended.</summary>
    /// <exception cref="MuseumException">It was overwritten.</exception>
    public void CheckUnchanged()
    {
        var length = RandomAccess.GetLength(file.SafeFileHandle);
        if (length < Size)
            throw Changed("became shorter");
        if (length == Size && written is { } then && File.GetLastWriteTimeUtc(file.SafeFileHandle) != then)
            throw Changed("was written to");
    }

    private MuseumException Changed(string how) =>
        new(ExitCode.Service, $"{Name} {how} while it was read: load it again when it no longer changes");

    public void Dispose() => file.Dispose();
}
