using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Buckets;

/// <summary>One message of the queue: these objects are new.</summary>
/// <param name="Receipt">Needed to remove it from the queue.</param>
/// <param name="Keys">None if it is about something else: S3 sends one when notifications are set up.</param>
internal sealed record ObjectEvent(string Receipt, IReadOnlyList<string> Keys);

/// <summary>New objects as S3 reports them through a queue (SQS), by EventBridge or by the bucket's own notifications.
/// An event only says that it is time to check: the ledger decides what is loaded, so that a doubled, late or lost
/// event does no harm.</summary>
internal sealed partial class ObjectQueue : IDisposable
{
    /// <summary>The longest wait that SQS allows.</summary>
    private static readonly TimeSpan LongestAsk = TimeSpan.FromSeconds(20);

    private const int Most = 10;

    /// <summary>At most this many events are handled by one check.</summary>
    private const int MostTogether = 1000;

    private readonly Uri queue;
    private readonly AmazonSQSClient client;

    public ObjectQueue(Uri queue, S3Settings settings)
    {
        this.queue = queue;
        var config = new AmazonSQSConfig
        {
            ServiceURL = queue.GetLeftPart(UriPartial.Authority),
            AuthenticationRegion = Host().Match(queue.Host) is { Success: true } found
                ? found.Groups[1].Value
                : settings.Region ?? FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName ?? "us-east-1",
            IgnoreConfiguredEndpointUrls = true,
        };
        client = settings.Credentials is { } keys ? new(keys, config) : new(config);
    }

    [GeneratedRegex(@"^sqs\.([a-z0-9-]+)\.amazonaws\.com")]
    private static partial Regex Host();

    /// <summary>Waits for events, at most this long; if there are any, takes all of them.</summary>
    /// <exception cref="TransientException">The queue does not answer.</exception>
    /// <exception cref="MuseumException">The queue does not exist, or may not be read.</exception>
    public async Task<IReadOnlyList<ObjectEvent>> ReceiveAsync(TimeSpan wait, CancellationToken cancel)
    {
        var events = new List<ObjectEvent>();
        var patience = wait < LongestAsk ? wait : LongestAsk;
        int came;
        do
        {
            var request = new ReceiveMessageRequest(queue.ToString())
            {
                MaxNumberOfMessages = Most,
                WaitTimeSeconds = events.Count == 0 ? (int)patience.TotalSeconds : 0,
            };
            var answer = await AskAsync(() => client.ReceiveMessageAsync(request, cancel));
            came = answer.Messages?.Count ?? 0;
            events.AddRange((answer.Messages ?? []).Select(m => new ObjectEvent(m.ReceiptHandle, Keys(m.Body))));
        } while (came > 0 && events.Count < MostTogether);
        return events;
    }

    /// <summary>Removes them from the queue. One that is left comes again, and after some attempts goes to the
    /// dead-letter queue.</summary>
    /// <exception cref="TransientException">The queue does not answer: they come again.</exception>
    public async Task DoneAsync(IEnumerable<ObjectEvent> events, CancellationToken cancel)
    {
        foreach (var some in events.Chunk(Most))
        {
            var entries = some.Select((of, n) => new DeleteMessageBatchRequestEntry($"{n}", of.Receipt)).ToList();
            await AskAsync(() => client.DeleteMessageBatchAsync(queue.ToString(), entries, cancel));
        }
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (AmazonServiceException e) when (e.StatusCode is >= HttpStatusCode.BadRequest and < (HttpStatusCode)429)
        {
            throw new MuseumException(
                ExitCode.Service,
                new Explanation(
                    $"the queue {queue} refuses: {e.Message.TrimEnd('.')}",
                    ["--queue", "AWS_REGION"],
                    "check its address, and that the role may sqs:ReceiveMessage and sqs:DeleteMessage"
                ),
                e
            );
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new TransientException($"the queue {queue} does not answer: {e.Message}", e);
        }
    }

    /// <summary>EventBridge's events hold one plain key, S3's own several, URL-encoded.</summary>
    internal static IReadOnlyList<string> Keys(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.TryGetProperty("detail", out var detail))
                return [detail.GetProperty("object").GetProperty("key").GetString()!];
            return root.TryGetProperty("Records", out var records)
                ?
                [
                    .. records
                        .EnumerateArray()
                        .Select(of => of.GetProperty("s3").GetProperty("object").GetProperty("key").GetString()!)
                        .Select(key => WebUtility.UrlDecode(key)),
                ]
                : [];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    public void Dispose() => client.Dispose();
}
