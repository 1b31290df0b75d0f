using System.Buffers;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Keeps an object until it is verified: in memory if it is small, else in a file without a name (or one that
/// is deleted when closed), so that even a killed process leaves nothing behind.</summary>
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
            return new(SpoolFile.Create(settings.SpoolDirectory, size), settings.SpoolDirectory, null);
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

    private static MuseumException NoRoom(string directory, long bytes, Exception e) =>
        SpoolFile.NoRoom("an S3 object", directory, bytes, e);
}

/// <summary>A complete object that can no longer change.</summary>
internal sealed class SpooledContent(Spool spool, bool verified) : BucketContent
{
    public override Stream Stream { get; } = spool.Rewind();

    public override bool Verified => verified;

    public override bool Unchanged() => true;

    public override ValueTask DisposeAsync() => spool.DisposeAsync();
}
