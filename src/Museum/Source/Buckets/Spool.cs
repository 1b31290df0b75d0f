using System.Buffers;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Buckets;

/// <summary>
/// Where an object waits until it has been verified: memory when small, else a file that has no name (or goes when it
/// is closed),
/// so that not even a killed process leaves it behind.
/// </summary>
internal sealed class Spool : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly string directory;
    private byte[]? rented;

    private Spool(Stream stream, string directory, byte[]? rented) =>
        (this.stream, this.directory, this.rented) = (stream, directory, rented);

    public static Spool Open(long size, S3Settings settings)
    {
        if (size <= settings.MemoryLimit)
        {
            var rented = ArrayPool<byte>.Shared.Rent((int)size);
            return new(new MemoryStream(rented, 0, (int)size), settings.SpoolDirectory, rented);
        }

        try
        {
            return new(OpenFile(settings.SpoolDirectory, size), settings.SpoolDirectory, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(settings.SpoolDirectory, size, e);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(bytes, cancel);
        }
        catch (IOException e)
        {
            throw NoRoom(directory, bytes.Length, e);
        }
    }

    /// <summary>What was written, from its start.</summary>
    public Stream Rewind()
    {
        stream.Position = 0;
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        if (Interlocked.Exchange(ref rented, null) is { } array)
            ArrayPool<byte>.Shared.Return(array);
    }

    private static FileStream OpenFile(string directory, long size)
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

    private static MuseumException NoRoom(string directory, long bytes, Exception e) =>
        new(
            ExitCode.Service,
            $"Cannot keep an S3 object in {directory} while it is verified ({bytes} bytes to write): {e.Message} "
                + "Free some space there, or name another directory with MUSEUM_SPOOL.",
            e
        );
}

/// <summary>An object that is here in full and can no longer change.</summary>
internal sealed class SpooledContent(Spool spool, bool verified) : BucketContent
{
    public override Stream Stream { get; } = spool.Rewind();

    public override bool Verified => verified;

    public override bool Unchanged() => true;

    public override ValueTask DisposeAsync() => spool.DisposeAsync();
}
