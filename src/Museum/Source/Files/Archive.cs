using System.Security.Cryptography;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Files;

/// <summary>
/// A file of JSON lines. What it is called says nothing of what is in it (logs are rotated, archives are moved), so its
/// identity is its content: the
/// same bytes are the same file wherever they lie, and a file that begins with a known one is that file, grown.
/// </summary>
public sealed class Archive : IDisposable
{
    private readonly string path;
    private readonly bool scratch;

    private Archive(string path, string name, bool scratch)
    {
        (this.path, Name, this.scratch) = (path, name, scratch);
        Size = new FileInfo(path).Length;
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    public long Size { get; }

    /// <summary><c>sha256:…</c> of all of it; known once <see cref="FindAsync"/> has read it.</summary>
    public string Version { get; private set; } = "";

    /// <param name="from">A path, or <c>-</c> for standard input, which is written to a temporary file first: what is
    /// refused may have to be read twice.</param>
    /// <exception cref="MuseumException">There is no such file.</exception>
    public static async Task<Archive> OpenAsync(string from, Stream input, CancellationToken cancel)
    {
        if (from != "-")
        {
            if (!File.Exists(from))
                throw new MuseumException(
                    ExitCode.Usage,
                    $"--from: found no file {from}; expected a file of JSON lines, or - for standard input"
                );
            return new Archive(Path.GetFullPath(from), from, scratch: false);
        }

        var spool = Path.GetTempFileName();
        await using (var file = File.Create(spool))
            await input.CopyToAsync(file, cancel);
        return new Archive(spool, "standard input", scratch: true);
    }

    /// <summary>The version that is this file or its beginning; the longest, where there are several. Null where the
    /// file is new.</summary>
    /// <param name="known">Versions loaded before, each with its size in bytes.</param>
    public async Task<string?> FindAsync(IEnumerable<(string Version, long Size)> known, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.OpenRead(path);
        string? found = null;
        long at = 0;
        foreach (var source in known.Where(s => s.Size <= Size).OrderBy(s => s.Size))
        {
            await AddAsync(hash, file, source.Size - at, cancel);
            at = source.Size;
            if (Text(hash) == source.Version)
                found = source.Version;
        }

        await AddAsync(hash, file, Size - at, cancel);
        Version = Text(hash);
        return found;
    }

    private static string Text(IncrementalHash hash) => "sha256:" + Convert.ToHexStringLower(hash.GetCurrentHash());

    private static async Task AddAsync(IncrementalHash hash, FileStream file, long bytes, CancellationToken cancel)
    {
        var buffer = new byte[1 << 16];
        while (bytes > 0)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancel);
            if (read == 0)
                throw new MuseumException(ExitCode.Service, $"{file.Name} became shorter while it was read");
            hash.AppendData(buffer, 0, read);
            bytes -= read;
        }
    }

    /// <summary>Reads on from here, to the end as it is when it is come to.</summary>
    /// <exception cref="MuseumException">The last line that was loaded had not been complete then: the rest of it is no
    /// record.</exception>
    public NdjsonReader Read(long nextByte, long nextLine)
    {
        var file = File.OpenRead(path);
        if (nextByte > 0 && nextByte < file.Length && !IsLineStart(file, nextByte))
        {
            file.Dispose();
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{Name}: line {nextLine} was loaded before it was complete; expected whole lines. Its beginning "
                    + $"is in quarantine: put the rest into a file of its own"
            );
        }

        return new NdjsonReader(file, nextByte, nextLine);
    }

    private static bool IsLineStart(FileStream file, long at)
    {
        file.Position = at - 1;
        return file.ReadByte() == '\n' || file.ReadByte() is '\n' or '\r';
    }

    public void Dispose()
    {
        if (scratch)
            File.Delete(path);
    }
}
