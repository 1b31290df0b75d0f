namespace MuseumPipeline.Store.Contracts;

/// <summary>The database refused a row of the load (its SQLSTATE class 22, a constraint): halve the batch to find
/// which.</summary>
internal sealed class RowRefusedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Two public ids would have the same site number in one museum.</summary>
internal sealed class ExhibitionConflictException(string message) : Exception(message);

/// <summary>Another process has claimed these partitions: it writes their messages.</summary>
internal sealed class FencedException(IReadOnlyList<PartitionClaim> claims)
    : Exception(
        $"another consumer has claimed {string.Join(", ", claims.Select(c => $"{c.Stream.Topic}:{c.Partition}"))}"
    )
{
    public IReadOnlyList<PartitionClaim> Claims { get; } = claims;
}
