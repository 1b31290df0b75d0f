using System.Diagnostics;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;

namespace MuseumPipeline.Bench;

/// <summary>Parse and clean without source and store: the rate, and what each row allocates.</summary>
internal static class ParseAlone
{
    public static (long Rows, double Seconds, long AllocatedBytes) Run(string bucket)
    {
        var cleaner = new Cleaner(Vocabulary(bucket), CleaningRules.History, TimeProvider.System);
        var files = Directory.GetFiles(bucket, "lmnh_hist_data_*.csv").Select(File.ReadAllBytes).ToArray();
        // Once for the compiler.
        foreach (var file in files)
            Judge(file, cleaner);
        var (rows, seconds, allocated) = (0L, 0.0, 0L);
        foreach (var file in files)
        {
            var (more, took, bytes) = Judge(file, cleaner);
            (rows, seconds, allocated) = (rows + more, seconds + took, allocated + bytes);
        }

        return (rows, seconds, allocated);
    }

    private static (long Rows, double Seconds, long AllocatedBytes) Judge(byte[] file, Cleaner cleaner)
    {
        using var reader = new CsvReader(new MemoryStream(file, writable: false));
        reader.Read();
        var header = CsvHeader.Of(reader);
        reader.ExpectedFields = header.Count;
        long rows = 0,
            latest = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        while (reader.Read())
        {
            if (CsvReadings.Read(reader, header, out var reading, out _) is { } unread)
                throw Refused(reader, unread);
            if (cleaner.CleanData(reading, 1, reader.Line, out var press) is { } unclean)
                throw Refused(reader, unclean);
            latest = Math.Max(latest, press.At);
            rows++;
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return latest > 0 ? (rows, seconds, allocated) : throw new BenchException("no time in all of the history");
    }

    private static BenchException Refused(CsvReader reader, Reason reason) =>
        new($"line {reader.Line} of sound history was refused: {reason}");

    private static Vocabulary Vocabulary(string bucket)
    {
        var exhibitions = Directory
            .GetFiles(bucket, "lmnh_exhibition_*.json")
            .Order(StringComparer.Ordinal)
            .Select(file => ExhibitionFile.Parse(File.ReadAllBytes(file)))
            .Select((facts, index) => new Exhibition(index + 1, 1, facts.PublicId, facts.Site, facts.Name));
        return new(
            new Model.Museum(
                1,
                "LMNH",
                "Liverpool Museum of Natural History",
                "lmnh",
                "lmnh",
                new(8, 45),
                new(18, 15),
                "Europe/London"
            ),
            [.. exhibitions],
            [.. Enumerable.Range(0, 5).Select(value => new PressType((short)(value + 1), value, ""))],
            [new(1, 0, "Assistance"), new(2, 1, "Emergency")]
        );
    }
}
