using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Run;

/// <summary>One stream message through parse and clean: the event, or the refusal with what of it can be read. Not thread-safe.</summary>
internal sealed class MessageJudge(Cleaner cleaner)
{
    private readonly JsonReadings readings = new();
    private readonly long[] refused = new long[Model.Reasons.All.Count];

    /// <summary>Refused so far, by reason.</summary>
    public ReadOnlySpan<long> Refused => refused;

    /// <summary>The same by code, without those that refused nothing.</summary>
    public IEnumerable<(string Reason, long Count)> Reasons => refused.Select((count, reason) => (((Reason)reason).Code(), count)).Where(row => row.count > 0);

    /// <summary>The reason most were refused for.</summary>
    public Reason? TopReason => refused.Max() is > 0 and var most ? (Reason)Array.IndexOf(refused, most) : null;

    public void StartBatch() => cleaner.StartBatch();

    /// <summary>Forgets the counts.</summary>
    public void Reset() => Array.Clear(refused);

    /// <summary>Null for a sound message, whose event is then set.</summary>
    /// <param name="value">As it arrived; at most its first <see cref="Refusal.RawKept"/> bytes need be there.</param>
    /// <param name="length">Bytes as it arrived.</param>
    /// <param name="databaseRefusal">Refuse it in the database's name.</param>
    public Refusal? Judge(ReadOnlySpan<byte> value, long length, int source, long position, string? databaseRefusal, out KioskEvent press)
    {
        press = default;
        var reason = readings.Read(value, out var reading, out var detail);
        reason ??= cleaner.CleanData(reading, source, position, out press);
        if (reason is null && databaseRefusal is not null) (reason, detail) = (Reason.RefusedByDatabase, databaseRefusal);
        if (reason is null) return null;
        refused[(int)reason.Value]++;
        var raw = value.Length > Refusal.RawKept ? value[..Refusal.RawKept] : value;
        return cleaner.Explain(reading, new Refusal(source, position, reason.Value, detail ?? "") { Raw = raw.ToArray(), RawLength = length });
    }
}
