using MuseumPipeline.Model;

namespace MuseumPipeline.Source.Buckets;

/// <summary>One object in a listing.</summary>
/// <param name="Key">The full key (S3), or the file's name (directory). Hostile text: never a path, never
/// markup.</param>
/// <param name="Version">Changes with the content: the ETag without quotes (S3), <c>sha256:…</c> (directory).</param>
/// <param name="Size">Bytes.</param>
public sealed record BucketObject(string Key, string Version, long Size);

/// <summary>A place with history: an S3 bucket or a local directory, with the same rules.</summary>
public interface IBucket : IAsyncDisposable
{
    /// <summary>The place's identity in the ledger: <c>s3://name</c>, or the absolute path of the directory.</summary>
    string Location { get; }

    /// <summary>How many objects are worth fetching in parallel: many if each waits for a distant server, one if there
    /// is nothing to wait for.</summary>
    int Fetches { get; }

    /// <summary>The start of every listed key; empty for the whole place.</summary>
    string Prefix { get; }

    /// <summary>The part of every key that names a "folder" and is not part of the file name: empty, or ends with a
    /// slash. Only objects directly below it are ours; deeper ones are listed but match no rule.</summary>
    string Folder { get; }

    /// <summary>One file was named, and is loaded whatever its name.</summary>
    bool IsOneFile => false;

    /// <summary>Objects in the folders below count like those in the folder itself.</summary>
    bool IsRecursive => false;

    /// <summary>Every object, over all pages, in ordinal order of keys. Directories are read recursively only if <see
    /// cref="IsRecursive"/>.</summary>
    /// <exception cref="MuseumException">The place does not exist, refuses us, or its listing cannot be
    /// trusted.</exception>
    Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel);

    /// <summary>The content of exactly this version, complete: nothing is returned before it has been verified (length,
    /// and the checksum if the server gives a usable one), so that no part of a torn or mixed object can be
    /// loaded.</summary>
    /// <exception cref="ObjectChangedException">The object is no longer the listed version, or is gone.</exception>
    /// <exception cref="MuseumException">It cannot be read; says why.</exception>
    Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel);
}

/// <summary>The verified content of one object: a seekable stream.</summary>
public abstract class BucketContent : IAsyncDisposable
{
    /// <summary>Seekable, positioned at the start.</summary>
    public abstract Stream Stream { get; }

    /// <summary>False if the server gave no usable checksum: only the length was compared.</summary>
    public abstract bool Verified { get; }

    /// <summary>Called before each commit: true while the content behind the stream is still that of the listed
    /// version.</summary>
    public abstract bool Unchanged();

    public abstract ValueTask DisposeAsync();
}

/// <summary>The object was replaced or removed between listing and reading: list again.</summary>
internal sealed class ObjectChangedException(string message, bool gone = false) : Exception(message)
{
    /// <summary>There is no object of that name any more.</summary>
    public bool Gone { get; } = gone;
}
