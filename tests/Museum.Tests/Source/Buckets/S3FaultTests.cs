using System.IO.Hashing;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Buckets;

/// <summary>What must hold when an S3 server or the network misbehaves: nothing partial is returned, and the fault is
/// recovered from or explained.</summary>
public sealed class S3FaultTests
{
    private const string Key = "lmnh_hist_data_0.csv";

    private static readonly byte[] Old = Noise(1);
    private static readonly byte[] New = Noise(2);

    [Fact]
    public async Task A_body_cut_with_a_content_length_is_fetched_again()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get" || e.Number > 1)
                return false;
            await e.HeadAsync(200, $"Content-Length: {Old.Length}", Etag(Old));
            await e.WriteAsync(Old.AsMemory(0, 60_000));
            return true;
        };
        Assert.Equal((true, 2), await ReadsOldAsync(s3));
    }

    [Fact]
    public async Task A_body_cut_without_a_content_length_is_fetched_again()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = e => SendCutWithoutLengthAsync(e, e.Number == 1);
        Assert.Equal((true, 2), await ReadsOldAsync(s3));
    }

    [Fact]
    public async Task A_whole_body_without_a_content_length_is_accepted()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get")
                return false;
            await e.HeadAsync(200, Etag(Old));
            await e.WriteAsync(Old);
            return true;
        };
        Assert.Equal((true, 1), await ReadsOldAsync(s3));
    }

    [Fact]
    public async Task A_body_that_is_always_cut_is_given_up_with_the_reason()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = e => SendCutWithoutLengthAsync(e, true);
        await RefusesAsync(s3, "ended after 60000 of 100000 bytes", "3 attempts", Key);
    }

    [Fact]
    public async Task A_body_longer_than_listed_is_never_handed_out()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get")
                return false;
            await e.HeadAsync(200, Etag(Old));
            await e.WriteAsync(Old);
            await e.WriteAsync(Old);
            return true;
        };
        await RefusesAsync(s3, "more than the listed 100000 bytes");
    }

    [Fact]
    public async Task A_connection_reset_in_the_body_is_fetched_again()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get" || e.Number > 1)
                return false;
            await e.HeadAsync(200, $"Content-Length: {Old.Length}", Etag(Old));
            await e.WriteAsync(Old.AsMemory(0, 60_000));
            e.Reset();
            return true;
        };
        Assert.Equal((true, 2), await ReadsOldAsync(s3));
    }

    [Fact]
    public async Task A_server_that_falls_silent_in_the_body_is_cut_off_and_asked_again()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get" || e.Number > 1)
                return false;
            await e.HeadAsync(200, $"Content-Length: {Old.Length}", Etag(Old));
            await e.WriteAsync(Old.AsMemory(0, 60_000));
            await e.WaitForHangUpAsync();
            return true;
        };
        Assert.Equal(
            (true, 2),
            await ReadsOldAsync(s3, s3.Settings with { NoProgressTimeout = TimeSpan.FromMilliseconds(300) })
        );
    }

    [Fact]
    public async Task A_server_that_never_begins_to_answer_is_given_up_with_the_reason()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await e.WaitForHangUpAsync();
            return e.Kind == "get";
        };
        await RefusesAsync(
            s3,
            s3.Settings with
            {
                NoProgressTimeout = TimeSpan.FromMilliseconds(300),
            },
            "no answer began within 0.3 s",
            Key
        );
    }

    [Fact]
    public async Task A_trickle_of_bytes_is_cut_off_with_the_reason()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get")
                return false;
            await e.HeadAsync(200, $"Content-Length: {Old.Length}", Etag(Old));
            foreach (var one in Old)
            {
                await e.WriteAsync(new[] { one });
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            return true;
        };
        var impatient = s3.Settings with { NoProgressTimeout = TimeSpan.FromMilliseconds(300), Attempts = 2 };
        await RefusesAsync(s3, impatient, "bytes arrived in 0.3 s, at least 307 were expected", "2 attempts");
    }

    [Fact]
    public async Task A_server_that_says_503_for_sixty_seconds_is_waited_for()
    {
        await using var s3 = Holding(Old);
        var clock = new LeapingClock();
        s3.Misbehave = async e =>
        {
            if (e.Kind != "get" || clock.Leapt > TimeSpan.FromSeconds(60))
                return false;
            await e.SendErrorAsync(503, "SlowDown");
            return true;
        };
        var patient = s3.Settings with
        {
            Patience = new S3Settings().Patience,
            FirstDelay = new S3Settings().FirstDelay,
        };
        var (verified, gets) = await ReadsOldAsync(s3, patient, clock);
        Assert.True(verified);
        Assert.InRange(gets, 7, 60);
    }

    [Fact]
    public async Task A_server_that_says_503_for_longer_than_patience_is_given_up_with_the_reason()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await e.SendErrorAsync(503, "SlowDown");
            return e.Kind == "get";
        };
        var clock = new LeapingClock();
        var patient = s3.Settings with
        {
            Patience = TimeSpan.FromSeconds(30),
            FirstDelay = TimeSpan.FromMilliseconds(200),
        };
        await RefusesAsync(s3, patient, clock, "503 SlowDown", "Gave up after");
        Assert.InRange(clock.Leapt.TotalSeconds, 30, 45);
    }

    [Fact]
    public async Task A_refusal_names_the_object_and_the_permission_and_is_not_repeated()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await e.SendErrorAsync(403, "AccessDenied");
            return e.Kind == "get";
        };
        await RefusesAsync(s3, "403 AccessDenied", "s3:GetObject", $"arn:aws:s3:::b/{Key}");
        Assert.Equal(1, s3.Count("get"));
    }

    [Fact]
    public async Task A_redirection_without_a_region_names_the_settings_at_fault()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            await e.SendErrorAsync(301, "PermanentRedirect");
            return true;
        };
        await RefusesAsync(s3, "'b' is elsewhere (301 PermanentRedirect)", "AWS_REGION", "AWS_ENDPOINT_URL_S3");
    }

    [Fact]
    public async Task A_bucket_in_another_region_is_asked_there()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Headers["authorization"].Contains("/eu-west-2/s3/", StringComparison.Ordinal))
                return false;
            await e.SendErrorAsync(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-2");
            return true;
        };
        Assert.Equal((true, 1), await ReadsOldAsync(s3));
        Assert.Equal(2, s3.Count("list"));
    }

    [Fact]
    public async Task An_object_removed_after_the_listing_counts_as_changed()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await e.SendErrorAsync(404, "NoSuchKey");
            return e.Kind == "get";
        };
        await FindsChangeAsync(s3, "removed after it was listed");
    }

    [Fact]
    public async Task An_object_replaced_after_the_listing_counts_as_changed()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = e =>
        {
            if (e.Kind == "get")
                s3.Objects[Key] = New;
            return Task.FromResult(false);
        };
        await FindsChangeAsync(s3, "412 PreconditionFailed");
    }

    [Fact]
    public async Task An_object_replaced_after_the_listing_is_noticed_where_the_server_ignores_if_match()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await e.SendObjectAsync(New, FaultyS3.Md5(New));
            return e.Kind == "get";
        };
        await FindsChangeAsync(s3, FaultyS3.Md5(Old), FaultyS3.Md5(New));
    }

    [Fact]
    public async Task Content_mixed_of_two_versions_is_never_handed_out()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            if (e.Kind == "get")
                await (
                    e.Number == 1
                        ? e.SendObjectAsync(Mixed(), FaultyS3.Md5(Old))
                        : e.SendObjectAsync(New, FaultyS3.Md5(New))
                );
            return e.Kind == "get";
        };
        await FindsChangeAsync(s3, FaultyS3.Md5(New));
        Assert.Equal(2, s3.Count("get"));
    }

    [Fact]
    public async Task Content_mixed_of_two_versions_is_noticed_even_without_a_checksum()
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            await (
                e.Kind switch
                {
                    "list" => e.SendAsync(
                        200,
                        FaultyS3.Page([(Key, "0123456789abcdef0123456789abcdef-2", Old.Length)], null)
                    ),
                    "get" => e.SendObjectAsync(Mixed(), "0123456789abcdef0123456789abcdef-2"),
                    _ => e.SendObjectAsync(New, "fedcba9876543210fedcba9876543210-2"),
                }
            );
            return true;
        };
        await FindsChangeAsync(s3, "fedcba9876543210fedcba9876543210-2");
    }

    [Theory]
    [InlineData("crc32")]
    [InlineData("crc32c")]
    [InlineData("crc64nvme")]
    [InlineData("sha256")]
    [InlineData("etag")]
    public async Task A_flipped_byte_is_noticed_by_any_whole_object_checksum(string kind)
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = e => SendWithChecksumAsync(e, kind, Flipped());
        await RefusesAsync(s3, "do not match the object's", "3 attempts");
    }

    [Theory]
    [InlineData("crc32")]
    [InlineData("crc32c")]
    [InlineData("crc64nvme")]
    [InlineData("sha256")]
    [InlineData("etag")]
    public async Task A_byte_flipped_once_is_fixed_by_fetching_again(string kind)
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = e => SendWithChecksumAsync(e, kind, e.Number == 1 ? Flipped() : Old);
        Assert.Equal((true, 2), await ReadsOldAsync(s3));
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32: AAAAAA==-2", "x-amz-checksum-type: COMPOSITE")]
    [InlineData("x-amz-checksum-crc32: AAAAAA==", "x-amz-checksum-type: COMPOSITE")]
    [InlineData("x-amz-checksum-crc32: AAAAAA==-2", "x-none: x")]
    [InlineData("x-none: x", "x-none: y")]
    public async Task Checksums_of_parts_leave_an_object_unverified(string checksum, string type)
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            const string etag = "0123456789abcdef0123456789abcdef-2";
            await (
                e.Kind == "list"
                    ? e.SendAsync(200, FaultyS3.Page([(Key, etag, Old.Length)], null))
                    : e.SendObjectAsync(Old, etag, checksum, type)
            );
            return true;
        };
        Assert.Equal((false, 1), await ReadsOldAsync(s3));
    }

    [Theory]
    [InlineData("x-amz-server-side-encryption: aws:kms")]
    [InlineData("x-amz-server-side-encryption-customer-algorithm: AES256")]
    public async Task The_ETag_of_an_object_sealed_by_a_key_is_not_taken_for_its_MD5(string header)
    {
        await using var s3 = Holding(Old);
        s3.Misbehave = async e =>
        {
            const string etag = "0123456789abcdef0123456789abcdef";
            await (
                e.Kind == "list"
                    ? e.SendAsync(200, FaultyS3.Page([(Key, etag, Old.Length)], null))
                    : e.SendObjectAsync(Old, etag, header)
            );
            return true;
        };
        Assert.Equal((false, 1), await ReadsOldAsync(s3));
    }

    private static FaultyS3 Holding(byte[] content)
    {
        var s3 = new FaultyS3();
        s3.Objects[Key] = content;
        return s3;
    }

    private static byte[] Noise(int seed)
    {
        var bytes = new byte[100_000];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mixed() => [.. Old.AsSpan(0, 50_000), .. New.AsSpan(50_000)];

    private static byte[] Flipped()
    {
        var bytes = Old.ToArray();
        bytes[77_777] ^= 4;
        return bytes;
    }

    private static string Etag(byte[] content) => $"ETag: \"{FaultyS3.Md5(content)}\"";

    private static async Task<bool> SendCutWithoutLengthAsync(FaultyExchange exchange, bool cut)
    {
        if (exchange.Kind != "get" || !cut)
            return false;
        await exchange.HeadAsync(200, Etag(Old));
        await exchange.WriteAsync(Old.AsMemory(0, 60_000));
        return true;
    }

    // The checksum is the right one of the right content; the ETag helps only where it is the one under test.
    private static async Task<bool> SendWithChecksumAsync(FaultyExchange exchange, string kind, byte[] sent)
    {
        byte[] value = kind switch
        {
            "crc32" => Backwards(Crc32.Hash(Old)),
            "crc32c" => Backwards(BitConverter.GetBytes(Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, Old))),
            "crc64nvme" => Backwards(BitConverter.GetBytes(Crc64.HashToUInt64(Crc64ParameterSet.Nvme, Old))),
            _ => System.Security.Cryptography.SHA256.HashData(Old),
        };
        var etag = kind == "etag" ? FaultyS3.Md5(Old) : "0123456789abcdef0123456789abcdef-2";
        string[] headers =
            kind == "etag"
                ? []
                : [$"x-amz-checksum-{kind}: {Convert.ToBase64String(value)}", "x-amz-checksum-type: FULL_OBJECT"];
        await (
            exchange.Kind == "list"
                ? exchange.SendAsync(200, FaultyS3.Page([(Key, etag, Old.Length)], null))
                : exchange.SendObjectAsync(sent, etag, headers)
        );
        return true;
    }

    private static byte[] Backwards(byte[] bytes) => [.. bytes.Reverse()];

    private static async Task<(bool Verified, int Gets)> ReadsOldAsync(
        FaultyS3 s3,
        S3Settings? settings = null,
        TimeProvider? clock = null
    )
    {
        await using var bucket = new S3Bucket("b", "", settings ?? s3.Settings, clock ?? TimeProvider.System);
        var entry = Assert.Single(await bucket.ListAsync(TestContext.Current.CancellationToken));
        await using var content = await bucket.OpenAsync(entry, TestContext.Current.CancellationToken);
        var read = new MemoryStream();
        await content.Stream.CopyToAsync(read, TestContext.Current.CancellationToken);
        Assert.Equal(Old, read.ToArray());
        return (content.Verified, s3.Count("get"));
    }

    private static Task RefusesAsync(FaultyS3 s3, params string[] said) => RefusesAsync(s3, s3.Settings, said);

    private static Task RefusesAsync(FaultyS3 s3, S3Settings settings, params string[] said) =>
        RefusesAsync(s3, settings, TimeProvider.System, said);

    private static async Task RefusesAsync(FaultyS3 s3, S3Settings settings, TimeProvider clock, params string[] said)
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() => ReadsOldAsync(s3, settings, clock));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal(ExitCode.Service, error.ExitCode);
        Assert.All(said, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(settings.SecretKey!, error.ToString(), StringComparison.Ordinal);
    }

    private static async Task FindsChangeAsync(FaultyS3 s3, params string[] said)
    {
        var error = await Assert.ThrowsAsync<ObjectChangedException>(() => ReadsOldAsync(s3));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.All([Key, .. said], text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }
}
