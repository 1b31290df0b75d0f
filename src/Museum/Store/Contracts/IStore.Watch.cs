namespace MuseumPipeline.Store.Contracts;

/// <summary>What whoever watches over the watchers wants to know.</summary>
public partial interface IStore
{
    /// <summary>Every museum's calls for help that wait for somebody, and its escalations; by code.</summary>
    /// <param name="since">What is older waits no longer.</param>
    Task<IReadOnlyList<MuseumWatch>> WatchAsync(DateTimeOffset since, CancellationToken cancel);
}

/// <param name="Unreadable">Open calls of a kind that could not be read.</param>
/// <param name="OldestEmergency">Since when the oldest open emergency is open: pressed (or arrived), or
/// reopened.</param>
/// <param name="Attempts">To tell the webhook of an escalation.</param>
/// <param name="Undelivered">Escalations that are younger than <c>since</c>, and of which the webhook could not be told
/// so far.</param>
public sealed record MuseumWatch(
    string Code,
    long Emergencies,
    long Assistance,
    long Unreadable,
    DateTimeOffset? OldestEmergency,
    long Escalations,
    long Attempts,
    long Undelivered
);
