using System.Diagnostics.Metrics;
using MuseumPipeline.Load.Streams;
using MuseumPipeline.Model;

namespace MuseumPipeline.Serve.Health;

/// <summary>A consumer's metrics: the same numbers as <c>/health</c>. Names and labels are a contract, in
/// docs/monitoring.md.</summary>
/// <param name="states">The state of each topic, at any time; empty before the start.</param>
internal sealed class StreamMetrics(Func<IReadOnlyList<StreamState>> states) : IMeasured
{
    private volatile IReadOnlyList<StreamState> seen = [];

    public Task LookAsync(CancellationToken cancel)
    {
        seen = states();
        return Task.CompletedTask;
    }

    public void Declare(Meter meter)
    {
        Count(
            "museum_records_read_total",
            "Messages read by this process, refused ones and repeats included.",
            state => state.Counts.Read
        );
        meter.CreateObservableCounter(
            "museum_records_loaded_total",
            Loaded,
            null,
            "Presses stored by this process: kind is rating or support (a help button)."
        );
        meter.CreateObservableCounter(
            "museum_records_quarantined_total",
            Quarantined,
            null,
            "Messages put into quarantine by this process, by reason."
        );
        Count(
            "museum_records_already_total",
            "Messages read again that were in the database already.",
            state => state.Counts.Already
        );
        Count(
            "museum_possible_help_total",
            "Messages in quarantine that may have been calls for help.",
            state => state.Counts.PossibleHelp
        );
        Gauge(
            "museum_lag_records",
            "Messages behind the end, over the partitions this process has; absent until first measured.",
            state => state.Lag
        );
        Gauge("museum_partitions", "Partitions this process has; 0 on standby.", state => state.Partitions);
        Gauge(
            "museum_partitions_stopped",
            "Partitions that wait for an operator's decision.",
            state => state.StoppedPartitions.Count
        );
        Gauge(
            "museum_topic_healthy",
            "1 while the topic's consumer does its work or is on standby, else 0.",
            state => state.Healthy ? 1 : 0
        );
        meter.CreateObservableGauge(
            "museum_consumer_healthy",
            () => seen.Count > 0 && seen.All(state => state.Healthy) ? 1L : 0L,
            null,
            "1 while /health answers 200: all topics have begun and are healthy."
        );

        void Count(string name, string help, Func<StreamState, long> number) =>
            meter.CreateObservableCounter(
                name,
                () => seen.Select(state => new Measurement<long>(number(state), Topic(state))),
                null,
                help
            );

        void Gauge(string name, string help, Func<StreamState, long?> number) =>
            meter.CreateObservableGauge(
                name,
                () =>
                    from state in seen
                    let value = number(state)
                    where value is not null
                    select new Measurement<long>(value.Value, Topic(state)),
                null,
                help
            );
    }

    private IEnumerable<Measurement<long>> Loaded() =>
        seen.SelectMany(state =>
            (Measurement<long>[])
                [
                    new(state.Counts.Ratings, Topic(state), new("kind", "rating")),
                    new(state.Counts.Support, Topic(state), new("kind", "support")),
                ]
        );

    // Every reason is present from the start: Prometheus would miss the first step of a metric that appears later.
    private IEnumerable<Measurement<long>> Quarantined() =>
        from state in seen
        from reason in Reasons.All
        select new Measurement<long>(state.Reasons.GetValueOrDefault(reason), Topic(state), new("reason", reason));

    private static KeyValuePair<string, object?> Topic(StreamState state) => new("topic", state.Topic);
}
