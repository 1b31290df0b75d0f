using System.Buffers;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using WrapperStream = Amazon.Runtime.Internal.Util.WrapperStream;

namespace MuseumPipeline.Source.Buckets;

/// <summary>An S3 bucket, or the part of it below a prefix. An object is downloaded whole, into memory or a nameless
/// file, and verified before anything of it is returned.</summary>
internal sealed class S3Bucket : IBucket
{
    private readonly string name;
    private readonly string prefix;
    private readonly S3Settings settings;
    private readonly S3Connection connection;

    /// <exception cref="MuseumException">The settings are at fault.</exception>
    public S3Bucket(string name, string prefix, S3Settings settings, TimeProvider clock, ILogger? log = null)
    {
        (this.name, this.prefix, this.settings) = (name, prefix, settings);
        Folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        connection = new(settings, clock, log);
    }

    /// <summary>The prefix is the full key of one object.</summary>
    public bool IsOneFile { get; init; }

    public bool IsRecursive { get; init; }

    public string Location => "s3://" + name;

    public int Fetches => 8;

    public string Prefix => prefix;

    public string Folder { get; }

    /// <summary>Where the bucket is, for people: its address on its server.</summary>
    public string Describe => $"s3://{name}/{prefix} at {settings.Describe}";

    /// <summary>Asks for one key: shows whether address, region, credentials, bucket and the permission to list are
    /// right. For an immediate answer, use settings with <see cref="S3Settings.Attempts"/> 1 and no <see
    /// cref="S3Settings.Patience"/>.</summary>
    /// <exception cref="MuseumException">Names what is wrong and how to fix it.</exception>
    public async Task PingAsync(CancellationToken cancel) =>
        await connection.AskAsync(Listing, (client, watch) => PageAsync(client, null, 1, watch.Token), cancel);

    public async Task<IReadOnlyList<BucketObject>> ListAsync(CancellationToken cancel)
    {
        var found = new Dictionary<string, BucketObject>(StringComparer.Ordinal);
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        for (string? token = null; ; )
        {
            var page = await connection.AskAsync(
                Listing,
                (client, watch) => PageAsync(client, token, 1000, watch.Token),
                cancel
            );
            foreach (var listed in page.S3Objects ?? [])
            {
                var entry = Entry(listed, page.Encoding);
                if (!found.TryAdd(entry.Key, entry))
                    throw Untrusted($"it contains {KeyText.Show(entry.Key)} twice");
            }

            if (page.IsTruncated == false)
                return
                [
                    .. found
                        .Values.Where(entry => !IsOneFile || entry.Key == prefix)
                        .OrderBy(entry => entry.Key, StringComparer.Ordinal),
                ];
            token = page.NextContinuationToken;
            if (string.IsNullOrEmpty(token))
                throw Untrusted($"after {found.Count} keys it goes on but does not say where");
            if (!tokens.Add(token))
                throw Untrusted(
                    $"after {found.Count} keys the server gave the same continuation token again and would repeat "
                        + $"its pages for ever"
                );
        }
    }

    public async Task<BucketContent> OpenAsync(BucketObject entry, CancellationToken cancel)
    {
        var asked = new S3Question(
            $"read {KeyText.Show(entry.Key)} from the bucket '{name}'",
            "s3:GetObject",
            name,
            entry.Key
        );
        return await connection.AskAsync(asked, (client, watch) => DownloadAsync(client, entry, watch), cancel);
    }

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private S3Question Listing => new($"list the bucket '{name}'", "s3:ListBucket", name);

    // Keys may hold characters that XML cannot: one such key would make the bucket unlistable if keys were not
    // URL-encoded.
    private async Task<ListObjectsV2Response> PageAsync(
        AmazonS3Client client,
        string? token,
        int most,
        CancellationToken cancel
    )
    {
        var request = new ListObjectsV2Request
        {
            BucketName = name,
            Prefix = prefix,
            ContinuationToken = token,
            MaxKeys = most,
            Encoding = EncodingType.Url,
        };
        var page = await client.ListObjectsV2Async(request, cancel);
        return page.IsTruncated is null
            ? throw new S3Fault(
                "the answer is not a listing of S3's. If it stays so, AWS_ENDPOINT_URL_S3 may not be an S3 server",
                false
            )
            : page;
    }

