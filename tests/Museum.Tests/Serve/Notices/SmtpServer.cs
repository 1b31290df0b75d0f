using System.Diagnostics;
using System.Net.Sockets;
using MuseumPipeline.Tests.Servers;

namespace MuseumPipeline.Tests.Serve.Notices;

/// <summary>A real mail server, aiosmtpd as Debian has it, that keeps every letter as a file.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly DirectoryInfo box = Directory.CreateTempSubdirectory("museum-mail-");
    private Process? process;

    private SmtpServer(int port) => Port = port;

    public int Port { get; }

    /// <summary>The server makes it, with all that belongs in it.</summary>
    private string Box => Path.Combine(box.FullName, "box");

    /// <summary>Letters as they arrived.</summary>
    public IReadOnlyList<string> Letters =>
        Directory.Exists(Path.Combine(Box, "new"))
            ? [.. Directory.GetFiles(Path.Combine(Box, "new")).Select(File.ReadAllText)]
            : [];

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<SmtpServer> StartAsync()
    {
        Assert.SkipUnless(
            File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"),
            "no mail server: apt-get install python3-aiosmtpd"
        );
        var server = new SmtpServer(FreePorts.One());
        await server.RunAsync();
        return server;
    }

    public async Task RunAsync()
    {
        process = Process.Start(
            new ProcessStartInfo(
                Python,
                ["-m", "aiosmtpd", "-n", "-l", $"127.0.0.1:{Port}", "-c", "aiosmtpd.handlers.Mailbox", Box]
            )
        )!;
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", Port);
                return;
            }
            catch (SocketException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>It goes away with its letters kept.</summary>
    public void Stop()
    {
        process?.Kill();
        process?.WaitForExit();
        process?.Dispose();
        process = null;
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        box.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
