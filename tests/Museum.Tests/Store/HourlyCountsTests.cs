using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Tests.Store;

/// <summary>Counting by the hour, against a plain sorted dictionary.</summary>
public sealed class HourlyCountsTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static IEnumerable<((DateTime Hour, int Exhibition, short Type) Key, long Presses)> Rows(
        HourlyCounts counts,
        PressKind kind
    )
    {
        var columns = counts.Columns(kind);
        return columns.Presses.Select(
            (presses, row) => ((columns.Hours[row], columns.Exhibitions[row], columns.Types[row]), presses)
        );
    }

    /// <param name="exhibitions">Of each there are two kinds and five types.</param>
    /// <param name="hours">The presses are within this many hours.</param>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(6, 2000)]
    [InlineData(40, 50)]
    [InlineData(300, 70_000_000)]
    public void It_agrees_with_a_sorted_dictionary_whatever_is_added_and_subtracted(int exhibitions, int hours)
    {
        var random = new Random(hours);
        var counts = new HourlyCounts();
        var plain = new[] { PressKind.Rating, PressKind.Support }.ToDictionary(
            kind => kind,
            _ => new SortedDictionary<(DateTime, int, short), long>()
        );
        for (var press = 0; press < 20_000; press++)
        {
            var kind = random.Next(2) == 0 ? PressKind.Rating : PressKind.Support;
            var exhibition =
                random.Next(exhibitions) == 0 ? HourlyCounts.MostExhibitions - 1 : random.Next(exhibitions);
            var type = (short)random.Next(1, 6);
            var hour = DateTimeOffset.MinValue.AddHours(random.Next(hours));
            var presses = random.Next(3) - 1;
            counts.Add(kind, exhibition, hour, type, presses);
            var key = (hour.UtcDateTime, exhibition, type);
            plain[kind][key] = plain[kind].GetValueOrDefault(key) + presses;
        }

        foreach (var (kind, expected) in plain)
            Assert.Equal(
                expected.Where(pair => pair.Value != 0).Select(pair => (pair.Key, pair.Value)),
                Rows(counts, kind)
            );
        Assert.True(counts.Rows >= Rows(counts, PressKind.Rating).Count() + Rows(counts, PressKind.Support).Count());
    }

    [Fact]
    public void An_instant_counts_in_its_hour_before_1970_too()
    {
        var counts = new HourlyCounts();
        foreach (
            var at in new[] { Start, Start.AddMinutes(59), Start.AddHours(1), DateTimeOffset.UnixEpoch.AddTicks(-10) }
        )
            counts.AddAt(PressKind.Rating, 1, at.ToUnixTimeMilliseconds() * 1000, 2, 1);

        Assert.Equal(
            [
                ((DateTime.UnixEpoch.AddHours(-1), 1, (short)2), 1L),
                ((Start.UtcDateTime, 1, 2), 2),
                ((Start.AddHours(1).UtcDateTime, 1, 2), 1),
            ],
            Rows(counts, PressKind.Rating)
        );
        Assert.Equal(3, counts.Rows);
    }

    [Fact]
    public void Counting_an_hour_again_allocates_nothing()
    {
        var counts = new HourlyCounts();
        for (var hour = 0; hour < 100; hour++)
            counts.Add(PressKind.Rating, 1, Start.AddHours(hour), 3, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var hour = 0; hour < 100; hour++)
            counts.Add(PressKind.Rating, 1, Start.AddHours(hour), 3, 1);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
