using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Streams;

/// <summary>
/// Finds a partition whose owner shows no sign of life. With named members the group may believe that all is shared
/// out: a member that comes back under its name gets what it had, also in the middle of a rebalance that was to give
/// it more, and nobody asks for the rest. By our own clock alone: those of two machines differ.
/// </summary>
internal sealed class OrphanWatch(TimeProvider clock, TimeSpan patience)
{
    /// <summary>After a longer pause, nothing is known of what happened in between.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, (DateTimeOffset? Sign, long Since)> signs = [];
    private long looked;

    /// <summary>The partition, if there is one; null otherwise. Asked about once a second.</summary>
    /// <param name="rows">Those of one topic, as they stand now.</param>
    public int? Look(IReadOnlyList<PartitionRow> rows)
    {
        if (signs.Count > 0 && clock.GetElapsedTime(looked) > Gap)
            signs.Clear();
        looked = clock.GetTimestamp();
        int? orphan = null;
        foreach (var row in rows)
        {
            if (row.Problem is not null || row.Retired)
                signs.Remove(row.Partition);
            else if (!signs.TryGetValue(row.Partition, out var known) || known.Sign != row.SeenAt)
                signs[row.Partition] = (row.SeenAt, looked);
            else if (clock.GetElapsedTime(known.Since) >= patience)
                orphan ??= row.Partition;
        }

        return orphan;
    }
}
