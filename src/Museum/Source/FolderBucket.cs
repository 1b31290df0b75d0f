namespace MuseumPipeline.Source;

/// <summary>A local directory with the rules of a bucket: its own files, not those of its subdirectories.</summary>
public sealed class FolderBucket(string path) : IBucket
{
    public string Location { get; } = Path.GetFullPath(path);

    public string Folder => "";

    public Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
