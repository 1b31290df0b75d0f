using System.Net;
using System.Net.Sockets;

namespace MuseumPipeline.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private readonly MuseumProcess museum = new();

    public void Dispose() => museum.Dispose();

    [Fact]
    public async Task An_address_that_is_taken_is_reported_in_one_line()
    {
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        // The first dashboard over a database makes its keys, and warns that they are not encrypted.
        Assert.Equal(3, (await museum.RunAsync("serve", "--listen", $"{other.LocalEndpoint}")).ExitCode);
        var outcome = await museum.RunAsync("serve", "--listen", $"{other.LocalEndpoint}");

        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Out));
        Assert.StartsWith(
            $"error: MUSEUM_LISTEN: found {other.LocalEndpoint}, which cannot be listened on",
            Assert.Single(outcome.Complaints.Trim().Split('\n')),
            StringComparison.Ordinal
        );
    }
}
