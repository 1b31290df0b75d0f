using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Source.Files;

/// <summary>The stages on disk: list, download, merge, clean up. <c>museum load</c> needs none of them; it
/// streams.</summary>
public static class BucketFiles
{
    /// <summary>The names of the buckets these keys may list, in ordinal order.</summary>
    /// <exception cref="MuseumException">The settings are at fault, or the server is unavailable or
    /// refuses.</exception>
    public static async Task<IReadOnlyList<string>> GetBucketNamesAsync(
        S3Settings settings,
        TimeProvider clock,
        ILogger? log,
        CancellationToken cancel
    )
    {
        using var connection = new S3Connection(settings, clock, log);
        var asked = new S3Question($"list the buckets of {settings.Describe}", "s3:ListAllMyBuckets");
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (string? token = null; ; )
        {
            var request = new ListBucketsRequest { ContinuationToken = token };
            var page = await connection.AskAsync(
                asked,
                (client, watch) => client.ListBucketsAsync(request, watch.Token),
                cancel
            );
            var before = names.Count;
            names.UnionWith((page.Buckets ?? []).Select(bucket => bucket.BucketName));
            token = page.ContinuationToken;
            if (string.IsNullOrEmpty(token) || names.Count == before)
                return [.. names];
        }
    }

    /// <summary>Every object of the bucket, all pages, in ordinal order.</summary>
    public static Task<IReadOnlyList<BucketObject>> GetBucketObjectsAsync(IBucket bucket, CancellationToken cancel) =>
        bucket.ListAsync(cancel);

    /// <summary>Downloads every object below the bucket's folder, keeping its subfolders.</summary>
    /// <exception cref="MuseumException">The bucket or the directory cannot be used. What only concerns one object is
    /// in the report.</exception>
    public static Task<DownloadReport> DownloadAllFilesAsync(
        IBucket bucket,
        string directory,
        DownloadOptions options,
        CancellationToken cancel
    ) => DownloadSpecificFilesAsync(bucket, directory, _ => true, options, cancel);

    /// <summary>
    /// Downloads the objects that <paramref name="wanted"/> picks, for instance by <see cref="BucketRules"/>:
    /// verified, under a temporary name, then renamed.
    /// </summary>
    /// <exception cref="MuseumException">The bucket or the directory cannot be used. What only concerns one object is
    /// in the report.</exception>
    public static async Task<DownloadReport> DownloadSpecificFilesAsync(
        IBucket bucket,
        string directory,
        Func<BucketObject, bool> wanted,
        DownloadOptions options,
        CancellationToken cancel
    )
    {
        var objects = (await bucket.ListAsync(cancel)).Where(wanted).ToList();
        return await new Download(bucket, directory, objects, options).RunAsync(cancel);
    }

    /// <summary>
    /// Merges <c>{prefix}_hist_data_{integer}.csv</c> of a directory, in numeric order and under one header, byte for
    /// byte otherwise.
    /// An earlier output is never a part.
    /// </summary>
    /// <param name="output">Default: <c>{prefix}_hist_data_all.csv</c> in the directory. Replaced in one step, or not
    /// at all.</param>
    /// <exception cref="MuseumException">No parts, parts that do not belong together, or the output cannot be
    /// written.</exception>
    public static Task<MergeReport> MergeCsvToFileAsync(
        string directory,
        string? output,
        string museumPrefix,
        CancellationToken cancel
    ) => new CsvParts(directory, museumPrefix).MergeAsync(output, cancel);

    /// <summary>
    /// Removes the parts that were combined, and nothing else: first checks that the merged file is, byte for byte,
    /// what merging them gives.
    /// Returns the names removed.
    /// </summary>
    /// <exception cref="MuseumException">The merged file is missing or does not hold these parts.</exception>
    public static Task<IReadOnlyList<string>> DeleteCsvFilesAsync(
        string directory,
        string? merged,
        string museumPrefix,
        CancellationToken cancel
    ) => new CsvParts(directory, museumPrefix).DeleteAsync(merged, cancel);
}

/// <summary>A bucket's objects may come from strangers: by default no file in the directory is replaced, and no file is
/// written that a program would read or run by itself.</summary>
/// <param name="Overwrite">Replace existing files.</param>
/// <param name="SystemNames">Also write dotfiles, libraries and programs.</param>
public sealed record DownloadOptions(
    bool Overwrite = false,
    bool SystemNames = false,
    IProgress<DownloadStatus>? Progress = null
);

/// <summary>A download's progress. Reported from several threads.</summary>
public readonly record struct DownloadStatus(int Objects, int ObjectsDone, long Bytes, long BytesDone);

/// <param name="Files">What was written, in ordinal order of keys.</param>
/// <param name="Skipped">What was not, and why.</param>
public sealed record DownloadReport(IReadOnlyList<DownloadedFile> Files, IReadOnlyList<SkippedObject> Skipped);

/// <param name="Verified">False if the server gave no usable checksum.</param>
public sealed record DownloadedFile(string Key, string Path, long Size, bool Verified);

/// <param name="Reason">For people: why nothing was written for this key.</param>
public sealed record SkippedObject(string Key, string Reason);

/// <param name="Parts">The merged parts' names, in order.</param>
/// <param name="Rows">Lines below the headers.</param>
public sealed record MergeReport(string Output, IReadOnlyList<string> Parts, long Rows, long Bytes);
