using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace MuseumPipeline.Bench.Servers;

/// <summary>What the figures were seen on.</summary>
internal static class Machine
{
    public static IEnumerable<string> Facts()
    {
        yield return $"{Environment.ProcessorCount} cores ({Line("/proc/cpuinfo", "model name")}), {Memory()}, "
            + $"{RuntimeInformation.OSDescription}";
        yield return $"{RuntimeInformation.FrameworkDescription}, SQLite {SqliteVersion()}";
    }

    /// <summary>Processes that want to run, on average over the last minute: above the number of cores they wait for
    /// each other.</summary>
    public static double Load() =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The time of all cores since the machine started, in the kernel's ticks, and how much of it was used.
    /// Neither idle nor waiting for a disk (proc(5): the fourth and the fifth figure).</summary>
    public static (double Busy, double All) Ticks()
    {
        var ticks = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(8)
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture))
            .ToArray();
        var all = ticks.Sum();
        return (all - ticks[3] - ticks[4], all);
    }

    private static string Memory() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{long.Parse(Line("/proc/meminfo", "MemTotal").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6:0.0} "
                + $"GB of memory"
        );

    private static string Line(string file, string name) =>
        File.ReadLines(file)
            .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim()
        ?? "unknown";

    private static string SqliteVersion()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }
}
