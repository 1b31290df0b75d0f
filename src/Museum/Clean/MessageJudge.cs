using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Clean;

/// <summary>Parses and cleans one stream message: returns the event, or the refusal with everything that can be read of
/// it. Not thread-safe.</summary>
public sealed class MessageJudge(Cleaner cleaner)
{
    private readonly JsonReadings readings = new();
    private readonly RecordJudge judge = new(cleaner);

    /// <summary>Refusals since the last clear, by reason.</summary>
    public ReasonTally Refused => judge.Refused;

    /// <summary>Set while a transaction holds one message that the database refused before.</summary>
    internal DatabaseRefusal? Database
    {
        get => judge.Database;
        set => judge.Database = value;
    }

    public void StartBatch() => judge.StartBatch();

    /// <summary>Returns null and sets the event for a valid message.</summary>
    public Refusal? Judge(scoped in RawRecord message, out KioskEvent press)
    {
        var fault = readings.Read(message.Bytes, out var reading, out var detail);
        if (fault is null && reading.IsEmpty && JsonReadings.Elsewhere(message.Bytes) is { } elsewhere)
            (fault, detail) = (Reason.MissingAt, $"found {elsewhere}, expected at, site and val in the message itself");
        return judge.Judge(message, reading, fault, detail, out press);
    }
}
