using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using MuseumPipeline.Clean;
using MuseumPipeline.Load;
using MuseumPipeline.Load.Batches;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

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

    /// <summary>Into a database that has its schema, or is empty.</summary>
    public static async Task<RunReport> LoadDayAsync(MuseumStore store, CancellationToken cancel)
    {
        await store.Maintenance.MigrateAsync(cancel);
        return await new Loader(
            store,
            new FolderBucket(Day),
            new LoadOptions(CleaningRules.History, TimeProvider.System),
            NullLogger.Instance
        ).RunAsync(new LoadRequest(null, false), null, cancel);
    }

    private static string At(string name) => Path.Combine(Repository.Root, "samples", name);
}
