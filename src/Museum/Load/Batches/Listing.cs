using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>One museum's objects of a bucket.</summary>
internal sealed record MuseumObjects(
    Museum Museum,
    IReadOnlyList<BucketObject> Exhibitions,
    IReadOnlyList<BucketObject> History
);

/// <summary>A bucket sorted out: whose object is whose, and what is nobody's.</summary>
internal sealed record Listing(IReadOnlyList<MuseumObjects> Museums, IReadOnlyList<string> Ignored)
{
    /// <summary>Lists the bucket and sorts it by the museums in the database.</summary>
    /// <exception cref="MuseumException">Nothing in it is ours.</exception>
    public static async Task<Listing> ReadAsync(IBucket bucket, IMuseums known, CancellationToken cancel)
    {
        var objects = await bucket.ListAsync(cancel);
        var museums = (await known.ListAsync(cancel))
            .Select(museum => new MuseumObjects(
                museum,
                [.. objects.Where(o => BucketRules.IsExhibition(o.Key, bucket.Folder, museum.Prefix))],
                [.. objects.Where(o => BucketRules.IsHistory(o.Key, bucket.Folder, museum.Prefix))]
            ))
            .ToList();
        var ours = museums
            .SelectMany(m => m.Exhibitions.Concat(m.History))
            .Select(o => o.Key)
            .ToHashSet(StringComparer.Ordinal);
        if (ours.Count == 0)
        {
            var names = string.Join(
                " or ",
                museums.Select(m =>
                    $"{m.Museum.Prefix}_hist_data_<integer>.csv, {m.Museum.Prefix}_exhibition_<word>.json"
                )
            );
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{bucket.Location}/{bucket.Folder}: found {objects.Count} objects, none of them ours; expected "
                    + $"{names}. Is it the right bucket?"
            );
        }

        return new Listing(
            [.. museums.Where(m => m.Exhibitions.Count + m.History.Count > 0)],
            [.. objects.Select(o => o.Key).Where(key => !ours.Contains(key))]
        );
    }
}
