using Microsoft.Extensions.Logging;
using MuseumPipeline.Load;

namespace MuseumPipeline.Run;

/// <summary>Judges held refusals again by today's rules and exhibitions, and loads those that pass, once.</summary>
public sealed class Replayer(IStore store, ILogger log, TimeProvider clock)
{
    /// <summary>Replays what the filter selects, in batches, each in one transaction.</summary>
    public Task<ReplayReport> RunAsync(QuarantineFilter filter, bool dryRun, CancellationToken cancel) =>
        throw new NotSupportedException($"{store} {log} {clock} {filter} {dryRun} {cancel}");
}

/// <summary>replayed = ratings + support + still refused.</summary>
public sealed record ReplayReport(
    int? RunId, bool DryRun, long Replayed, long Ratings, long Support, long StillRefused, SortedDictionary<string, long> Reasons, TimeSpan Elapsed);
