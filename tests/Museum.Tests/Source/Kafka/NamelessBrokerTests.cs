using MuseumPipeline.Model;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Source.Kafka;

/// <summary>A broker that is starting knows of none, and no question put to it may end the program.</summary>
public sealed class NamelessBrokerTests
{
    [Theory]
    [InlineData("doctor", 0)]
    [InlineData("doctor", 2)]
    [InlineData("kafka status", 0)]
    [InlineData("kafka status", 1)]
    [InlineData("kafka status", 2)]
    public async Task It_is_reported_and_the_program_ends_by_itself(string command, int named)
    {
        await using var broker = new NamelessBroker(named);
        using var museum = new MuseumProcess();
        museum.Environment["BOOTSTRAP_SERVERS"] = broker.Address;
        await museum.RunAsync("db", "migrate");

        var outcome = await museum.RunAsync(command.Split(' '));

        Assert.True(outcome.ExitCode == (int)ExitCode.Service, $"{outcome.ExitCode}: {outcome.Out}{outcome.Error}");
        Assert.Contains("knows of no broker that works", outcome.Out + outcome.Error, StringComparison.Ordinal);
    }
}
