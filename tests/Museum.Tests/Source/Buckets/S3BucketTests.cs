using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.S3.Model;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Tests.Servers;
using S3Bucket = MuseumPipeline.Source.Buckets.S3Bucket;

namespace MuseumPipeline.Tests.Source.Buckets;

/// <summary>Against a real S3 server.</summary>
public sealed class S3BucketTests(S3Server server)
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("at,site,val,type\n2023-03-06 09:00:00,1,4,\n");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_2500_objects_of_three_pages_are_listed()
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        var keys = Enumerable
            .Range(0, 2_500)
            .Select(n => string.Create(CultureInfo.InvariantCulture, $"lmnh_hist_data_{n}.csv"))
            .ToList();
        await S3Server.PutAsync(client, name, keys.Select(key => (key, Content)));
        await using var bucket = await BucketAsync(name);
        Assert.Equal(keys.Order(StringComparer.Ordinal), (await bucket.ListAsync(Cancel)).Select(entry => entry.Key));
    }

    [Theory]
    [InlineData(8 << 20, "memory")]
    [InlineData(16, "a file")]
    public async Task An_object_comes_whole_and_verified(int memoryLimit, string by)
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        var content = new byte[3_000_000];
        new Random(5).NextBytes(content);
        await S3Server.PutAsync(client, name, [("a", content), ("empty", [])]);
        var spool = Directory.CreateTempSubdirectory("museum-spool");
        await using (
            var bucket = new S3Bucket(
                name,
                "",
                await server.SettingsAsync() with
                {
                    MemoryLimit = memoryLimit,
                    SpoolDirectory = spool.FullName,
                },
                TimeProvider.System
            )
        )
        {
            var listed = await bucket.ListAsync(Cancel);
            await using var first = await bucket.OpenAsync(listed[0], Cancel);
            await using var second = await bucket.OpenAsync(listed[1], Cancel);
            Assert.Equal(
                (true, true, 3_000_000L, 0L),
                (first.Verified, second.Verified, first.Stream.Length, second.Stream.Length)
            );
            Assert.Equal(0, first.Stream.Position);
            var read = new MemoryStream();
            await first.Stream.CopyToAsync(read, Cancel);
            Assert.True(content.AsSpan().SequenceEqual(read.ToArray()), $"other content by {by}");
            Assert.True(first.Unchanged());
        }

        Assert.Empty(spool.GetFiles());
        spool.Delete();
    }

    [Fact]
    public async Task An_object_put_in_parts_comes_whole_but_unverified()
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        var parts = new[] { new byte[5 << 20], Content };
        var upload = await client.InitiateMultipartUploadAsync(name, "in-parts", Cancel);
        var done = new CompleteMultipartUploadRequest
        {
            BucketName = name,
            Key = "in-parts",
            UploadId = upload.UploadId,
        };
        foreach (var (number, part) in parts.Index())
        {
            var request = new UploadPartRequest
            {
                BucketName = name,
                Key = "in-parts",
                UploadId = upload.UploadId,
                PartNumber = number + 1,
                InputStream = new MemoryStream(part),
            };
            done.AddPartETags(await client.UploadPartAsync(request, Cancel));
        }

        await client.CompleteMultipartUploadAsync(done, Cancel);
        await using var bucket = await BucketAsync(name);
        var entry = Assert.Single(await bucket.ListAsync(Cancel));
        Assert.EndsWith("-2", entry.Version, StringComparison.Ordinal);
        await using var content = await bucket.OpenAsync(entry, Cancel);
        Assert.Equal((false, parts.Sum(part => (long)part.Length)), (content.Verified, content.Stream.Length));
    }

    [Fact]
    public async Task An_object_replaced_between_listing_and_reading_is_not_read()
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        await S3Server.PutAsync(client, name, [("replaced", Content), ("removed", Content)]);
        await using var bucket = await BucketAsync(name);
        var listed = await bucket.ListAsync(Cancel);
        await S3Server.PutAsync(client, name, [("replaced", "other"u8.ToArray())]);
        await client.DeleteObjectAsync(name, "removed", Cancel);
        foreach (var entry in listed)
        {
            var error = await Assert.ThrowsAsync<ObjectChangedException>(() => bucket.OpenAsync(entry, Cancel));
            Assert.Contains(entry.Key, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_ping_succeeds_exactly_where_the_bucket_can_be_listed()
    {
        using var client = await server.ClientAsync();
        await using var bucket = await BucketAsync(await S3Server.NewBucketAsync(client));
        await bucket.PingAsync(Cancel);
        await using var nowhere = await BucketAsync("museum-nowhere");
        await Assert.ThrowsAsync<MuseumException>(() => nowhere.PingAsync(Cancel));
    }

    [Fact]
    public async Task A_prefix_limits_the_listing_and_its_folder_is_known()
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        await S3Server.PutAsync(
            client,
            name,
            new[] { "a", "year/2023/x", "year/2023/y", "year/2024/x", "year/2023-draft" }.Select(key => (key, Content))
        );
        await using var folder = Bucket.Parse(
            $"s3://{name}/year/2023/",
            await server.SettingsAsync(),
            TimeProvider.System
        );
        Assert.Equal((true, "year/2023/"), (folder.Location == $"s3://{name}", folder.Folder));
        Assert.Equal(["year/2023/x", "year/2023/y"], (await folder.ListAsync(Cancel)).Select(entry => entry.Key));
        await using var begun = Bucket.Parse(
            $"s3://{name}/year/2023",
            await server.SettingsAsync(),
            TimeProvider.System
        );
        Assert.Equal("year/", begun.Folder);
        Assert.Equal(
            ["year/2023-draft", "year/2023/x", "year/2023/y"],
            (await begun.ListAsync(Cancel)).Select(entry => entry.Key)
        );
    }

    [Fact]
    public async Task Hostile_keys_are_listed_and_read_as_they_are()
    {
        string[] keys =
        [
            "../up",
            "a/../b",
            "x//y",
            "./dot",
            "a+b",
            "a%20b",
            "a b",
            " lead",
            "trail ",
            "e\u0301.csv",
            "\u00e9.csv",
            "tab\tx",
            "line\nx",
            "\uFFFE",
            "<img src=x onerror=alert(1)>",
            "q?x=1",
            "h#x",
            "back\\slash",
            "folder/",
            "\u202Evsc.exe",
            "\u001b[31m",
            new('k', 1024),
        ];
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        await S3Server.PutAsync(client, name, keys.Select(key => (key, Encoding.UTF8.GetBytes("content of " + key))));
        await using var bucket = await BucketAsync(name);
        var listed = await bucket.ListAsync(Cancel);
        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(entry => entry.Key));
        foreach (var entry in listed)
        {
            await using var content = await bucket.OpenAsync(entry, Cancel);
            Assert.Equal("content of " + entry.Key, await new StreamReader(content.Stream).ReadToEndAsync(Cancel));
        }
    }

    [Fact]
    public async Task The_names_of_the_buckets_are_listed()
    {
        using var client = await server.ClientAsync();
        var name = await S3Server.NewBucketAsync(client);
        Assert.Contains(
            name,
            await BucketFiles.GetBucketNamesAsync(await server.SettingsAsync(), TimeProvider.System, null, Cancel)
        );
    }

    [Fact]
    public async Task A_wrong_access_key_is_named() =>
        await RefusesAsync(
            await server.SettingsAsync() with
            {
                AccessKey = "nobody",
            },
            "AWS_ACCESS_KEY_ID",
            "InvalidAccessKeyId"
        );

    [Fact]
    public async Task A_wrong_secret_key_is_named_and_not_shown() =>
        await RefusesAsync(
            await server.SettingsAsync() with
            {
                SecretKey = "not-the-secret",
            },
            "AWS_SECRET_ACCESS_KEY",
            "SignatureDoesNotMatch"
        );

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named() =>
        await RefusesAsync(
            await server.SettingsAsync(),
            "no bucket 'museum-nowhere'",
            "MUSEUM_BUCKET",
            "404 NoSuchBucket"
        );

    [Fact]
    public async Task A_port_where_nothing_listens_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        var settings = new S3Settings
        {
            Endpoint = endpoint,
            AccessKey = "museum",
            SecretKey = "museum-secret-key",
            FirstDelay = TimeSpan.FromMilliseconds(1),
        };
        await RefusesAsync(settings, endpoint.ToString(), "cannot be reached", "AWS_ENDPOINT_URL_S3", "5 attempts");
    }

    [Fact]
    public async Task An_https_address_where_http_is_spoken_is_explained()
    {
        await using var s3 = new FaultyS3();
        var endpoint = new UriBuilder(s3.Settings.Endpoint!) { Scheme = "https" }.Uri;
        await RefusesAsync(s3.Settings with { Endpoint = endpoint }, "AWS_ENDPOINT_URL_S3");
    }

    private static async Task RefusesAsync(S3Settings settings, params string[] said)
    {
        await using var bucket = new S3Bucket("museum-nowhere", "", settings, TimeProvider.System);
        var error = await Assert.ThrowsAsync<MuseumException>(() => bucket.ListAsync(Cancel));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal(ExitCode.Service, error.ExitCode);
        Assert.All(said, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(settings.SecretKey!, error.ToString(), StringComparison.Ordinal);
    }

    private async Task<S3Bucket> BucketAsync(string name) =>
        new(name, "", await server.SettingsAsync(), TimeProvider.System);
}
