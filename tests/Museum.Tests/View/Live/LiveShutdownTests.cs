using System.Diagnostics;
using MuseumPipeline.Tests.Commands;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.View.Live;

public sealed class LiveShutdownTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("serve")]
    [InlineData("demo")]
    public async Task A_signal_ends_the_command_within_five_seconds_whoever_is_listening(string verb)
    {
        using var museum = new MuseumProcess();
        var address = new Uri($"http://127.0.0.1:{FreePorts.One()}");
        using var process = museum.Start(verb, "--listen", address.Authority);
        var finishing = MuseumProcess.FinishAsync(process);
        using var client = new HttpClient { BaseAddress = address };
        var streams = new List<StreamReader>();
        for (var open = 0; open < 3; open++) streams.Add(new StreamReader(await OpenAsync(client, process)));
        foreach (var stream in streams) Assert.StartsWith("retry:", await stream.ReadLineAsync(Cancel), StringComparison.Ordinal);

        var asked = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync(Cancel);
        var outcome = await finishing;

        Assert.Equal(143, outcome.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(asked), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        foreach (var stream in streams) stream.Dispose();
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
