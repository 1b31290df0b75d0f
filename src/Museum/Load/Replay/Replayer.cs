using Microsoft.Extensions.Logging;
using MuseumPipeline.Clean;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Replay;

/// <summary>Judges held refusals again by today's rules and exhibitions, and loads those that pass, once.</summary>
public sealed class Replayer(IStore store, LoadOptions options, ILogger log)
{
    private const int Batch = 1000;

    /// <summary>Replays what the filter selects, in batches, each in one transaction.</summary>
    public async Task<ReplayReport> RunAsync(QuarantineFilter filter, bool dryRun, CancellationToken cancel)
    {
        var started = options.Clock.GetTimestamp();
        int? runId = dryRun
            ? null
            : await store.StartRunAsync("quarantine replay", filter.Reason?.Code() ?? "all", cancel);
        var cleaners = new Dictionary<(int Museum, bool Stream), Cleaner>();
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var sum = new ReplayCounts(0, 0, 0);
        try
        {
            for (var after = filter.AfterId; ; )
            {
                var rows = await store.QuarantineAsync(
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
                var (loaded, refused) = await JudgeAsync(rows, cleaners, cancel);
                foreach (var refusal in refused)
                    reasons[refusal.Reason.Code()] = reasons.GetValueOrDefault(refusal.Reason.Code()) + 1;
                var done = runId is { } run
                    ? await store.ReplayAsync(run, loaded, refused, cancel)
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
                await store.FinishRunAsync(finished, RunState.Done, 0, null, 0, cancel);
        }
        catch (Exception e) when (runId is not null)
        {
            log.LogWarning("quarantine replay: stopped ({Problem}); what was replayed stays replayed", e.Message);
            await store.FinishRunAsync(runId.Value, RunState.Failed, 1, e.Message, 0, CancellationToken.None);
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

    private async Task<(List<KioskEvent> Loaded, List<Refusal> Refused)> JudgeAsync(
        IReadOnlyList<QuarantineRow> rows,
        Dictionary<(int Museum, bool Stream), Cleaner> cleaners,
        CancellationToken cancel
    )
    {
        var loaded = new List<KioskEvent>();
        var refused = new List<Refusal>();
        foreach (var row in rows)
        {
            var stream = row.Kind != "object";
            if (!cleaners.TryGetValue((row.MuseumId, stream), out var cleaner))
            {
                var rules = stream
                    ? CleaningRules.Stream with
                    {
                        ClockSkew = options.History.ClockSkew,
                    }
                    : options.History;
                cleaner = new Cleaner(await store.VocabularyAsync(row.MuseumId, cancel), rules, options.Clock);
                cleaners.Add((row.MuseumId, stream), cleaner);
            }

            if (Judge(row, cleaner, stream, out var press) is { } refusal)
                refused.Add(refusal);
            else
                loaded.Add(press);
        }

        return (loaded, refused);
    }

    private static Refusal? Judge(QuarantineRow row, Cleaner cleaner, bool stream, out KioskEvent press)
    {
        press = default;
        if (row.RawLength > row.Raw.Length)
            return Keep(row);
        if (stream)
        {
            var reason = new JsonReadings().Read(row.Raw, out var reading, out var detail);
            return Judge(row, cleaner, reason, reading, detail, out press);
        }

        using var records = new CsvReader(new MemoryStream(row.Raw, writable: false));
        if (row.Header is null || !records.Read())
            return Keep(row);
        var header = CsvHeader.Parse(row.Header);
        var fault = CsvReadings.Read(records, header, out var fields, out var text);
        return Judge(row, cleaner, fault, fields, text, out press);
    }

    private static Refusal? Judge(
        QuarantineRow row,
        Cleaner cleaner,
        Reason? reason,
        scoped in Reading reading,
        string? detail,
        out KioskEvent press
    )
    {
        press = default;
        reason ??= cleaner.CleanData(reading, row.SourceId, row.Position, out press);
        return reason is null
            ? null
            : cleaner.Explain(reading, new Refusal(row.SourceId, row.Position, reason.Value, detail ?? ""));
    }

    /// <summary>What cannot be judged again (only its beginning was kept, or its header is not known) stays as it
    /// is.</summary>
    private static Refusal Keep(QuarantineRow row) =>
        new(row.SourceId, row.Position, row.Reason, row.Detail) { Site = row.Site, ExhibitionId = row.ExhibitionId };
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
