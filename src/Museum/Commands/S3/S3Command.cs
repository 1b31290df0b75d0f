using System.CommandLine;
using System.Globalization;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using Spectre.Console;

namespace MuseumPipeline.Commands.S3;

/// <summary><c>museum s3</c>: the stages on disk. <c>museum load</c> needs none of them.</summary>
internal static class S3Command
{
    private static readonly Option<bool> All = new("--all") { Description = "Every object of the bucket" };

    private static readonly Option<string> Prefix = new("--prefix")
    {
        Description = "Only objects whose key starts with P",
        HelpName = "P",
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "The directory to write to",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<bool> Overwrite = new("--overwrite")
    {
        Description = "Replace files that are there",
    };

    private static readonly Option<bool> SystemNames = new("--system-names")
    {
        Description = "Write dotfiles, libraries and programs too: names that others read or run by themselves",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "The merged file; by default lmnh_hist_data_all.csv in DIR",
        HelpName = "FILE",
    };

    private static readonly Option<bool> DeleteParts = new("--delete-parts")
    {
        Description = "Remove the parts once they are merged",
    };

    private static readonly Option<string> Museum = new("--museum")
    {
        Description = "The prefix of the museum's files",
        HelpName = "PREFIX",
        DefaultValueFactory = _ => Options.DefaultMuseum,
    };

    private static readonly Argument<string> Dir = new("DIR")
    {
        Description = "The directory that holds the downloaded parts",
    };

    public static Command Create()
    {
        var buckets = new Command("buckets", "List the buckets these keys may see").WithCommon();
        Session.Act(buckets, Needs.Nothing, BucketsAsync);
        var objects = new Command("objects", "List every object of the bucket").WithCommon(Options.Bucket);
        Session.Act(objects, Needs.Bucket, ObjectsAsync);
        var download = new Command(
            "download",
            "Download the museum's history and exhibitions; --all or --prefix for others"
        ).WithCommon(Options.Bucket, All, Prefix, To, Overwrite, SystemNames, Museum);
        download.Validators.Add(result =>
        {
            if (result.GetValue(All) && result.GetResult(Prefix) is not null)
                result.AddError("give either --all or --prefix P");
        });
        Session.Act(download, Needs.Bucket, DownloadAsync);
        var merge = new Command("merge", "Merge downloaded history into one file").WithCommon(
            Output,
            DeleteParts,
            Museum
        );
        merge.Arguments.Add(Dir);
        Session.Act(merge, Needs.Nothing, MergeAsync);
        var clean = new Command("clean", "Remove downloaded parts that the merged file holds").WithCommon(
            Output,
            Museum
        );
        clean.Arguments.Add(Dir);
        Session.Act(clean, Needs.Nothing, CleanAsync);
        return new Command("s3", "List a bucket; download, merge and clean up as stages on disk")
        {
            buckets,
            objects,
            download,
            merge,
            clean,
        };
    }

    private static async Task<ExitCode> BucketsAsync(Session session, CancellationToken cancel)
    {
        var names = await BucketFiles.GetBucketNamesAsync(
            Connections.S3(session.Settings),
            session.Clock,
            session.Log,
            cancel
        );
        if (session.Json)
        {
            JsonOutput.Print(new BucketsJson("s3 buckets", names), S3Shapes.Default.BucketsJson);
            return ExitCode.Done;
        }
        foreach (var name in names)
            Console.Out.WriteLine(SafeText.Of(name));
        if (names.Count == 0)
            Console.Error.WriteLine("no buckets");
        return ExitCode.Done;
    }

    // One line an object, for people and for grep: size, version, and the key last, since it may hold anything.
    private static async Task<ExitCode> ObjectsAsync(Session session, CancellationToken cancel)
    {
        await using var bucket = Connections.OpenBucket(session);
        var objects = await BucketFiles.GetBucketObjectsAsync(bucket, cancel);
        if (session.Json)
        {
            var json = new ObjectsJson(
                "s3 objects",
                bucket.Location,
                [.. objects.Select(o => new ObjectJson(o.Key, o.Version, o.Size))]
            );
            JsonOutput.Print(json, S3Shapes.Default.ObjectsJson);
            return ExitCode.Done;
        }
        foreach (var entry in objects)
            Console.Out.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{entry.Size, 14:N0}  {SafeText.Of(entry.Key)}")
            );
        if (!Console.IsOutputRedirected)
            Terminal.Out.MarkupLine(
                $"[grey]{Show.Number(objects.Count)} objects, {Show.Bytes(objects.Sum(o => o.Size))} in "
                    + $"{Show.Text(bucket.Location)}[/]"
            );
        return ExitCode.Done;
    }

