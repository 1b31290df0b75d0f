using System.Diagnostics;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Tests.Servers;

/// <summary>A client of Kafka that is not ours, from Debian's package; installed where that is possible.</summary>
internal static class Kcat
{
    private static readonly Lazy<Task<string?>> Program = new(FindAsync);

    /// <summary>Sends messages, one a line, over the listener that these settings speak to; skips the test where there
    /// is no kcat.</summary>
    public static async Task ProduceAsync(KafkaSettings settings, string topic, params IEnumerable<string> lines)
    {
        var program = await Program.Value;
        Assert.SkipWhen(program is null, "needs kcat (Debian: apt-get install kcat)");
        var start = new ProcessStartInfo(
            program!,
            ["-P", "-b", settings.BootstrapServers, "-t", topic, .. Login(settings)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        foreach (var line in lines)
            await process.StandardInput.WriteLineAsync(line);
        process.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }

    private static IEnumerable<string> Login(KafkaSettings settings)
    {
        List<string> properties = [$"security.protocol={settings.ProtocolName}"];
        if (settings.LogsIn)
            properties.AddRange([
                $"sasl.mechanism={settings.MechanismName}",
                $"sasl.username={settings.Username}",
                $"sasl.password={settings.Password!.Reveal()}",
            ]);
        properties.AddRange(settings.Extra.Select(p => $"{p.Key}={p.Value}"));
        return properties.SelectMany(p => new[] { "-X", p });
    }

    private static async Task<string?> FindAsync()
    {
        if (Tool.Find("kcat") is { } there)
            return there;
        try
        {
            await Tool.RunAsync(
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
                "-y",
                "-qq",
                "--no-install-recommends",
                "kcat"
            );
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
        return Tool.Find("kcat");
    }
}
