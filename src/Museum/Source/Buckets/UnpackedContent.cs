using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Source.Buckets;

/// <summary>The records of a gzip object. Its version and size are those of the compressed object; its records are
/// those of the decompressed content.</summary>
internal sealed class UnpackedContent : BucketContent
{
    private readonly BucketContent packed;
    private readonly FileStream file;

    private UnpackedContent(BucketContent packed, FileStream file) => (this.packed, this.file) = (packed, file);

    public override Stream Stream => file;

    public override bool Verified => packed.Verified;

    public override bool Unchanged() => packed.Unchanged();

    /// <summary>The object's content, decompressed if its first bytes are gzip's.</summary>
    /// <param name="directory">Where it is decompressed.</param>
    /// <exception cref="DamagedException">It was truncated, or damaged on its way.</exception>
    public static async Task<BucketContent> OpenAsync(
        IBucket bucket,
        BucketObject entry,
        string directory,
        CancellationToken cancel
    )
    {
        var content = await bucket.OpenAsync(entry, cancel);
        try
        {
            return Gzip.Begins(content.Stream)
                ? new UnpackedContent(content, await Gzip.UnpackAsync(content.Stream, entry.Key, directory, cancel))
                : content;
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        await packed.DisposeAsync();
    }
}
