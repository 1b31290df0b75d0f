using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>How the consumer of one topic is: counted and kept for summaries, status and the health endpoint.
/// Thread-safe.</summary>
public sealed class StreamHealth(string topic, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly ReasonTally refused = new();
    private readonly SortedDictionary<int, string> stopped = [];
    private Counts counts;
    private string? database,
        broker;
    private long databaseTold;
    private int assigned;
    private long? lag;
    private bool joined;

    public string Topic { get; } = topic;

    /// <summary>The reason most messages were refused for.</summary>
    internal Reason? TopReason
    {
        get
        {
            lock (gate)
                return refused.Top;
        }
    }

    internal void Committed(Counts committed, ReasonTally reasons)
    {
        lock (gate)
        {
            counts += committed;
            refused.Add(reasons);
        }
    }

    /// <summary>True when it is time to say so (again).</summary>
    internal bool DatabaseIsAway(string problem)
    {
        lock (gate)
        {
            var tell = database is null || clock.GetElapsedTime(databaseTold) > TimeSpan.FromSeconds(30);
            database = problem;
            if (tell)
                databaseTold = clock.GetTimestamp();
            return tell;
        }
    }

    internal void DatabaseIsBack()
    {
        lock (gate)
            database = null;
    }

    /// <summary>True when the news is new.</summary>
    internal bool Broker(string? problem)
    {
        lock (gate)
        {
            var news = (broker is null) != (problem is null);
            broker = problem;
            return news;
        }
    }

    internal void Assigned(int partitions)
    {
        lock (gate)
            (assigned, joined) = (partitions, true);
    }

    internal void Lag(long? messages)
    {
        lock (gate)
            lag = messages;
    }

    internal void Stopped(int partition, string problem)
    {
        lock (gate)
            stopped[partition] = problem;
    }

    /// <summary>It is another consumer's to tell.</summary>
    internal void NotStopped(int partition)
    {
        lock (gate)
            stopped.Remove(partition);
    }

    internal void NothingStopped()
    {
        lock (gate)
            stopped.Clear();
    }

    /// <summary>Where it is now.</summary>
    public StreamState State()
    {
        lock (gate)
        {
            var state =
                database is not null ? "waiting for the database"
                : broker is not null ? "waiting for the broker"
                : stopped.Count > 0 ? "stopped"
                : !joined ? "joining"
                : assigned == 0 ? "standby"
                : "consuming";
            var reasons = new SortedDictionary<string, long>(
                refused.ByCode.ToDictionary(row => row.Reason, row => row.Count),
                StringComparer.Ordinal
            );
            return new StreamState(
                Topic,
                state,
                database is null && broker is null && stopped.Count == 0,
                database ?? broker ?? stopped.Values.FirstOrDefault(),
                assigned,
                lag,
                counts,
                reasons,
                [.. stopped.Keys]
            );
        }
    }
}

/// <summary>A picture of one topic's consumer.</summary>
/// <param name="State">For people: consuming, standby, joining, stopped, waiting for the database, waiting for the
/// broker.</param>
/// <param name="Healthy">False while it does not progress and should.</param>
/// <param name="Lag">Messages behind, over the partitions it has; null before it was looked at.</param>
public sealed record StreamState(
    string Topic,
    string State,
    bool Healthy,
    string? Problem,
    int Partitions,
    long? Lag,
    Counts Counts,
    SortedDictionary<string, long> Reasons,
    IReadOnlyList<int> StoppedPartitions
);
