using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>The state of one topic's consumer: counted and kept for summaries, status and the health endpoint, and
/// evaluated when asked. Thread-safe.</summary>
public sealed class StreamHealth(string topic, TimeProvider clock)
{
    /// <summary>After this long, a query to the database counts as unanswered.</summary>
    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly ReasonTally refused = new();
    private readonly SortedDictionary<int, string> stopped = [];
    private readonly Dictionary<long, long> questions = [];
    private Counts counts;
    private string? database,
        waiting,
        broker,
        refusal,
        group,
        backlog,
        ended;
    private long databaseTold,
        nextQuestion;
    private int assigned;
    private IReadOnlyDictionary<int, long> lags = new Dictionary<int, long>();
    private bool joined;

    public string Topic { get; } = topic;

    internal void Committed(Counts committed, ReasonTally reasons)
    {
        lock (gate)
        {
            counts += committed;
            refused.Add(reasons);
            (database, refusal) = (null, null);
        }
    }

    /// <summary>A query to the database, until it is disposed: a slow one is noticed while it is still
    /// running.</summary>
    internal IDisposable Asking()
    {
        lock (gate)
        {
            var number = nextQuestion++;
            questions[number] = clock.GetTimestamp();
            return new Question(this, number);
        }
    }

    /// <summary>The age of the oldest unanswered query to the database; zero if there is none.</summary>
    internal TimeSpan OldestQuestion
    {
        get
        {
            lock (gate)
                return questions.Count == 0 ? TimeSpan.Zero : clock.GetElapsedTime(questions.Values.Min());
        }
    }

    /// <summary>What an unanswered query waits for, if known.</summary>
    internal void WaitsFor(string? reason)
    {
        lock (gate)
            waiting = reason;
    }

    /// <summary>True if it is time to report it (again).</summary>
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

    /// <summary>True if this is new.</summary>
    internal bool Broker(string? problem)
    {
        lock (gate)
        {
            var news = broker != problem;
            broker = problem;
            return news;
        }
    }

    /// <summary>Why the broker does not answer; null while it does.</summary>
    internal string? BrokerProblem
    {
        get
        {
            lock (gate)
                return broker;
        }
    }

    /// <summary>The ends of the partitions when the brokers were last asked.</summary>
    internal IReadOnlyDictionary<int, long> Ends { get; set; } = new Dictionary<int, long>();

    /// <summary>A service refuses us; a commit, or reaching the end, clears this. True if this is new.</summary>
    internal bool Refused(string problem)
    {
        lock (gate)
        {
            var news = refusal != problem;
            (database, refusal) = (null, problem);
            return news;
        }
    }

    /// <summary>Everything has been read, or there is nothing to do: nothing refuses us now.</summary>
    internal void Works()
    {
        lock (gate)
            (database, refusal) = (null, null);
    }

    /// <summary>The group does not accept us. True if this is new.</summary>
    internal bool Group(string problem)
    {
        lock (gate)
        {
            var news = group != problem;
            group = problem;
            return news;
        }
    }

    /// <summary>Messages that nobody consumes. True if this is new.</summary>
    internal bool Backlog(string? problem)
    {
        lock (gate)
        {
            var news = (backlog is null) != (problem is null);
            backlog = problem;
            return news;
        }
    }

    /// <summary>It needs a person, and is not retried.</summary>
    internal void Ended(string problem)
    {
        lock (gate)
            ended = problem;
    }

    /// <summary>The group has accepted us.</summary>
    internal void Joined()
    {
        lock (gate)
            (joined, group) = (true, null);
    }

    /// <summary>We are in the group.</summary>
    internal bool HasJoined
    {
        get
        {
            lock (gate)
                return joined;
        }
    }

    internal void Assigned(int partitions)
    {
        lock (gate)
            assigned = partitions;
    }

    /// <summary>Out of the group, until the next assignment.</summary>
    internal void Joining()
    {
        lock (gate)
            (assigned, joined) = (0, false);
    }

    /// <param name="messages">Messages behind, by partition.</param>
    internal void Lag(IReadOnlyDictionary<int, long> messages)
    {
        lock (gate)
            lags = messages;
    }

    internal void Stopped(int partition, string problem)
    {
        lock (gate)
            stopped[partition] = problem;
    }

    /// <summary>Another consumer reports it now.</summary>
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

    /// <summary>The current position.</summary>
    public StreamState State()
    {
        lock (gate)
        {
            var (state, problem) = Now();
            var reasons = new SortedDictionary<string, long>(
                refused.ByCode.ToDictionary(row => row.Reason, row => row.Count),
                StringComparer.Ordinal
            );
            return new StreamState(
                Topic,
                state,
                problem is null,
                problem,
                assigned,
                lags.Count == 0 ? null : lags.Values.Sum(),
                counts,
                reasons,
                [.. stopped.Keys]
            )
            {
                Lags = lags,
            };
        }
    }

    /// <summary>The first that applies: later ones may follow from it.</summary>
    private (string State, string? Problem) Now()
    {
        if (ended is not null)
            return ("needs a person", ended);
        if (database is not null)
            return ("waiting for the database", database);
        if (questions.Count > 0 && clock.GetElapsedTime(questions.Values.Min()) is var age && age > Unanswered)
            return ("waiting for the database", Late(age));
        if (refusal is not null)
            return ("refused", refusal);
        if (broker is not null)
            return ("waiting for the broker", broker);
        if (group is not null)
            return ("refused", group);
        if (stopped.Count > 0)
            return ("stopped", stopped.Values.First());
        var calm =
            !joined ? "joining"
            : assigned == 0 ? "standby"
            : "consuming";
        return (calm, backlog);
    }

    private string Late(TimeSpan age) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the database has not answered for {age.TotalSeconds:0} s; {waiting ?? "it is not known why yet"}"
        );

    private sealed class Question(StreamHealth health, long number) : IDisposable
    {
        public void Dispose()
        {
            lock (health.gate)
            {
                health.questions.Remove(number);
                if (health.questions.Count == 0)
                    health.waiting = null;
            }
        }
    }
}

/// <summary>A snapshot of one topic's consumer.</summary>
/// <param name="State">For people: consuming, standby, joining, stopped, refused, waiting for the database, waiting for
/// the broker, needs a person.</param>
/// <param name="Healthy">False while it should progress but does not.</param>
/// <param name="Lag">Messages behind, over the partitions it has; null until measured.</param>
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
)
{
    /// <summary>The lag of each partition it has, if measured.</summary>
    public IReadOnlyDictionary<int, long> Lags { get; init; } = new Dictionary<int, long>();
}
