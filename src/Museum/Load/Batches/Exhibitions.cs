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
        ExhibitionReport report,
        ILogger log,
        CancellationToken cancel
    )
    {
        await foreach (var facts in ReadAsync(bucket, objects, report, cancel))
        {
            try
            {
                var change = await museums.UpsertExhibitionAsync(objects.Museum.Id, facts.Facts, cancel);
                if (change is Change.Created)
                    report.Created++;
                else if (change is Change.Changed)
                    report.Changed++;
                else
                    report.Unchanged++;
            }
            catch (ExhibitionConflictException e)
            {
                report.Refused.Add($"{facts.Key}: {e.Message}");
            }
        }

        foreach (var refusal in report.Refused)
            log.LogWarning("load: exhibition refused: {Refusal}", refusal);
    }

    /// <summary>The valid files, in the order of their keys; the others go into the report.</summary>
    public static async IAsyncEnumerable<(string Key, ExhibitionFacts Facts)> ReadAsync(
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
