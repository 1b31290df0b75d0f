using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Buckets;

/// <summary>Listings that cannot be trusted, and those that merely look odd.</summary>
public sealed class S3ListingTests
{
    private static readonly (string, string, long)[] All =
    [
        .. Enumerable
            .Range(0, 2_500)
            .Select(n => (string.Create(CultureInfo.InvariantCulture, $"lmnh_hist_data_{n:0000}.csv"), "etag", 1L)),
    ];

    [Fact]
    public async Task Three_pages_of_2500_keys_are_all_listed()
    {
        await using var s3 = Paged(token =>
            token switch
            {
                null => FaultyS3.Page(All[..1000], "two"),
                "two" => FaultyS3.Page(All[1000..2000], "three"),
                _ => FaultyS3.Page(All[2000..], null),
            }
        );
        var listed = await ListAsync(s3);
        Assert.Equal(All.Select(entry => new BucketObject(entry.Item1, entry.Item2, entry.Item3)), listed);
        Assert.Equal(3, s3.Count("list"));
    }

    [Fact]
    public async Task A_repeated_continuation_token_is_an_error_and_not_a_loop()
    {
        await using var s3 = Paged(token =>
            token is null ? FaultyS3.Page(All[..2], "again") : FaultyS3.Page([], "again")
        );
        Assert.Contains("same continuation token", await RefusalAsync(s3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_repeat_under_new_tokens_are_an_error_and_not_a_loop()
    {
        var number = 0;
        await using var s3 = Paged(_ => FaultyS3.Page(All[..2], $"token-{number++}"));
        Assert.Contains("twice", await RefusalAsync(s3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_that_continues_without_saying_where_is_an_error()
    {
        await using var s3 = Paged(_ => FaultyS3.Page(All[..2], ""));
        Assert.Contains("does not say where", await RefusalAsync(s3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_cut_short_is_never_taken_for_a_whole_one()
    {
        await using var s3 = Paged(_ => FaultyS3.Page(All[..1000], null)[..20_000]);
        Assert.Contains("cut short", await RefusalAsync(s3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_cut_once_is_asked_for_again()
    {
        await using var s3 = new FaultyS3();
        s3.Misbehave = async e =>
        {
            await e.SendAsync(
                200,
                e.Number == 1 ? FaultyS3.Page(All[..1000], null)[..20_000] : FaultyS3.Page(All[..1000], null)
            );
            return true;
        };
        Assert.Equal(1000, (await ListAsync(s3)).Count);
    }

    [Fact]
    public async Task A_web_page_in_place_of_a_listing_is_an_error()
    {
        await using var s3 = Paged(_ => "<html><body>Welcome to the museum's router</body></html>");
        Assert.Contains("AWS_ENDPOINT_URL_S3", await RefusalAsync(s3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_bucket_is_an_empty_list()
    {
        await using var s3 = new FaultyS3();
        Assert.Empty(await ListAsync(s3));
    }

    [Fact]
    public async Task Keys_are_sorted_by_their_code_units_whatever_the_server_does()
    {
        await using var s3 = Paged(_ =>
            FaultyS3.Page([("b", "e", 1), ("a", "e", 1), ("B", "e", 1), ("é", "e", 1)], null)
        );
        Assert.Equal(["B", "a", "b", "é"], (await ListAsync(s3)).Select(entry => entry.Key));
    }

    private static FaultyS3 Paged(Func<string?, string> page)
    {
        var s3 = new FaultyS3();
        s3.Misbehave = async e =>
        {
            var token = e
                .Query.Split('&')
                .FirstOrDefault(part => part.StartsWith("continuation-token=", StringComparison.Ordinal))
                ?.Split('=')[1];
            await e.SendAsync(200, page(token));
            return true;
        };
        return s3;
    }

    private static async Task<IReadOnlyList<BucketObject>> ListAsync(FaultyS3 s3)
    {
        await using var bucket = new S3Bucket("b", "", s3.Settings, TimeProvider.System);
        return await bucket.ListAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> RefusalAsync(FaultyS3 s3)
    {
        var error = await Assert.ThrowsAsync<MuseumException>(() => ListAsync(s3));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal(ExitCode.Service, error.ExitCode);
        return error.Message;
    }
}
