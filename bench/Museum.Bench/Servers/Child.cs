using System.Diagnostics;
using System.Globalization;

namespace MuseumPipeline.Bench.Servers;

/// <summary>A process that was run to its end.</summary>
/// <param name="Seconds">From its start to its end, everything included.</param>
/// <param name="PeakBytes">The most memory it had resident at any time, by the kernel's count.</param>
/// <param name="Busy">The share of all cores' time that was used meanwhile, by whatever process: 0 to 1.</param>
internal sealed record Finished(double Seconds, string Output, long PeakBytes, double Busy);

/// <summary>Runs processes: what they print is kept, what they need is all said here, and none outlives this
/// one.</summary>
internal static class Child
{
    /// <summary>Only these come from outside: a setting that happens to be in the environment must not change what is
    /// measured.</summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "LANG", "LC_ALL"];

    public static async Task<Finished> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string directory,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancel
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Except(Inherited).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var (started, before) = (Stopwatch.GetTimestamp(), Machine.Ticks());
        using var process = Process.Start(start) ?? throw new BenchException($"{program} could not be started");
        process.StandardInput.Close();
        var peak = WatchAsync(process);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        var (seconds, after) = (Stopwatch.GetElapsedTime(started).TotalSeconds, Machine.Ticks());
        // A signal from the keyboard reaches the child as well, and may end it first.
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
            throw new BenchException(
                $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}: exit code "
                    + $"{process.ExitCode}: {(await errors).Trim()} {(await output).Trim()}"
            );
        var busy = (after.Busy - before.Busy) / Math.Max(1, after.All - before.All);
        return new(seconds, await output, await peak, busy);
    }

    /// <summary>The kernel keeps the maximum itself; it only has to be read before the process is gone.</summary>
    private static async Task<long> WatchAsync(Process process)
    {
        long peak = 0;
        try
        {
            while (!process.HasExited)
            {
                peak = Math.Max(peak, PeakOf(process.Id));
                await Task.Delay(20);
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It ended between two looks.
        }

        return peak;
    }

    private static long PeakOf(int id)
    {
        const string Peak = "VmHWM:";
        var line = File.ReadLines($"/proc/{id}/status")
            .FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal));
        return line is null
            ? 0
            : long.Parse(line[Peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
                * 1024;
    }
}
