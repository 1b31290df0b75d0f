using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace MuseumPipeline.Bench.Servers;

/// <summary>An S3 server for this run alone.</summary>
internal sealed class S3Server(Workspace workspace) : IAsyncDisposable
{
    private const string Key = "museum",
        Secret = "museum-secret",
        Region = "us-east-1";
    private readonly string directory = workspace.PathOf("s3");
    private readonly string port = FreePorts.First(3).ToString(CultureInfo.InvariantCulture);
    private string endpoint = "";

    public async Task StartAsync(CancellationToken cancel) =>
        endpoint = (await ScriptAsync("up", cancel)).Output.Trim();

    public IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> environment) =>
        new Dictionary<string, string>(environment)
        {
            ["AWS_ACCESS_KEY_ID"] = Key,
            ["AWS_SECRET_ACCESS_KEY"] = Secret,
            ["AWS_REGION"] = Region,
            ["AWS_ENDPOINT_URL_S3"] = endpoint,
        };

    /// <summary>Puts a directory's files into a bucket and returns how museum names it.</summary>
    public async Task<string> UploadAsync(string from, CancellationToken cancel)
    {
        var bucket = Path.GetFileName(from);
        using var client = new AmazonS3Client(
            new BasicAWSCredentials(Key, Secret),
            new AmazonS3Config
            {
                ServiceURL = endpoint,
                AuthenticationRegion = Region,
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            }
        );
        await client.PutBucketAsync(bucket, cancel);
        foreach (var file in Directory.GetFiles(from))
            await client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = bucket,
                    Key = Path.GetFileName(file),
                    FilePath = file,
                },
                cancel
            );
        return $"s3://{bucket}";
    }

    public async ValueTask DisposeAsync() => await ScriptAsync("down", CancellationToken.None);

    /// <summary>Out of reach of the keyboard: an interrupted start could not be tidied up.</summary>
    private async Task<Finished> ScriptAsync(string verb, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return await Child.RunAsync(
            "setsid",
            ["--wait", Path.Combine(Workspace.Repository, "eng", "s3-server"), verb, directory],
            workspace.Directory,
            new Dictionary<string, string> { ["S3_PORT"] = port },
            CancellationToken.None
        );
    }
}
