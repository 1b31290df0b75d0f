using System.Diagnostics;
using System.Text.Json;

namespace MuseumPipeline.Tests.Commands;

/// <summary>The built command as a person runs it: a process in its own directory, configured only by the
/// test.</summary>
internal sealed class MuseumProcess : IDisposable
{
    /// <summary>The one that was built beside the tests, or MUSEUM_PROGRAM.</summary>
    private static readonly string Program =
        System.Environment.GetEnvironmentVariable("MUSEUM_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "museum");

    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("museum-command-");

    public string Directory => _directory.FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public void Write(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        if (name == ".env" && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task<Outcome> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await FinishAsync(process);
    }

    public Process Start(params string[] arguments) => Start(new ProcessStartInfo(Program, arguments));

    /// <summary>A line as it is typed into a shell that finds the command.</summary>
    public async Task<Outcome> TypeAsync(string line)
    {
        var shell = new ProcessStartInfo("bash", ["-c", line]);
        shell.Environment["PATH"] = $"{Path.GetDirectoryName(Program)}:{shell.Environment["PATH"]}";
        using var process = Start(shell);
        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    private Process Start(ProcessStartInfo start)
    {
        start.WorkingDirectory = Directory;
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        foreach (var key in start.Environment.Keys.ToList())
        {
            if (
                key.StartsWith("AWS_", StringComparison.Ordinal)
                || key.StartsWith("MUSEUM_", StringComparison.Ordinal)
                || key.StartsWith("KAFKA_", StringComparison.Ordinal)
                || key is "BOOTSTRAP_SERVERS" or "SECURITY_PROTOCOL" or "SASL_MECHANISM" or "TOPIC" or "GROUP"
                || key.StartsWith("DATABASE_", StringComparison.Ordinal)
                || key.StartsWith("LOCAL_", StringComparison.Ordinal)
                || key.StartsWith("PG", StringComparison.Ordinal)
            )
                start.Environment.Remove(key);
        }
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["HOME"] = Directory;
        foreach (var (key, value) in Environment)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    public static async Task<Outcome> FinishAsync(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    internal sealed record Outcome(int ExitCode, string Out, string Error)
    {
        /// <summary>stderr without the first line of commands that write, which says where to.</summary>
        public string Complaints =>
            Error.StartsWith("writes to ", StringComparison.Ordinal) ? Error[(Error.IndexOf('\n') + 1)..] : Error;

        /// <summary>The one JSON object that is all of stdout.</summary>
        public JsonElement Json =>
            JsonDocument.Parse(Assert.Single(Out.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
    }
}
