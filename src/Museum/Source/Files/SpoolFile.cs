using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Files;

/// <summary>A file without a name, or one that is deleted when closed, so that even a killed process leaves nothing
/// behind.</summary>
internal static class SpoolFile
{
    /// <param name="size">How much will be written; 0 if unknown.</param>
    /// <exception cref="IOException">There is no room, or no such directory.</exception>
    public static FileStream Create(string directory, long size = 0)
    {
        var path = Path.Combine(directory, $"museum-{Guid.NewGuid():N}.spool");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
            PreallocationSize = size,
        };
        if (OperatingSystem.IsWindows())
            return new(path, options);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }

    /// <summary>A copy of the rest of this stream.</summary>
    /// <param name="what">For the message, if there is no room.</param>
    /// <param name="most">The most bytes to keep.</param>
    /// <exception cref="TooMuchException">There are more.</exception>
    public static async Task<FileStream> CopyAsync(
        Stream stream,
        string what,
        string directory,
        CancellationToken cancel,
        long most = long.MaxValue
    )
    {
        FileStream? file = null;
        var kept = 0L;
        var buffer = new byte[1 << 16];
        try
        {
            file = Create(directory);
            for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0; )
            {
                kept += read;
                if (kept > most)
                    throw new TooMuchException($"more than {most} bytes");
                await WriteAsync(file, buffer.AsMemory(0, read), what, directory, cancel);
            }

            file.Position = 0;
            return file;
        }
        catch (Exception e)
        {
            if (file is not null)
                await file.DisposeAsync();
            if (file is null && e is IOException or UnauthorizedAccessException)
                throw NoRoom(what, directory, 0, e);
            throw;
        }
    }

    private static async Task WriteAsync(
        FileStream file,
        ReadOnlyMemory<byte> bytes,
        string what,
        string directory,
        CancellationToken cancel
    )
    {
        try
        {
            await file.WriteAsync(bytes, cancel);
        }
        catch (IOException e)
        {
            throw NoRoom(what, directory, bytes.Length, e);
        }
    }

    public static MuseumException NoRoom(string what, string directory, long bytes, Exception e) =>
        new(
            ExitCode.Service,
            $"Cannot keep {what} in {directory} while it is read ({bytes} bytes to write): {e.Message} "
                + "Free some space there, or set MUSEUM_SPOOL to another directory.",
            e
        );
}

/// <summary>A stream holds more than whoever reads it takes.</summary>
internal sealed class TooMuchException(string message) : Exception(message);
