using Microsoft.Win32.SafeHandles;

namespace MuseumPipeline.Source.Files;

/// <summary>The first bytes of an open file, with a position of its own: later appends are not visible, and the file is
/// not opened a second time.</summary>
internal sealed class FileView(SafeFileHandle handle, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(handle, buffer[..Most(buffer.Length)], Position);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(handle, buffer[..Most(buffer.Length)], Position, cancellationToken);
        Position += read;
        return read;
    }

    private int Most(int wanted) => (int)Math.Clamp(length - Position, 0, wanted);

    public override long Seek(long offset, SeekOrigin origin) =>
        Position =
            offset
            + origin switch
            {
                SeekOrigin.Begin => 0,
                SeekOrigin.Current => Position,
                _ => length,
            };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
