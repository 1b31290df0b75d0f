using System.Diagnostics;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Live;

public sealed class LiveShutdownTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("serve", "TERM")]
    [InlineData("serve", "HUP")]
    [InlineData("demo", "TERM")]
    public async Task A_signal_ends_the_command_within_five_seconds_whoever_is_listening(string verb, string signal)
    {
        using var museum = new MuseumProcess();
        var address = new Uri($"http://127.0.0.1:{FreePorts.One()}");
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        using var process = museum.Start(verb, "--listen", address.Authority);
        var finishing = MuseumProcess.FinishAsync(process);
        using var client = new HttpClient { BaseAddress = address };
        var streams = new List<StreamReader>();
        for (var open = 0; open < 3; open++)
            streams.Add(new StreamReader(await OpenAsync(client, process)));
        foreach (var stream in streams)
            Assert.StartsWith("retry:", await stream.ReadLineAsync(Cancel), StringComparison.Ordinal);

        var asked = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            await kill.WaitForExitAsync(Cancel);
        var outcome = await finishing;

        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task The_health_of_a_dashboard_is_reported_on_a_port_of_its_own()
    {
        using var museum = new MuseumProcess();
        var (address, health) = (new Uri($"http://127.0.0.1:{FreePorts.One()}"), FreePorts.One());
        museum.Environment["MUSEUM_HEALTH"] = $"{health}";
        Assert.Equal(0, (await museum.RunAsync("db", "migrate")).ExitCode);
        using var process = museum.Start("serve", "--listen", address.Authority);
        using var client = new HttpClient { BaseAddress = address };
        using (await OpenAsync(client, process))
        {
            string? told = null;
            while (told is null)
            {
                try
                {
                    told = await client.GetStringAsync($"http://127.0.0.1:{health}/health", Cancel);
                }
                catch (HttpRequestException e) when (e.StatusCode is null)
                {
                    await Task.Delay(50, Cancel);
                }
            }

            Assert.Equal("""{"state":"healthy","healthy":true,"problem":null,"streams":1}""", told.Trim());
        }

        process.Kill();
        await process.WaitForExitAsync(Cancel);
    }

    private static async Task<Stream> OpenAsync(HttpClient client, Process process)
    {
        while (true)
        {
            Assert.False(process.HasExited, "it ended before it listened");
            try
            {
                return await client.GetStreamAsync("/api/v1/live", Cancel);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, Cancel);
            }
        }
    }
}