    private BucketObject Entry(S3Object listed, EncodingType? encoding)
    {
        var key = encoding == EncodingType.Url ? WebUtility.UrlDecode(listed.Key) : listed.Key;
        if (key is null || listed.ETag is null || listed.Size is null)
            throw Untrusted($"the entry of {KeyText.Show(key ?? "a nameless object")} has no ETag or no size");
        return new(key, S3Etag.Unquote(listed.ETag), listed.Size.Value);
    }

    private MuseumException Untrusted(string found) =>
        new(
            ExitCode.Service,
            $"The listing of the bucket '{name}' by {settings.Describe} cannot be trusted: {found}. Nothing was "
                + $"loaded from it; report this to the server's owner."
        );

    private async Task<BucketContent> DownloadAsync(AmazonS3Client client, BucketObject entry, ProgressWatch watch)
    {
        var request = new GetObjectRequest
        {
            BucketName = name,
            Key = entry.Key,
            EtagToMatch = S3Etag.Quote(entry.Version),
            ChecksumMode = ChecksumMode.ENABLED,
        };
        var response = await client.GetObjectAsync(request, watch.Token);
        watch.AnswerBegan();

        // Bypasses the SDK's own hashing, which verifies less, hashes everything a second time, and throws when it is
        // disposed before the end.
        await using var body = WrapperStream.GetNonWrapperBaseStream(response.ResponseStream);
        CheckVersion(entry, response.ETag);
        var spool = Spool.Open(entry.Size, settings);
        try
        {
            var checksum = Checksum.Of(response);
            await CopyAsync(body, spool, entry, checksum, watch);
            if (checksum?.Matches() == false)
                throw new S3Fault($"the bytes that arrived do not match the object's {checksum.Name} checksum", false);
            if (checksum is null)
                await AskAgainAsync(client, entry, watch);
            return new SpooledContent(spool, checksum is not null);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    // Some servers ignore If-Match.
    private void CheckVersion(BucketObject entry, string? etag)
    {
        var version = S3Etag.Unquote(etag);
        if (version.Length == 0)
            throw new S3Fault("the server did not say which version it sent (no ETag)", false);
        if (version != entry.Version)
            throw new ObjectChangedException(
                $"{KeyText.Show(entry.Key)} in {name} was replaced after it was listed: ETag {entry.Version} is "
                    + $"now {KeyText.Show(version)}."
            );
    }

    private static async Task CopyAsync(
        Stream body,
        Spool spool,
        BucketObject entry,
        Checksum? checksum,
        ProgressWatch watch
    )
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long arrived = 0;
            for (int read; (read = await body.ReadAsync(buffer, watch.Token)) > 0; )
            {
                arrived += read;
                if (arrived > entry.Size)
                    throw new S3Fault($"more than the listed {entry.Size} bytes arrived", false);
                watch.Arrived(read);
                checksum?.Append(buffer.AsSpan(0, read));
                await spool.WriteAsync(buffer.AsMemory(0, read), watch.Token);
            }

            if (arrived < entry.Size)
                throw new S3Fault($"the body ended after {arrived} of {entry.Size} bytes", false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Without a checksum, a body that was replaced half-way looks valid: at least its version must still be there.
    private async Task AskAgainAsync(AmazonS3Client client, BucketObject entry, ProgressWatch watch)
    {
        watch.AnswerBegan();
        var now = await client.GetObjectMetadataAsync(
            new GetObjectMetadataRequest { BucketName = name, Key = entry.Key },
            watch.Token
        );
        CheckVersion(entry, now.ETag);
    }
}
