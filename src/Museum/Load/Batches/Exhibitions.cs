using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>Loads exhibition files: a changed one updates its row, a bad one is refused and reported, every
/// time.</summary>
internal static class Exhibitions
{
    public static async Task LoadAsync(
        IMuseums museums,
        IBucket bucket,
        MuseumObjects objects,
        LoadOptions options,
        ExhibitionReport report,
        ILogger log,
        CancellationToken cancel
    )
    {
        foreach (var (key, facts) in await ReadAsync(museums, bucket, objects, options, report, cancel))
        {
            try
            {
                var change = await museums.UpsertExhibitionAsync(objects.Museum.Id, facts, PlaceOf(bucket), cancel);
                if (change is Change.Created)
                    report.Created++;
                else if (change is Change.Changed)
                    report.Changed++;
                else
                    report.Unchanged++;
            }
            catch (ExhibitionConflictException e)
            {
                report.Refused.Add($"{key}: {e.Message}");
            }
        }

        foreach (var refusal in report.Refused)
            log.LogWarning("load: exhibition refused: {Refusal}", refusal);
    }

    private static string PlaceOf(IBucket bucket) => $"{bucket.Location}/{bucket.Folder}".TrimEnd('/');

    /// <summary>The sound files, in the order of their keys; the others go into the report.</summary>
    /// <exception cref="MuseumException">One contradicts another place.</exception>
    public static async Task<IReadOnlyList<(string Key, ExhibitionFacts Facts)>> ReadAsync(
        IMuseums museums,
        IBucket bucket,
        MuseumObjects objects,
        LoadOptions options,
        ExhibitionReport report,
        CancellationToken cancel
    )
    {
        List<(string Key, ExhibitionFacts Facts)> files = [];
        await foreach (var file in ReadAsync(bucket, objects, report, cancel))
            files.Add(file);
        if (!options.RenameExhibitions)
            await RefuseOthersAsync(museums, bucket, objects.Museum, files, cancel);
        return files;
    }

    /// <summary>If a place's exhibitions are not this database's, its presses are not either: nothing of it is
    /// loaded.</summary>
    private static async Task RefuseOthersAsync(
        IMuseums museums,
        IBucket bucket,
        Museum museum,
        IReadOnlyList<(string Key, ExhibitionFacts Facts)> files,
        CancellationToken cancel
    )
    {
        List<string> contradictions = [];
        foreach (var (key, facts) in files)
        {
            if (await museums.ContradictionAsync(museum.Id, facts, PlaceOf(bucket), cancel) is { } contradiction)
                contradictions.Add($"\n  {KeyText.Show(key)}: {contradiction}");
        }

        if (contradictions.Count > 0)
            throw new MuseumException(
                ExitCode.DataRefused,
                new Explanation(
                    $"{PlaceOf(bucket)}: its exhibitions are other ones than those in the database, so nothing of "
                        + $"it was "
                        + $"loaded:{string.Concat(contradictions)}\n",
                    [],
                    "load it into a database of its own with --database FILE, or rename the exhibitions that are there "
                        + "with --rename-exhibitions"
                )
            );
    }

    private static async IAsyncEnumerable<(string Key, ExhibitionFacts Facts)> ReadAsync(
        IBucket bucket,
        MuseumObjects objects,
        ExhibitionReport report,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in objects.Exhibitions)
        {
            report.Read++;
            ExhibitionFacts? facts = null;
            try
            {
                facts = ExhibitionFile.Parse(await ContentAsync(bucket, entry, cancel));
                if (!seen.TryAdd(facts.PublicId, entry.Key))
                {
                    report.Refused.Add(
                        $"{entry.Key}: EXHIBITION_ID: found \"{facts.PublicId}\", which {seen[facts.PublicId]} "
                            + $"describes; expected one file an exhibition"
                    );
                    facts = null;
                }
            }
            catch (FormatException e)
            {
                report.Refused.Add($"{entry.Key}: {e.Message}");
            }
            catch (ObjectChangedException e)
            {
                report.Refused.Add($"{entry.Key}: {e.Message}; load again");
            }

            if (facts is not null)
                yield return (entry.Key, facts);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ContentAsync(
        IBucket bucket,
        BucketObject entry,
        CancellationToken cancel
    )
    {
        const int MostBytes = 1 << 20;
        if (entry.Size > MostBytes)
            throw new FormatException($"found {entry.Size} bytes, expected at most {MostBytes}");
        await using var content = await bucket.OpenAsync(entry, cancel);
        var bytes = new byte[entry.Size];
        await content.Stream.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }
}
