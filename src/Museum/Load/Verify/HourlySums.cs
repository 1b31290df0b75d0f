using System.Globalization;
using System.Runtime.InteropServices;
using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>Compares the hourly counts that the rows give with those that are stored.</summary>
internal sealed class HourlySums
{
    private const long MicrosecondsPerHour = 3_600_000_000;
    private readonly Dictionary<(PressKind Kind, int Exhibition, short Type, long Hour), long> sums = [];

    public void Add(in StoredRecord press)
    {
        var hour = Math.DivRem(press.At, MicrosecondsPerHour, out var rest) - (rest < 0 ? 1 : 0);
        CollectionsMarshal.GetValueRefOrAddDefault(
            sums,
            (press.Kind!.Value, press.ExhibitionId, press.TypeId, hour),
            out _
        )++;
    }

    public void Add(in HourlyCount retired) =>
        CollectionsMarshal.GetValueRefOrAddDefault(
            sums,
            (retired.Kind, retired.ExhibitionId, retired.TypeId, retired.Hour),
            out _
        ) += retired.Presses;

    public void Compare(IReadOnlyList<HourlyCount> stored, VerifyReport report)
    {
        foreach (var count in stored)
        {
            sums.Remove((count.Kind, count.ExhibitionId, count.TypeId, count.Hour), out var counted);
            if (counted != count.Presses)
                Wrongly((count.Kind, count.ExhibitionId, count.TypeId, count.Hour), counted, count.Presses, report);
        }

        foreach (var (key, counted) in sums)
            Wrongly(key, counted, 0, report);
    }

    private static void Wrongly(
        (PressKind Kind, int Exhibition, short Type, long Hour) key,
        long rows,
        long counted,
        VerifyReport report
    )
    {
        var table = key.Kind is PressKind.Rating ? "rating_hourly" : "support_hourly";
        report.Add(
            "counts",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{table}, exhibition {key.Exhibition}, type {key.Type}, {HourText(key.Hour)}"
            ),
            string.Create(CultureInfo.InvariantCulture, $"it says {counted} presses, the tables hold {rows}")
        );
    }

    private static string HourText(long hour) =>
        Math.Abs(hour) < 10_000_000
            ? DateTimeOffset.UnixEpoch.AddHours(hour).ToString("yyyy-MM-ddTHH':00Z'", CultureInfo.InvariantCulture)
            : "an hour without a date";
}
