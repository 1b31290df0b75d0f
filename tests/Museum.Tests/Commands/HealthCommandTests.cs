using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Commands;

public sealed class HealthCommandTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_address_it_says_what_to_set()
    {
        var run = await museum.RunAsync("health");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("MUSEUM_HEALTH is not set", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_answers_the_exit_code_is_4()
    {
        museum.Environment["MUSEUM_HEALTH"] = $"{FreePorts.One()}";

        var run = await museum.RunAsync("health", "--live");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("/live does not answer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_without_its_broker_lives_and_is_not_well()
    {
        museum.Environment["MUSEUM_HEALTH"] = $"0.0.0.0:{FreePorts.One()}";
        museum.Environment["BOOTSTRAP_SERVERS"] = $"127.0.0.1:{FreePorts.One()}";
        using var consumer = museum.Start("consume");
        try
        {
            MuseumProcess.Outcome live;
            while ((live = await museum.RunAsync("health", "--live", "--json")).ExitCode != 0)
                Assert.False(consumer.HasExited);
            // At first nobody knows yet that the broker is away.
            MuseumProcess.Outcome health;
            while ((health = await museum.RunAsync("health")).ExitCode == 0)
                Assert.False(consumer.HasExited);

            Assert.Equal(200, live.Json.GetProperty("status").GetInt32());
            Assert.Equal(4, health.ExitCode);
            Assert.Contains("/health answered 503: ", health.Error, StringComparison.Ordinal);
        }
        finally
        {
            consumer.Kill();
            await consumer.WaitForExitAsync(Cancel);
        }
    }
}
