using System.Diagnostics;
using Amazon.SQS.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

public sealed class LoadWatchTests(SqsServer queues) : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_of_a_new_object_has_it_loaded_and_is_taken_off_the_queue()
    {
        var (client, url) = await queues.QueueAsync();
        var bucket = Bucket();
        museum.Environment["MUSEUM_LOG_FORMAT"] = "json";
        museum.Environment["AWS_ACCESS_KEY_ID"] = "museum";
        museum.Environment["AWS_SECRET_ACCESS_KEY"] = "museum-secret";
        using var watch = museum.Start("load", "-b", bucket, "--watch", "--queue", url);
        try
        {
            await MeasuredAsync(watch);
            Assert.Equal(1, await SourcesAsync());

            File.Copy(Sample("lmnh_hist_data_1.csv"), Path.Combine(bucket, "lmnh_hist_data_1.csv"));
            await client.SendMessageAsync(url, EventOf("lmnh_hist_data_1.csv"), Cancel);
            await MeasuredAsync(watch);

            Assert.Equal(2, await SourcesAsync());
            while (await LeftAsync(client, url) > 0)
                await Task.Delay(50, Cancel);
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(Cancel);
        }
    }

    [Fact]
    public async Task An_event_of_an_object_that_cannot_be_read_stays_and_comes_again()
    {
        var (client, url) = await queues.QueueAsync(visibleAfter: 1);
        var bucket = Bucket();
        museum.Environment["MUSEUM_LOG_FORMAT"] = "json";
        museum.Environment["AWS_ACCESS_KEY_ID"] = "museum";
        museum.Environment["AWS_SECRET_ACCESS_KEY"] = "museum-secret";
        using var watch = museum.Start("load", "-b", bucket, "--watch", "--queue", url);
        try
        {
            await MeasuredAsync(watch);
            await File.WriteAllBytesAsync(
                Path.Combine(bucket, "lmnh_hist_data_7.csv.gz"),
                [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3],
                Cancel
            );
            await client.SendMessageAsync(url, EventOf("lmnh_hist_data_7.csv.gz"), Cancel);
            await client.SendMessageAsync(url, EventOf("lmnh_hist_data_0.csv"), Cancel);

            Assert.Equal(1, await MeasuredAsync(watch, failed: true));
            while (await LeftAsync(client, url) != 1)
                await Task.Delay(50, Cancel);
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(Cancel);
        }
    }

    [Theory]
    [InlineData("load", "--queue", "https://sqs.eu-west-2.amazonaws.com/1/q")]
    [InlineData("load", "--watch", "--json")]
    [InlineData("load", "--watch", "--dry-run")]
    [InlineData("load", "--watch", "--queue", "http://example.org/1/q")]
    public async Task What_makes_no_sense_is_refused(params string[] arguments) =>
        Assert.Equal(2, (await museum.RunAsync(arguments)).ExitCode);

    [Theory]
    [InlineData("""{"detail-type":"Object Created","detail":{"object":{"key":"a b+c.csv"}}}""", "a b+c.csv")]
    [InlineData("""{"Records":[{"s3":{"object":{"key":"a+b%2Bc.csv"}}}]}""", "a b+c.csv")]
    [InlineData("""{"Event":"s3:TestEvent"}""", "")]
    [InlineData("""{"Records":[{"s3":{}}]}""", "")]
    [InlineData("[]", "")]
    [InlineData("…", "")]
    public void Both_kinds_of_events_are_understood_and_anything_else_is_a_reason_to_look(string body, string keys) =>
        Assert.Equal(keys, string.Join(',', ObjectQueue.Keys(body)));

    private static string EventOf(string key) =>
        """{"source":"aws.s3","detail-type":"Object Created","detail":{"object":{"key":"KEY"}}}""".Replace(
            "KEY",
            key,
            StringComparison.Ordinal
        );

    private string Bucket()
    {
        var bucket = Directory.CreateDirectory(Path.Combine(museum.Directory, "bucket")).FullName;
        foreach (var file in Directory.GetFiles(Sample(""), "lmnh_exhibition_*"))
            File.Copy(file, Path.Combine(bucket, Path.GetFileName(file)));
        File.Copy(Sample("lmnh_hist_data_0.csv"), Path.Combine(bucket, "lmnh_hist_data_0.csv"));
        return bucket;
    }

    private static string Sample(string name) => Path.Combine(Repository.Root, "samples", "bucket", name);

    /// <summary>Waits until it has looked, and says what it measured.</summary>
    private static async Task<int> MeasuredAsync(Process watch, bool failed = false)
    {
        while (await watch.StandardError.ReadLineAsync(Cancel) is { } line)
        {
            if (!line.Contains("\"load.failed\"", StringComparison.Ordinal))
                continue;
            var value = line.Contains("\"value\":1", StringComparison.Ordinal) ? 1 : 0;
            if (!failed || value == 1)
                return value;
        }

        throw new InvalidOperationException("it ended");
    }

    private async Task<int> SourcesAsync() =>
        (await museum.RunAsync("sources", "list", "--json")).Json.GetProperty("sources").GetArrayLength();

    private static async Task<int> LeftAsync(Amazon.SQS.AmazonSQSClient client, string url)
    {
        var asked = new GetQueueAttributesRequest(
            url,
            ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        );
        var answer = await client.GetQueueAttributesAsync(asked, Cancel);
        return answer.ApproximateNumberOfMessages + answer.ApproximateNumberOfMessagesNotVisible;
    }
}
