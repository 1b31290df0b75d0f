using MuseumPipeline.Load.Batches;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load;

/// <summary>The report of a run, made from the ledger and not from memory: what counts is what was committed.</summary>
internal static class Accounts
{
    public static async Task WriteAsync(
        MuseumStore store,
        IBucket bucket,
        Listing listing,
        IReadOnlyDictionary<string, SourceRow> results,
        int runId,
        RunReport report,
        CancellationToken cancel
    )
    {
        var ours = (await store.Runs.SourcesAsync(runId, cancel)).ToDictionary(row => row.SourceId);
        var ledger = await store.Sources.ListAsync(bucket.Location, cancel);
        var repeats = (await store.Ledger.ListAsync(cancel))
            .Where(source => source.Row.Location == bucket.Location)
            .ToDictionary(source => source.Row.Id, source => source.OwnRepeats);
        foreach (var name in results.Keys.Order(StringComparer.Ordinal))
        {
            var source = results[name];
            var counts = ours.TryGetValue(source.Id, out var row) ? row.Counts : default;
            // What this run did not read itself was there before, or another process loaded it meanwhile.
            var rest = source.Counts.Read - counts.Read;
            report.AlreadyInRun += counts.Already;
            counts += new Counts(rest, 0, 0, 0, rest, 0, 0);
            report.Counts += counts;
            report.Sources.Add(new SourceReport(name, source.Version, State(source, row), counts));
            if (LedgerSource.Repeating(repeats.GetValueOrDefault(source.Id), source.Counts))
                report.Repeating.Add(new(name, repeats[source.Id], source.Counts.Ratings + source.Counts.Support));
        }

        foreach (var reason in await store.Runs.ReasonsAsync(runId, cancel))
            report.Reasons[Model.Reasons.Code(reason.Reason)] = reason.Count;
        var listed = listing
            .Museums.SelectMany(m => m.History)
            .Select(entry => entry.Key)
            .Concat(listing.Ignored)
            .ToHashSet(StringComparer.Ordinal);
        report.VanishedObjects.AddRange(
            ledger
                .Select(row => row.Name)
                .Where(name => name.StartsWith(bucket.Prefix, StringComparison.Ordinal) && !listed.Contains(name))
                .Order(StringComparer.Ordinal)
        );
    }

    private static string State(SourceRow source, RunSourceRow? row)
    {
        if (row is null)
            return source.State is SourceState.Loaded ? "already" : "partial";
        if (source.State is SourceState.Partial)
            return "partial";
        return source.Replaces is not null ? "replaced" : "loaded";
    }
}
