using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Buckets;

/// <summary>One object as a listing shows it.</summary>
/// <param name="Key">The full key (S3), or the file's name (directory). Hostile text: never a path, never
/// markup.</param>
/// <param name="Version">What changes when the content does: the ETag without quotes (S3), <c>sha256:…</c>
/// (directory).</param>
/// <param name="Size">Bytes.</param>
public sealed record BucketObject(string Key, string Version, long Size);

/// <summary>A place where history lies: an S3 bucket or a local directory, with the same rules.</summary>
public interface IBucket : IAsyncDisposable
{
    /// <summary>The place's identity in the ledger: <c>s3://name</c>, or the absolute path of the directory.</summary>
    string Location { get; }

    /// <summary>Objects that may usefully be fetched side by side: many where each waits for a far server, one where
    /// there is nothing to wait for.</summary>
    int Fetches { get; }

    /// <summary>What every listed key starts with; empty for all of the place.</summary>
    string Prefix { get; }

    /// <summary>
    /// The part of every key that names a "folder" and is not part of the file name: empty, or ends with a slash.
    /// Only objects directly below it are ours; deeper ones are listed but match no rule.
    /// </summary>
    string Folder { get; }

    /// <summary>One file was named, and it is meant whatever it is called.</summary>
    bool IsOneFile => false;

    /// <summary>Objects in the folders below count like those in the folder itself.</summary>
    bool IsRecursive => false;

    /// <summary>Every object, all pages from the start, in ordinal order of keys. Directories recurse only where
    /// <see cref="IsRecursive"/> says so.</summary>
    /// <exception cref="MuseumException">The place is not there, refuses us, or its listing cannot be
    /// trusted.</exception>
    Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel);

    /// <summary>
    /// The content of exactly this version, complete: nothing is handed out before it has been verified
    /// (length, and the checksum where the server gives a usable one), so no part of a torn or mixed object can be
    /// loaded.
    /// </summary>
    /// <exception cref="ObjectChangedException">The object is no longer the listed version, or is gone.</exception>
    /// <exception cref="MuseumException">It cannot be had; says why.</exception>
    Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel);
}

/// <summary>The verified content of one object: a seekable stream.</summary>
public abstract class BucketContent : IAsyncDisposable
{
    /// <summary>Seekable, positioned at the start.</summary>
    public abstract Stream Stream { get; }

    /// <summary>False where the server gave no usable checksum: length alone was compared.</summary>
    public abstract bool Verified { get; }

    /// <summary>Asked before each commit: true while the content behind the stream is still that of the listed
    /// version.</summary>
    public abstract bool Unchanged();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The object was replaced or removed between the listing and the reading: list again.</summary>
internal sealed class ObjectChangedException(string message, bool gone = false) : Exception(message)
{
    /// <summary>There is nothing of that name any more.</summary>
    public bool Gone { get; } = gone;
}
