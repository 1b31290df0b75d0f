using Microsoft.Extensions.Logging;

namespace MuseumPipeline.Source;

/// <summary>The stages on disk: list, download, merge, tidy up. <c>museum load</c> needs none of them; it streams.</summary>
public static class BucketFiles
{
    /// <summary>The names of the buckets these keys may list, in ordinal order.</summary>
    public static Task<IReadOnlyList<string>> GetBucketNamesAsync(S3Settings settings, TimeProvider clock, ILogger? log, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>Every object of the bucket, in ordinal order.</summary>
    public static Task<IReadOnlyList<BucketObject>> GetBucketObjectsAsync(IBucket bucket, CancellationToken cancel) => bucket.ListAsync(cancel);

    /// <summary>Downloads every object below the bucket's folder, keeping subfolders.</summary>
    public static Task<DownloadReport> DownloadAllFilesAsync(
        IBucket bucket, string directory, IProgress<DownloadStatus>? progress, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>Downloads the objects for which <paramref name="wanted"/> says so.</summary>
    public static Task<DownloadReport> DownloadSpecificFilesAsync(
        IBucket bucket, string directory, Func<BucketObject, bool> wanted, IProgress<DownloadStatus>? progress, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>Merges <c>{prefix}_hist_data_{integer}.csv</c> of a directory in numeric order under one header.</summary>
    /// <param name="output">Default: <c>{prefix}_hist_data_all.csv</c> in the directory.</param>
    public static Task<MergeReport> MergeCsvToFileAsync(string directory, string? output, string museumPrefix, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>Removes the parts that the merged file holds, byte for byte; refuses where it does not. Returns the names removed.</summary>
    public static IReadOnlyList<string> DeleteCsvFiles(string directory, string? merged, string museumPrefix) => throw new NotSupportedException();
}

/// <summary>How far a download is.</summary>
public readonly record struct DownloadStatus(int Objects, int ObjectsDone, long Bytes, long BytesDone);

/// <param name="Files">What was written, in ordinal order of keys.</param>
/// <param name="Skipped">What was not, and why.</param>
public sealed record DownloadReport(IReadOnlyList<DownloadedFile> Files, IReadOnlyList<SkippedObject> Skipped);

/// <param name="Verified">False where the server gave no usable checksum.</param>
public sealed record DownloadedFile(string Key, string Path, long Size, bool Verified);

/// <param name="Reason">For a person: why nothing was written for this key.</param>
public sealed record SkippedObject(string Key, string Reason);

/// <param name="Parts">The merged parts' names, in order.</param>
/// <param name="Rows">Lines below the headers.</param>
public sealed record MergeReport(string Output, IReadOnlyList<string> Parts, long Rows, long Bytes);
