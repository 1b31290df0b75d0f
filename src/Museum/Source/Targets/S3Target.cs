using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Source.Targets;

/// <summary>A bucket, or the part of it below a prefix. A file is written here first: an object appears
/// whole.</summary>
internal sealed class S3Target : ITarget, IDisposable
{
    private readonly string bucket;
    private readonly string prefix;
    private readonly string spool;
    private readonly S3Connection connection;

    /// <exception cref="Model.MuseumException">The settings are at fault.</exception>
    public S3Target(string bucket, string prefix, S3Settings settings, TimeProvider clock, ILogger? log)
    {
        (this.bucket, this.prefix) = (bucket, prefix.Length > 0 ? prefix.TrimEnd('/') + "/" : "");
        spool = settings.SpoolDirectory;
        connection = new(settings, clock, log);
    }

    public string Describe => $"s3://{bucket}/{prefix}";

    public async Task<IReadOnlySet<string>> ListAsync(CancellationToken cancel)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (string? token = null; ; )
        {
            var page = await connection.AskAsync(
                new S3Question($"list {Describe}", "s3:ListBucket", bucket),
                (client, watch) =>
                    client.ListObjectsV2Async(
                        new ListObjectsV2Request
                        {
                            BucketName = bucket,
                            Prefix = prefix,
                            ContinuationToken = token,
                        },
                        watch.Token
                    ),
                cancel
            );
            names.UnionWith((page.S3Objects ?? []).Select(found => found.Key[prefix.Length..]));
            if (page.IsTruncated != true)
                return names;
            token = page.NextContinuationToken;
        }
    }

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancel) =>
        connection.AskAsync(
            Question("read", "s3:GetObject", name),
            async (client, watch) =>
            {
                try
                {
                    using var answer = await client.GetObjectAsync(bucket, prefix + name, watch.Token);
                    watch.AnswerBegan();
                    using var bytes = new MemoryStream();
                    await answer.ResponseStream.CopyToAsync(bytes, watch.Token);
                    return bytes.ToArray();
                }
                catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound && e.ErrorCode is "NoSuchKey")
                {
                    return (byte[]?)null;
                }
            },
            cancel
        );

    public async Task PutAsync(string name, Func<Stream, Task> write, CancellationToken cancel)
    {
        await using var file = SpoolFile.Create(spool);
        await write(file);
        await connection.AskAsync(
            Question("write", "s3:PutObject", name),
            (client, watch) =>
            {
                file.Position = 0;
                return client.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = bucket,
                        Key = prefix + name,
                        InputStream = file,
                        AutoCloseStream = false,
                        // Other servers than Amazon's do not all know a body in signed chunks.
                        UseChunkEncoding = false,
                        StreamTransferProgress = (_, sent) => watch.Arrived((int)sent.IncrementTransferred),
                    },
                    watch.Token
                );
            },
            cancel
        );
    }

    public Task DeleteAsync(string name, CancellationToken cancel) =>
        connection.AskAsync(
            Question("delete", "s3:DeleteObject", name),
            (client, watch) => client.DeleteObjectAsync(bucket, prefix + name, watch.Token),
            cancel
        );

    public void Dispose() => connection.Dispose();

    private S3Question Question(string verb, string permission, string name) =>
        new($"{verb} {Describe}{name}", permission, bucket, prefix + name);
}
