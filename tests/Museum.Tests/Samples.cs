using System.Globalization;

namespace MuseumPipeline.Tests;

/// <summary>A day of history and a morning's messages, with their figures as <c>eng/sample-figures</c> counts them,
/// without the program.</summary>
internal static class Samples
{
    private static readonly Lazy<Dictionary<string, string>> Figures = new(() =>
        File.ReadLines(At("figures.txt")).Select(line => line.Split(' ', 2)).ToDictionary(pair => pair[0], p => p[1])
    );

    /// <summary>Monday, 6 March 2023: five exhibitions with votes and one without any press.</summary>
    public static string Day => At("day");

    public static string Messages => At("stream.ndjson");

    public static string Figure(string name) => Figures.Value[name];

    public static long Number(string name) => long.Parse(Figure(name), CultureInfo.InvariantCulture);

    /// <summary>To two places, as pages and reports show it.</summary>
    public static string Mean(int site) =>
        double.Parse(Figure($"mean-{site}"), CultureInfo.InvariantCulture)
            .ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>On that day London's clocks showed UTC.</summary>
    public static string Instant(string name) => Figure(name).Replace(' ', 'T') + "Z";

    private static string At(string name) => Path.Combine(Repository.Root, "samples", name);
}
