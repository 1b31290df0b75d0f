using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Settings.Reading;

namespace MuseumPipeline.Tests.Settings;

public sealed class SettingsHealthTests
{
    private static MuseumSettings Read(string key, string value) =>
        SettingsReader.Read(
            new SettingLayers(
                new Dictionary<string, string>(),
                new Dictionary<string, string> { [key] = value },
                new Dictionary<string, string>(),
                ".env",
                Directory.GetCurrentDirectory()
            ),
            Needs.Nothing
        );

    [Theory]
    [InlineData("8081", "127.0.0.1:8081")]
    [InlineData(":8081", "127.0.0.1:8081")]
    [InlineData("localhost:8081", "127.0.0.1:8081")]
    [InlineData("0.0.0.0:8081", "0.0.0.0:8081")]
    [InlineData("[::1]:8081", "[::1]:8081")]
    public void Health_is_reported_on_this_machine_only_unless_an_address_is_named(string value, string address) =>
        Assert.Equal(address, Read("MUSEUM_HEALTH", value).Health?.ToString());

    [Theory]
    [InlineData("0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("host:8081")]
    [InlineData("http://127.0.0.1:8081")]
    public void An_invalid_address_is_reported_with_what_is_expected(string value)
    {
        var error = Assert.Throws<MuseumException>(() => Read("MUSEUM_HEALTH", value));
        Assert.Contains(
            $"MUSEUM_HEALTH (environment): found '{value}', expected an address and a port such as 127.0.0.1:8081",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Summaries_come_every_ten_seconds_or_as_often_as_is_set()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), Read("MUSEUM_BUCKET", "b").SummaryInterval);
        Assert.Equal(TimeSpan.FromSeconds(60), Read("MUSEUM_SUMMARY_SECONDS", "60").SummaryInterval);
        Assert.Throws<MuseumException>(() => Read("MUSEUM_SUMMARY_SECONDS", "0"));
    }
}
