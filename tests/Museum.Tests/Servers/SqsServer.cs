using System.Diagnostics;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MuseumPipeline.Tests.Servers;

[assembly: AssemblyFixture(typeof(SqsServer))]

namespace MuseumPipeline.Tests.Servers;

/// <summary>A server that speaks SQS's protocol (<c>eng/sqs-server</c>, an emulator), started when the first test asks
/// for it; where it cannot be had, its tests are skipped by name.</summary>
public sealed class SqsServer : IAsyncDisposable
{
    private readonly Lazy<Task<(AmazonSQSClient? Client, string Why)>> found;
    private Process? server;

    public SqsServer() => found = new(StartAsync);

    /// <summary>A client to send events with, and the URL of a queue of the test's own.</summary>
    /// <param name="visibleAfter">When a message that was received and not deleted comes again, in seconds.</param>
    internal async Task<(AmazonSQSClient Client, string Url)> QueueAsync(int visibleAfter = 30)
    {
        var (client, why) = await found.Value;
        Assert.SkipWhen(client is null, why);
        var request = new CreateQueueRequest($"museum-{Guid.NewGuid():N}")
        {
            Attributes = new() { ["VisibilityTimeout"] = $"{visibleAfter}" },
        };
        return (client!, (await client!.CreateQueueAsync(request)).QueueUrl);
    }

    private async Task<(AmazonSQSClient?, string)> StartAsync()
    {
        if (OperatingSystem.IsWindows() || Tool.Find("bash") is null || Tool.Find("npm") is null)
            return (null, "No SQS server: eng/sqs-server needs bash and npm");
        var port = FreePorts.One();
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "eng", "sqs-server"), [$"{port}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        server = Process.Start(start)!;
        var said = server.StandardError.ReadToEndAsync();
        _ = server.StandardOutput.ReadToEndAsync();
        var client = new AmazonSQSClient(
            new BasicAWSCredentials("museum", "museum-secret"),
            new AmazonSQSConfig
            {
                ServiceURL = $"http://127.0.0.1:{port}",
                AuthenticationRegion = "us-east-1",
                MaxErrorRetry = 0,
            }
        );
        while (true)
        {
            try
            {
                await client.ListQueuesAsync(new ListQueuesRequest());
                return (client, "");
            }
            catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
            {
                if (server.HasExited)
                    return (null, "No SQS server: " + (await said).Trim().Split('\n')[^1]);
                await Task.Delay(100);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null)
            return;
        if (!server.HasExited)
            server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync();
        server.Dispose();
    }
}
