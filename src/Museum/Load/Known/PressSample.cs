using System.Globalization;
using MuseumPipeline.Clean;
using MuseumPipeline.Model;
using MuseumPipeline.Parse;
using MuseumPipeline.Source.Files;

namespace MuseumPipeline.Load.Known;

/// <summary>A few presses from all over a source, to find out whether its content is already there.</summary>
/// <param name="Presses">At most <see cref="Most"/>.</param>
/// <param name="Beginning">Identifies the beginning of the source: copies begin alike, whatever their line ends or
/// compression.</param>
internal sealed record PressSample(IReadOnlyList<KioskEvent> Presses, string Beginning)
{
    public const int Most = 128;

    /// <summary>Fewer say nothing.</summary>
    public const int Least = 20;

    private const int Stretches = 16;
    private const int MostSkipped = 64;
    private const long SmallBytes = 256 * 1024;
    private const int SmallPresses = 8192;

    public static PressSample OfHistory(Stream content, Cleaner cleaner)
    {
        cleaner.StartBatch();
        return Of(content.Length, offset => Rows(content, offset, cleaner));
    }

    public static PressSample OfArchive(Archive archive, MessageJudge judge)
    {
        judge.StartBatch();
        return Of(archive.Size, offset => Lines(archive, offset, judge));
    }

    private static PressSample Of(long length, Func<long, IEnumerable<KioskEvent?>> from)
    {
        if (length <= SmallBytes)
        {
            var all = from(0).OfType<KioskEvent>().Take(SmallPresses).ToList();
            return new(
                [.. Enumerable.Range(0, Math.Min(all.Count, Most)).Select(i => all[Spread(i, all.Count)])],
                BeginningOf(all)
            );
        }

        // Except in the first stretch, the first record is only the rest of one.
        var stretches = Enumerable
            .Range(0, Stretches)
            .Select(i =>
                from(length / Stretches * i)
                    .Skip(i == 0 ? 0 : 1)
                    .Take(MostSkipped)
                    .OfType<KioskEvent>()
                    .Take(i == 0 ? Least : Most / Stretches)
                    .ToList()
            )
            .ToList();
        return new([.. stretches.SelectMany(s => s.Take(Most / Stretches))], BeginningOf(stretches[0]));
    }

    private static int Spread(int index, int count) => count <= Most ? index : (int)((long)index * count / Most);

    private static string BeginningOf(IEnumerable<KioskEvent> presses) =>
        presses
            .Take(Least)
            .Aggregate(0UL, (hash, press) => (hash * 31) + press.ContentHash)
            .ToString("x16", CultureInfo.InvariantCulture);

    private static IEnumerable<KioskEvent?> Rows(Stream content, long offset, Cleaner cleaner)
    {
        content.Position = 0;
        using var top = new CsvReader(content);
        if (!top.Read())
            yield break;
        var header = CsvHeader.Of(top);
        if (header.Fault is not null)
            yield break;
        content.Position = Math.Max(offset, top.NextOffset);
        using var reader = new CsvReader(content, content.Position, 2) { ExpectedFields = header.Count };
        while (reader.Read())
            yield return Press(reader, header, cleaner);
    }

    private static KioskEvent? Press(CsvReader reader, CsvHeader header, Cleaner cleaner) =>
        CsvReadings.Read(reader, header, out var reading, out _) is null
        && cleaner.CleanData(reading, 0, reader.Line, out var press) is null
            ? press
            : null;

    private static IEnumerable<KioskEvent?> Lines(Archive archive, long offset, MessageJudge judge)
    {
        using var view = archive.View();
        using var reader = new NdjsonReader(view, offset);
        while (reader.Read())
            yield return Press(reader, judge);
    }

    private static KioskEvent? Press(NdjsonReader reader, MessageJudge judge) =>
        judge.Judge(new(0, reader.Line, reader.Raw, reader.RawLength), out var press) is null ? press : null;
}
