using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Tests.Settings;

public sealed class S3SettingsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9000")]
    [InlineData("http://localhost:9000")]
    [InlineData("https://s3.example.org")]
    public void An_endpoint_on_this_machine_or_by_https_is_accepted(string endpoint) =>
        Assert.Empty(new S3Settings { Endpoint = new(endpoint) }.Faults());

    [Fact]
    public void Plain_http_to_another_machine_takes_an_explicit_setting()
    {
        var settings = new S3Settings { Endpoint = new("http://192.0.2.1:9000") };
        Assert.Contains("MUSEUM_S3_ALLOW_HTTP", Assert.Single(settings.Faults()), StringComparison.Ordinal);
        Assert.Empty((settings with { AllowPlainHttp = true }).Faults());
    }

    [Theory]
    [InlineData("ftp://s3.example.org", "https://")]
    [InlineData("s3.example.org", "https://")]
    [InlineData("https://user:word@s3.example.org", "AWS_ACCESS_KEY_ID")]
    public void An_endpoint_that_is_no_address_is_explained(string endpoint, string said)
    {
        var fault = Assert.Single(new S3Settings { Endpoint = new(endpoint, UriKind.RelativeOrAbsolute) }.Faults());
        Assert.Contains(said, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("word@", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_at_once_and_end_the_opening_of_a_bucket()
    {
        var settings = new S3Settings
        {
            SecretKey = "hush-hush",
            SessionToken = "hush-too",
            Endpoint = new("http://192.0.2.1"),
            Attempts = 0,
            Region = "not a region",
        };
        Assert.Equal(5, settings.Faults().Count);
        var error = Assert.Throws<MuseumException>(() => new S3Bucket("name", "", settings, TimeProvider.System));
        Assert.Equal(ExitCode.Configuration, error.ExitCode);
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Printed_settings_show_no_secret()
    {
        var text = new S3Settings
        {
            AccessKey = "hush-id",
            SecretKey = "hush-hush",
            SessionToken = "hush-too",
            Endpoint = new("https://s3.example.org"),
        }.ToString();
        Assert.Contains("https://s3.example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_style_is_the_default_exactly_for_other_servers()
    {
        Assert.False(new S3Settings().UsesPathStyle);
        Assert.True(new S3Settings { Endpoint = new("https://s3.example.org") }.UsesPathStyle);
        Assert.False(new S3Settings { Endpoint = new("https://s3.example.org"), PathStyle = false }.UsesPathStyle);
    }
}
