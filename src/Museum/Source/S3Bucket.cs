using Microsoft.Extensions.Logging;

namespace MuseumPipeline.Source;

/// <summary>An S3 bucket, or the part of it below a prefix.</summary>
public sealed class S3Bucket(string name, string prefix, S3Settings settings, TimeProvider clock, ILogger? log = null) : IBucket
{
    public string Location => "s3://" + name;

    public string Folder { get; } = prefix[..(prefix.LastIndexOf('/') + 1)];

    public Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel) => throw new NotSupportedException($"{settings}{clock}{log}");

    public Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
