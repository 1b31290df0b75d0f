using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;

namespace MuseumPipeline.Commands.Consume;

/// <summary>A consumer's measurements for the JSON log. Names and meanings are a contract, in
/// docs/monitoring.md.</summary>
/// <param name="museums">The museums whose topics are consumed.</param>
internal sealed class ConsumeMeasurements(
    IReadOnlyList<Museum> museums,
    Func<IReadOnlyList<StreamState>> states,
    Func<int?> run
)
{
    private readonly Dictionary<string, (long Read, long Refused)> told = new(StringComparer.Ordinal);

    /// <summary>The counts since the last call, and the current state.</summary>
    public IReadOnlyList<Measurement> Take() => [.. states().SelectMany(Of)];

    private IEnumerable<Measurement> Of(StreamState state)
    {
        var museum = museums.FirstOrDefault(of => of.Topic == state.Topic)?.Code;
        var (read, refused) = told.GetValueOrDefault(state.Topic);
        told[state.Topic] = (state.Counts.Read, state.Counts.Quarantined);
        yield return Number(MeasuredEvents.Read, state.Counts.Read - read);
        yield return Number(MeasuredEvents.Refused, state.Counts.Quarantined - refused);
        foreach (var (partition, behind) in state.Lags)
            yield return Number(MeasuredEvents.Lag, behind, partition);
        foreach (var partition in state.Lags.Keys.Except(state.StoppedPartitions))
            yield return Number(MeasuredEvents.Stopped, 0, partition);
        foreach (var partition in state.StoppedPartitions)
            yield return Number(MeasuredEvents.Stopped, 1, partition);

        Measurement Number(string name, long value, int? partition = null) =>
            new(name, value)
            {
                Museum = museum,
                Source = state.Topic,
                Partition = partition,
                Run = run(),
            };
    }
}
