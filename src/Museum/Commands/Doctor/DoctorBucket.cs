using MuseumPipeline.Model;
using MuseumPipeline.Source.Buckets;

namespace MuseumPipeline.Commands.Doctor;

/// <summary>Lists the bucket and reads its smallest object, which needs both rights of a load.</summary>
internal static class DoctorBucket
{
    private const string Name = "bucket";

    public static async Task<IReadOnlyList<Check>> ExamineAsync(Session session, CancellationToken cancel)
    {
        var settings = session.Settings;
        if (settings.Bucket is null)
            return
            [
                Check.NotThere(Name, "no bucket is configured: set MUSEUM_BUCKET, or name one at each load with -b"),
            ];
        try
        {
            // A person is waiting: one retry is enough to tell a glitch from a fault.
            var s3 = Connections.S3(settings) with
            {
                Attempts = 2,
                Patience = TimeSpan.Zero,
            };
            await using var bucket = Bucket.Parse(settings.Bucket, s3, session.Clock);
            return [await ExamineAsync(bucket, settings.Bucket, cancel)];
        }
        catch (MuseumException e)
        {
            return [Check.Wrong(Name, e)];
        }
        catch (TransientException e)
        {
            return
            [
                Check.Wrong(
                    Name,
                    ExitCode.Service,
                    e.Message,
                    "try again; if it stays, check the settings below",
                    "AWS_ENDPOINT_URL_S3",
                    "MUSEUM_BUCKET"
                ),
            ];
        }
    }

    private static async Task<Check> ExamineAsync(IBucket bucket, string configured, CancellationToken cancel)
    {
        var objects = await bucket.ListAsync(cancel);
        var ours = objects
            .Where(o =>
                BucketRules.IsHistory(o.Key, bucket.Folder, Options.DefaultMuseum)
                || BucketRules.IsExhibition(o.Key, bucket.Folder, Options.DefaultMuseum)
            )
            .ToList();
        if ((ours.Count > 0 ? ours : objects).Where(o => o.Size > 0).MinBy(o => o.Size) is { } smallest)
        {
            await using var content = await bucket.OpenAsync(smallest, cancel);
        }
        var found =
            $"{bucket.Location}: {Show.Number(objects.Count)} objects, {Show.Number(ours.Count)} of them history "
            + $"or exhibitions";
        return ours.Count > 0
            ? Check.Fine(Name, found + "; may list and read")
            : Check.Doubtful(
                Name,
                found,
                $"check MUSEUM_BUCKET or -b: {configured} holds nothing to load",
                "MUSEUM_BUCKET"
            );
    }
}
