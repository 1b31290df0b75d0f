using System.Globalization;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Replay;

/// <summary>Judges held refusals again by the current rules and exhibitions, and loads those that pass, once.</summary>
public sealed class Replayer(MuseumStore store, LoadOptions options, ILogger log)
{
    private const int Batch = 1000;

    /// <summary>Replays what the filter selects, in batches, each in one transaction.</summary>
    public async Task<ReplayReport> RunAsync(QuarantineFilter filter, bool dryRun, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        int? runId = dryRun ? null : await store.Runs.StartAsync("quarantine replay", NameOf(filter), cancel);
        var judges = new Dictionary<(int Museum, bool Stream), ReplayJudge>();
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var sum = new ReplayCounts(0, 0, 0);
        try
        {
            for (var after = filter.AfterId; ; )
            {
                var rows = await store.Quarantine.ListAsync(
                    filter with
                    {
                        AfterId = after,
                        State = "held",
                        Most = Batch,
                    },
                    cancel
                );
                if (rows.Count == 0)
                    break;
                after = rows[^1].Id;
                var (loaded, refused) = await JudgeAsync(rows, judges, cancel);
                foreach (var refusal in refused)
                    reasons[refusal.Reason.Code()] = reasons.GetValueOrDefault(refusal.Reason.Code()) + 1;
                var done = runId is { } run
                    ? await store.Quarantine.ReplayAsync(run, loaded, refused, cancel)
                    : new ReplayCounts(
                        loaded.Count(e => e.Kind is PressKind.Rating),
                        loaded.Count(e => e.Kind is PressKind.Support),
                        refused.Count
                    );
                sum = new ReplayCounts(
                    sum.Ratings + done.Ratings,
                    sum.Support + done.Support,
                    sum.StillRefused + done.StillRefused
                );
            }

            if (runId is { } finished)
                await store.Runs.FinishAsync(finished, RunEnd.Done, cancel);
        }
        catch (Exception e) when (runId is not null)
        {
            log.LogWarning("quarantine replay: stopped ({Problem}); what was replayed stays replayed", e.Message);
            await RunEnding.FinishBadlyAsync(store.Runs, runId.Value, e, log);
            throw;
        }

        return new ReplayReport(
            runId,
            dryRun,
            sum.Ratings + sum.Support + sum.StillRefused,
            sum.Ratings,
            sum.Support,
            sum.StillRefused,
            reasons,
            options.Clock.GetElapsedTime(started)
        );
    }

    private static string NameOf(QuarantineFilter filter) =>
        filter.Id is { } id ? id.ToString(CultureInfo.InvariantCulture) : filter.Reason?.Code() ?? "all";

    private async Task<(List<KioskEvent> Loaded, List<Refusal> Refused)> JudgeAsync(
        IReadOnlyList<QuarantineRow> rows,
        Dictionary<(int Museum, bool Stream), ReplayJudge> judges,
        CancellationToken cancel
    )
    {
        var loaded = new List<KioskEvent>();
        var refused = new List<Refusal>();
        foreach (var row in rows)
        {
            var stream = row.Kind != "object";
            if (!judges.TryGetValue((row.MuseumId, stream), out var judge))
            {
                var rules = stream ? options.Stream : options.History;
                judge = new ReplayJudge(
                    new Cleaner(await store.Museums.VocabularyAsync(row.MuseumId, cancel), rules, options.Clock)
                );
                judges.Add((row.MuseumId, stream), judge);
            }

            if (judge.Judge(row, out var press) is { } refusal)
                refused.Add(refusal);
            else
                loaded.Add(press);
        }

        return (loaded, refused);
    }
}

/// <summary>replayed = ratings + support + still refused.</summary>
public sealed record ReplayReport(
    int? RunId,
    bool DryRun,
    long Replayed,
    long Ratings,
    long Support,
    long StillRefused,
    SortedDictionary<string, long> Reasons,
    TimeSpan Elapsed
) { }
