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

/// <summary>A bucket's objects by museum, and those that belong to none.</summary>
/// <param name="Expected">How the files of these museums are named, for people.</param>
internal sealed record Listing(IReadOnlyList<MuseumObjects> Museums, IReadOnlyList<string> Ignored, string Expected)
{
    /// <summary>If there is no history: a file that looks like a merge of it, and must be named to be loaded.</summary>
    public string? MergeToName { get; private init; }

    /// <summary>Lists the bucket and sorts it by the museums in the database.</summary>
    /// <exception cref="MuseumException">Nothing in it is ours.</exception>
    public static async Task<Listing> ReadAsync(IBucket bucket, IMuseums room, CancellationToken cancel)
    {
        var objects = await bucket.ListAsync(cancel);
        var known = await room.ListAsync(cancel);
        var museums = bucket.IsOneFile
            ? [OneFile(objects, bucket, known)]
            : known.Select(museum => Sort(museum, objects, bucket)).ToList();
        var ours = museums
            .SelectMany(m => m.Exhibitions.Concat(m.History))
            .Select(o => o.Key)
            .ToHashSet(StringComparer.Ordinal);
        var merged = museums.Exists(m => m.History.Count > 0)
            ? null
            : objects.FirstOrDefault(o => BucketRules.LooksMerged(o.Key, bucket.Folder))?.Key;
        var listing = new Listing(
            [.. museums.Where(m => m.Exhibitions.Count + m.History.Count > 0)],
            [.. objects.Select(o => o.Key).Where(key => !ours.Contains(key))],
            string.Join(
                " or ",
                known.Select(m => $"{m.Prefix}_hist_data_<integer>.csv, {m.Prefix}_exhibition_<word>.json")
            )
        )
        {
            MergeToName = merged,
        };
        if (ours.Count == 0 && merged is null)
            throw new MuseumException(
                ExitCode.DataRefused,
                $"{bucket.Location}/{bucket.Folder}: found {objects.Count} objects, none of them ours; expected "
                    + $"{listing.Expected}. Is it the right bucket?{Deeper(objects, bucket, known)}"
            );
        return listing;
    }

    private static MuseumObjects Sort(Museum museum, IReadOnlyList<BucketObject> objects, IBucket bucket)
    {
        return new(
            museum,
            [.. objects.Where(o => BucketRules.IsExhibition(o.Key, FolderOf(o), museum.Prefix))],
            [.. objects.Where(o => BucketRules.IsHistory(o.Key, FolderOf(o), museum.Prefix))]
        );

        string FolderOf(BucketObject entry) =>
            bucket.IsRecursive ? entry.Key[..(entry.Key.LastIndexOf('/') + 1)] : bucket.Folder;
    }

    /// <summary>A file that was named is history, whatever its name: of the museum whose prefix it has, else of the
    /// first.</summary>
    private static MuseumObjects OneFile(
        IReadOnlyList<BucketObject> objects,
        IBucket bucket,
        IReadOnlyList<Museum> museums
    )
    {
        var name = objects.Count == 0 ? "" : objects[0].Key[bucket.Folder.Length..];
        return new(
            museums.FirstOrDefault(m => name.StartsWith(m.Prefix + "_", StringComparison.Ordinal)) ?? museums[0],
            [],
            objects
        );
    }

    private static string Deeper(IReadOnlyList<BucketObject> objects, IBucket bucket, IReadOnlyList<Museum> museums) =>
        !bucket.IsRecursive
        && objects.Any(o =>
            o.Key.EndsWith('/')
            || museums.Any(m => BucketRules.IsHistory(o.Key, o.Key[..(o.Key.LastIndexOf('/') + 1)], m.Prefix))
        )
            ? " With --recursive the folders below it are read too."
            : "";
}
