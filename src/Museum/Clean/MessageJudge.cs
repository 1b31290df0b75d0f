using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Clean;

/// <summary>One stream message through parse and clean: the event, or the refusal with what of it can be read. Not
/// thread-safe.</summary>
public sealed class MessageJudge(Cleaner cleaner)
{
    private readonly JsonReadings readings = new();

    /// <summary>What was refused so far.</summary>
    public ReasonTally Refused { get; } = new();

    public void StartBatch() => cleaner.StartBatch();

    /// <summary>Null for a sound message, whose event is then set.</summary>
    /// <param name="value">As it arrived; at most its first <see cref="Refusal.RawKept"/> bytes need be there.</param>
    /// <param name="length">Bytes as it arrived.</param>
    /// <param name="databaseRefusal">Refuse it in the database's name.</param>
    public Refusal? Judge(
        ReadOnlySpan<byte> value,
        long length,
        int source,
        long position,
        string? databaseRefusal,
        out KioskEvent press
    )
    {
        press = default;
        var reason = readings.Read(value, out var reading, out var detail);
        reason ??= cleaner.CleanData(reading, source, position, out press);
        if (reason is null && databaseRefusal is not null)
            (reason, detail) = (Reason.RefusedByDatabase, databaseRefusal);
        if (reason is null)
            return null;
        Refused.Count(reason.Value);
        var raw = value.Length > Refusal.RawKept ? value[..Refusal.RawKept] : value;
        return cleaner.Explain(
            reading,
            new Refusal(source, position, reason.Value, detail ?? "") { Raw = raw.ToArray(), RawLength = length }
        );
    }
}
