namespace MuseumPipeline.Tests.Commands;

public sealed class ConsumeCommandTests : IDisposable
{
    private readonly MuseumProcess _museum = new();

    public void Dispose() => _museum.Dispose();

    [Fact]
    public async Task A_login_that_is_not_configured_is_reported_with_all_that_is_missing_before_anything_starts()
    {
        _museum.Environment["BOOTSTRAP_SERVERS"] = "127.0.0.1:1";
        _museum.Environment["SECURITY_PROTOCOL"] = "SASL_PLAINTEXT";

        var run = await _museum.RunAsync("consume");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("3 faults", run.Error, StringComparison.Ordinal);
        Assert.All(
            ["SASL_MECHANISM", "USERNAME", "PASSWORD"],
            key => Assert.Contains($"{key} is not set", run.Error, StringComparison.Ordinal)
        );
        Assert.False(File.Exists(Path.Combine(_museum.Directory, "museum.db")));
    }

    [Fact]
    public async Task Without_brokers_it_says_what_to_set()
    {
        var run = await _museum.RunAsync("consume");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("BOOTSTRAP_SERVERS is not set", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--until-end")]
    [InlineData("--dry-run")]
    public async Task A_broker_that_is_away_is_not_waited_for_without_end(string how)
    {
        _museum.Environment["BOOTSTRAP_SERVERS"] = "127.0.0.1:1";

        var run = await _museum.RunAsync("consume", how, "--timeout", "2");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error: gave up: nothing moved for 2 s: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", run.Error, StringComparison.Ordinal);
        Assert.Contains("--timeout SECONDS", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_needs_no_brokers_and_a_museum_that_is_not_there_is_named_with_those_that_are()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_museum.Directory, "a.ndjson"),
            "{}\n",
            TestContext.Current.CancellationToken
        );

        var loaded = await _museum.RunAsync("consume", "--from", "a.ndjson", "--json");
        var refused = await _museum.RunAsync("consume", "--from", "a.ndjson", "--museum", "LMS");

        Assert.Equal((0, 1), (loaded.ExitCode, loaded.Json.GetProperty("quarantined").GetInt32()));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("found LMS, expected one of LMNH", refused.Error, StringComparison.Ordinal);
    }
}
