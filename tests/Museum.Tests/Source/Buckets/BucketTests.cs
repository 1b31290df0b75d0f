using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Tests.Source.Buckets;

public sealed class BucketTests
{
    private static readonly S3Settings Settings = new()
    {
        AccessKey = "a",
        SecretKey = "b",
        Region = "us-east-1",
    };

    [Theory]
    [InlineData("s3://museum", "s3://museum", "")]
    [InlineData("S3://museum/", "s3://museum", "")]
    [InlineData("s3://museum/year/2023/", "s3://museum", "year/2023/")]
    [InlineData("s3://museum/year/lmnh_", "s3://museum", "year/")]
    [InlineData("s3://museum//x", "s3://museum", "/")]
    [InlineData("sigma-resources-museum", "s3://sigma-resources-museum", "")]
    [InlineData("Old_Bucket.name", "s3://Old_Bucket.name", "")]
    public async Task A_bucket_is_understood(string argument, string location, string folder)
    {
        await using var bucket = Bucket.Parse(argument, Settings, TimeProvider.System);
        Assert.IsType<S3Bucket>(bucket);
        Assert.Equal((location, folder), (bucket.Location, bucket.Folder));
    }

    [Fact]
    public async Task A_directory_is_understood_by_its_path_or_by_its_bare_name_where_it_exists()
    {
        var directory = Directory.CreateTempSubdirectory("museum-named").FullName;
        var bare = "museum-bare-" + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(bare);
        try
        {
            foreach (
                var argument in new[]
                {
                    directory,
                    directory + "/",
                    Path.Combine(directory, "..", Path.GetFileName(directory)),
                    ".",
                    bare,
                    "./" + bare,
                    "~",
                }
            )
                Assert.IsType<FolderBucket>(Bucket.Parse(argument, Settings, TimeProvider.System));
            await using var other = Bucket.Parse("s3://" + bare, Settings, TimeProvider.System);
            Assert.IsType<S3Bucket>(other);
        }
        finally
        {
            Directory.Delete(bare);
            Directory.Delete(directory);
        }
    }

    [Theory]
    [InlineData("./nowhere")]
    [InlineData("/nowhere/at/all")]
    [InlineData("~/nowhere-at-all")]
    public void A_path_is_never_taken_for_a_bucket(string argument)
    {
        var error = Assert.Throws<MuseumException>(() => Bucket.Parse(argument, Settings, TimeProvider.System));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        Assert.Contains("s3://", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s3://")]
    [InlineData("s3:///key")]
    [InlineData("ab")]
    [InlineData("two words")]
    [InlineData("name?x")]
    [InlineData("s3://name\u001b[31m")]
    public void What_cannot_name_a_bucket_is_a_usage_error(string argument)
    {
        var error = Assert.Throws<MuseumException>(() => Bucket.Parse(argument, Settings, TimeProvider.System));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.DoesNotContain('\u001b', error.Message);
    }
}
