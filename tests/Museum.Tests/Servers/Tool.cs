using System.Diagnostics;

namespace MuseumPipeline.Tests.Servers;

/// <summary>Runs a program of the system to its end.</summary>
internal static class Tool
{
    /// <exception cref="InvalidOperationException">It is not there, or exits with another code than 0; says what it
    /// printed.</exception>
    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        var (code, said) = await TryAsync(program, arguments);
        return code == 0
            ? said
            : throw new InvalidOperationException($"{Path.GetFileName(program)} exited with {code}: {said}");
    }

    /// <summary>Its exit code, and what it printed: its output, or both where it failed.</summary>
    public static async Task<(int ExitCode, string Said)> TryAsync(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? await output : await errors + await output);
    }

    /// <summary>The first of these programs on the path or in the usual places, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Concat(["/usr/sbin", "/sbin"])
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
