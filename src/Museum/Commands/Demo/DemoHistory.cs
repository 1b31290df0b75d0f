using MuseumPipeline.Settings;
using MuseumPipeline.Simulate;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Commands.Demo;

/// <summary>The history of a demo that was given none.</summary>
internal static class DemoHistory
{
    /// <summary>Twelve weeks: enough to compare a week or four with those before.</summary>
    private const int Days = 84;
    private const double InvalidShare = 0.01;

    /// <summary>A made-up one that ends yesterday, in a directory beside the database; that of an earlier demo is
    /// kept.</summary>
    public static FolderBucket Beside(EmbeddedSettings database, TimeProvider clock, CancellationToken cancel)
    {
        var directory = Path.Combine(Path.GetDirectoryName(database.Path)!, "museum-demo-bucket");
        if (Directory.Exists(directory))
            return new(directory);
        var hours = OpeningHours.Lmnh;
        var yesterday = DateOnly
            .FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), hours.Zone).DateTime)
            .AddDays(-1);
        BucketSimulator.Run(
            new SimulateRequest(directory, Days * MuseumDay.UsualRows, 1, 4, InvalidShare, yesterday.AddDays(1 - Days))
            {
                Days = Days,
            },
            cancel
        );
        return new(directory);
    }
}
