using System.Buffers;

namespace MuseumPipeline.Simulate;

/// <summary>Where simulated messages go.</summary>
internal abstract class StreamSink : IAsyncDisposable
{
    /// <summary>Takes the stream's current message; waits if there is no room for it.</summary>
    public abstract ValueTask SendAsync(KioskStream message, CancellationToken cancel);

    /// <summary>Nothing more comes for a while: the reader may have what there is.</summary>
    public abstract void Pause();

    /// <summary>Waits until everything that was sent is delivered, or cannot be.</summary>
    public abstract Task FinishAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Writes messages as JSON lines; in the ledger a line is an offset of partition 0.</summary>
internal sealed class LineSink(Stream lines, DeliveryLedger ledger) : StreamSink
{
    private const int FlushAt = 1 << 20;

    private readonly ArrayBufferWriter<byte> _pending = new(FlushAt + (1 << 17));
    private long _offset;

    public override ValueTask SendAsync(KioskStream message, CancellationToken cancel)
    {
        ledger.Note(0, _offset++, message.Value);
        _pending.Write(message.Value);
        _pending.Write("\n"u8);
        if (_pending.WrittenCount > FlushAt)
            Pause();
        return ValueTask.CompletedTask;
    }

    public override void Pause()
    {
        lines.Write(_pending.WrittenSpan);
        lines.Flush();
        _pending.ResetWrittenCount();
    }

    public override Task FinishAsync()
    {
        Pause();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => lines.DisposeAsync();
}
