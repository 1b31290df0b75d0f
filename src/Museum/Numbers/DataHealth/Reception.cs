using System.Globalization;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Numbers.DataHealth;

internal enum ReceptionState
{
    /// <summary>Presses arrive, or would if anybody pressed.</summary>
    Receiving,

    /// <summary>They would arrive, but the museum is closed.</summary>
    Closed,

    /// <summary>The museum has no stream, only history.</summary>
    History,

    /// <summary>Everything works, but nothing has arrived for far longer than usual at this hour.</summary>
    Quiet,

    /// <summary>Messages wait at the broker, and none is stored.</summary>
    Behind,

    /// <summary>A partition waits for an operator's decision.</summary>
    Stopped,

    /// <summary>The consumer's heartbeat is missing: killed, frozen, or without its database.</summary>
    NoAnswer,

    /// <summary>The consumer is alive but receives nothing.</summary>
    BrokerAway,

    /// <summary>The dashboard's own database does not answer: unknown.</summary>
    DatabaseAway,
}

/// <summary>Whether presses of a museum reach the database: green means received, not that some server answers. It is
/// judged by what the consumer writes to the database, so that a dead consumer need not report itself. The names and
/// their order are a contract.</summary>
/// <param name="Problem">A sentence, if something is wrong.</param>
/// <param name="LastArrival">When a message was last stored; null if none ever was.</param>
/// <param name="SeenAt">The consumer's last heartbeat.</param>
internal sealed record Reception(
    string Museum,
    ReceptionState State,
    bool Healthy,
    string? Problem,
    DateTimeOffset? LastArrival,
    DateTimeOffset? SeenAt
)
{
    /// <summary>Three heartbeats, which come every five seconds.</summary>
    public static readonly TimeSpan Alive = TimeSpan.FromSeconds(15);

    /// <summary>How long messages may wait at the broker before the stream counts as stalled.</summary>
    private static readonly TimeSpan Moving = TimeSpan.FromSeconds(20);

    /// <param name="rows">The museum's partitions, without retired ones.</param>
    /// <param name="silence">How long each owner has sent no heartbeat.</param>
    public static Reception Of(
        MuseumCube cube,
        IReadOnlyList<PartitionRow> rows,
        Func<PartitionRow, TimeSpan> silence,
        DateTimeOffset now
    )
    {
        // A partition that was only started has stored nothing yet.
        var arrival = rows.Where(row => row.NextOffset > row.StartOffset).Max(row => (DateTimeOffset?)row.UpdatedAt);
        var seen = rows.Max(row => row.SeenAt);
        var (state, why) = StateOf(cube, rows, silence, arrival, now);
        var healthy = state is ReceptionState.Receiving or ReceptionState.Closed or ReceptionState.History;
        return new(
            cube.Museum.Code,
            state,
            healthy,
            healthy ? null : $"No presses received {Since(cube, arrival ?? seen, now)}: {why}",
            arrival,
            seen
        );
    }

    /// <summary>Nobody knows.</summary>
    public static Reception Unknown(string museum, DateTimeOffset? lastArrival) =>
        new(
            museum,
            ReceptionState.DatabaseAway,
            false,
            "Whether presses arrive is not known: the dashboard's database does not answer",
            lastArrival,
            null
        );

    private static (ReceptionState State, string Why) StateOf(
        MuseumCube cube,
        IReadOnlyList<PartitionRow> rows,
        Func<PartitionRow, TimeSpan> silence,
        DateTimeOffset? arrival,
        DateTimeOffset now
    )
    {
        if (rows.Count == 0)
            return (ReceptionState.History, "");
        if (rows.FirstOrDefault(row => row.Problem is not null) is { } stopped)
            return (ReceptionState.Stopped, $"partition {stopped.Partition} of {stopped.Topic} is stopped");
        List<PartitionRow> deaf = [.. rows.Where(row => silence(row) > Alive)];
        if (deaf.Count == rows.Count)
            return (ReceptionState.NoAnswer, "the consumer does not answer");
        if (deaf is [var one, ..])
            return (
                ReceptionState.NoAnswer,
                $"nobody consumes {(deaf.Count == 1 ? $"partition {one.Partition}" : $"{deaf.Count} partitions")} of "
                    + one.Topic
            );
        if (rows.FirstOrDefault(row => row.Trouble is not null) is { } away)
            return (ReceptionState.BrokerAway, $"the consumer receives nothing ({away.Trouble})");
        var waiting = rows.Where(row => row.EndOffset > row.NextOffset && now - row.UpdatedAt > Moving).ToList();
        if (waiting.Count > 0)
            return (
                ReceptionState.Behind,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{waiting.Sum(row => row.EndOffset!.Value - row.NextOffset)} messages wait at the broker, and "
                ) + "none is stored"
            );
        if (MuseumRhythm.Of(cube, arrival, now) is { IsSilent: true } rhythm)
            return (ReceptionState.Quiet, $"{rhythm.Usual} are usual in that time, and every kiosk is silent");
        return MuseumRhythm.IsOpen(cube, now) ? (ReceptionState.Receiving, "") : (ReceptionState.Closed, "");
    }

    /// <summary>By the museum's own clock.</summary>
    private static string Since(MuseumCube cube, DateTimeOffset? instant, DateTimeOffset now)
    {
        if (instant is not { } at)
            return "so far";
        var local = TimeZoneInfo.ConvertTime(at, cube.Zone);
        var pattern = cube.DayOf(at) == cube.DayOf(now) ? "HH:mm" : "d MMM, HH:mm";
        return $"since {local.ToString(pattern, CultureInfo.InvariantCulture)}";
    }
}
