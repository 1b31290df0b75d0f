using System.Globalization;
using System.IO.Compression;
using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Files;

/// <summary>Compressed content, recognised by its first bytes and not by its name. It is decompressed whole before any
/// of it is used: a truncated one gives nothing.</summary>
internal static class Gzip
{
    // Without it a truncated stream counts as a complete one; see the project files, which set it for the program too.
    static Gzip() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Kiosks' files unfold to ten or twenty times their size, gzip could do a thousand: a megabyte of it would
    /// be a gigabyte on the disk, and more in the database.</summary>
    private const int MostTimes = 100;

    /// <summary>What is small may repeat itself.</summary>
    private const long Harmless = 64 << 20;

    /// <summary>Inspects a seekable stream, and leaves it at its start.</summary>
    public static bool Begins(Stream content)
    {
        Span<byte> head = stackalloc byte[3];
        content.Position = 0;
        var read = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return head[..read] is [0x1F, 0x8B, 8];
    }

    /// <summary>The decompressed content, as a nameless file.</summary>
    /// <param name="name">For messages.</param>
    /// <exception cref="DamagedException">It was truncated, or damaged on its way, or holds more than any file of ours
    /// could.</exception>
    public static async Task<FileStream> UnpackAsync(
        Stream packed,
        string name,
        string directory,
        CancellationToken cancel
    )
    {
        var most = Math.Max(Harmless, packed.Length * MostTimes);
        try
        {
            await using var unpacking = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            return await SpoolFile.CopyAsync(unpacking, $"what {name} holds", directory, cancel, most);
        }
        catch (TooMuchException e)
        {
            throw new DamagedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: found a gzip file of {packed.Length:N0} bytes that holds more than {most:N0}, expected "
                        + $"at most {MostTimes} times its size; nothing of it was loaded. If it is right, "
                        + $"decompress it first: gzip -d FILE"
                ),
                e
            );
        }
        catch (InvalidDataException e)
        {
            throw new DamagedException(
                $"{name}: found a gzip file that is cut or damaged, expected a whole one; nothing of it was loaded. "
                    + $"Fetch it again, and test it with: gzip -t FILE",
                e
            );
        }
    }
}

/// <summary>Content that cannot be used as a whole, whatever else is there.</summary>
internal sealed class DamagedException(string message, Exception inner)
    : MuseumException(ExitCode.DataRefused, message, inner);
