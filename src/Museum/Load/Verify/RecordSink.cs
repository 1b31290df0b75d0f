using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>Keeps its records, in the order in which they are read, and writes nothing.</summary>
internal sealed class RecordSink(int sourceId) : IRecordSink
{
    public int SourceId { get; } = sourceId;

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
}
