using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Source.Buckets;

/// <summary>The records of an object that is packed with gzip. Its version and size stay those of the packed object; its
/// records are those of what was packed.</summary>
internal sealed class UnpackedContent : BucketContent
{
    private readonly BucketContent packed;
    private readonly FileStream file;

    private UnpackedContent(BucketContent packed, FileStream file) => (this.packed, this.file) = (packed, file);

    public override Stream Stream => file;

    public override bool Verified => packed.Verified;

    public override bool Unchanged() => packed.Unchanged();

    /// <summary>The object's content, unpacked where its first bytes say that it is packed.</summary>
    /// <param name="directory">Where it is unpacked.</param>
    /// <exception cref="DamagedException">It was cut, or some of it changed on its way.</exception>
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