    private static async Task<ExitCode> DownloadAsync(Session session, CancellationToken cancel)
    {
        await using var bucket = Connections.OpenBucket(session);
        var directory = session.Parsed.GetRequiredValue(To);
        var options = new DownloadOptions(session.Parsed.GetValue(Overwrite), session.Parsed.GetValue(SystemNames));
        var report = session.Parsed.GetValue(All)
            ? await BucketFiles.DownloadAllFilesAsync(bucket, directory, options, cancel)
            : await BucketFiles.DownloadSpecificFilesAsync(bucket, directory, Wanted(session, bucket), options, cancel);
        if (session.Json)
        {
            var json = new DownloadJson(
                "s3 download",
                bucket.Location,
                [.. report.Files.Select(f => new DownloadedJson(f.Key, f.Path, f.Size, f.Verified))],
                [.. report.Skipped.Select(s => new SkippedJson(s.Key, s.Reason))]
            );
            JsonOutput.Print(json, S3Shapes.Default.DownloadJson);
            return ExitCode.Done;
        }
        foreach (var file in report.Files)
            Console.Out.WriteLine(SafeText.Of(file.Path));
        foreach (var skipped in report.Skipped)
            Console.Error.WriteLine($"skipped {SafeText.Of(skipped.Key)}: {SafeText.Of(skipped.Reason)}");
        if (report.Skipped.Count > 0)
            Console.Error.WriteLine("museum s3 download --help says which flags write what was skipped");
        Console.Error.WriteLine(
            $"{Show.Number(report.Files.Count)} files, {Show.Bytes(report.Files.Sum(f => f.Size))} from "
                + $"{SafeText.Of(bucket.Location)}"
        );
        return ExitCode.Done;
    }

    private static Func<BucketObject, bool> Wanted(Session session, IBucket bucket)
    {
        if (session.Parsed.GetValue(Prefix) is { } prefix)
            return entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal);
        var museum = session.Parsed.GetRequiredValue(Museum);
        return entry =>
            BucketRules.IsHistory(entry.Key, bucket.Folder, museum)
            || BucketRules.IsExhibition(entry.Key, bucket.Folder, museum);
    }

    private static async Task<ExitCode> MergeAsync(Session session, CancellationToken cancel)
    {
        var (directory, output, museum) = Place(session);
        var report = await BucketFiles.MergeCsvToFileAsync(directory, output, museum, cancel);
        var removed = session.Parsed.GetValue(DeleteParts)
            ? await BucketFiles.DeleteCsvFilesAsync(directory, output, museum, cancel)
            : [];
        if (session.Json)
        {
            JsonOutput.Print(
                new MergeJson("s3 merge", report.Output, report.Parts, report.Rows, report.Bytes, removed),
                S3Shapes.Default.MergeJson
            );
            return ExitCode.Done;
        }
        var console = OutputFile.IsStandardOutput(report.Output) ? Terminal.Error : Terminal.Out;
        console.MarkupLine(
            $"Merged {Show.Number(report.Parts.Count)} parts into {Show.Text(report.Output)}: "
                + $"{Show.Number(report.Rows)} rows, {Show.Bytes(report.Bytes)}"
        );
        if (removed.Count > 0)
            console.MarkupLine($"Removed {Show.Number(removed.Count)} parts");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> CleanAsync(Session session, CancellationToken cancel)
    {
        var (directory, output, museum) = Place(session);
        var removed = await BucketFiles.DeleteCsvFilesAsync(directory, output, museum, cancel);
        if (session.Json)
            JsonOutput.Print(new CleanJson("s3 clean", removed), S3Shapes.Default.CleanJson);
        else
            Terminal.Out.MarkupLine($"Removed {Show.Number(removed.Count)} parts from {Show.Text(directory)}");
        return ExitCode.Done;
    }

    private static (string Directory, string? Output, string Museum) Place(Session session) =>
        (
            session.Parsed.GetRequiredValue(Dir),
            session.Parsed.GetValue(Output),
            session.Parsed.GetRequiredValue(Museum)
        );
}

internal sealed record BucketsJson(string Command, IReadOnlyList<string> Buckets);

internal sealed record ObjectsJson(string Command, string Location, IReadOnlyList<ObjectJson> Objects);

internal sealed record ObjectJson(string Key, string Version, long Size);

internal sealed record DownloadJson(
    string Command,
    string Location,
    IReadOnlyList<DownloadedJson> Files,
    IReadOnlyList<SkippedJson> Skipped
);

internal sealed record DownloadedJson(string Key, string Path, long Size, bool Verified);

internal sealed record SkippedJson(string Key, string Reason);

internal sealed record MergeJson(
    string Command,
    string Output,
    IReadOnlyList<string> Parts,
    long Rows,
    long Bytes,
    IReadOnlyList<string> Removed
);

internal sealed record CleanJson(string Command, IReadOnlyList<string> Removed);
