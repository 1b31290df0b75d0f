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

/// <summary>Finds out that nothing changes although something should. A client of the library that lost its broker at
/// the wrong moment may never look for it again, while another client of the same process reaches it.</summary>
internal sealed class SilenceWatch(TimeProvider clock, TimeSpan patience)
{
    private (long Position, long Since)? standing;

    /// <summary>True once it has waited for longer than the patience. Asked about once a second.</summary>
    /// <param name="waiting">Something should happen.</param>
    /// <param name="position">Anything that changes when it does.</param>
    public bool Look(bool waiting, long position)
    {
        if (!waiting)
            standing = null;
        else if (standing is not { } still || still.Position != position)
            standing = (position, clock.GetTimestamp());
        else
            return clock.GetElapsedTime(still.Since) >= patience;
        return false;
    }
}
