using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>A load that keeps its records, in the order in which they are read, and writes nothing.</summary>
internal sealed class RecordSink(int sourceId) : ILoad
{
    public int SourceId { get; } = sourceId;

    public int HourlyRows => 0;

    public List<JudgedRecord> Records { get; private set; } = [];

    public void Write(in KioskEvent kioskEvent) => Records.Add(new(kioskEvent.Position, kioskEvent, null));

    public void Write(Refusal refusal) => Records.Add(new(refusal.Position, default, refusal));

    /// <summary>Returns the collected records and starts over.</summary>
    public List<JudgedRecord> Take()
    {
        var taken = Records;
        Records = new(taken.Count);
        return taken;
    }

    public ValueTask FlushAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    public Task CommitAsync(LoadProgress progress, CancellationToken cancel) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
