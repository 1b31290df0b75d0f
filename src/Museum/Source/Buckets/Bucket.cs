using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Buckets;

/// <summary>Decides what a person means by a bucket.</summary>
internal static partial class Bucket
{
    /// <summary>
    /// <c>s3://NAME</c> and <c>s3://NAME/PREFIX</c> are always a bucket; what contains a separator, or starts with
    /// <c>.</c> or <c>~</c>, is always a
    /// directory, or a file in one; a bare name is the directory of that name where one exists here, else an S3 bucket.
    /// </summary>
    /// <exception cref="MuseumException">Neither a directory nor a bucket can be called that; or the S3 settings are at
    /// fault.</exception>
    public static IBucket Parse(
        string argument,
        S3Settings settings,
        TimeProvider clock,
        ILogger? log = null,
        bool recursive = false,
        FileHashes? hashes = null
    )
    {
        if (argument.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
        {
            var parts = argument[5..].Split('/', 2);
            var key = parts.ElementAtOrDefault(1) ?? "";
            return new S3Bucket(CheckName(parts[0], argument, settings), key, settings, clock, log)
            {
                IsOneFile = IsHistoryFile(key),
                IsRecursive = recursive,
            };
        }

        if (LooksLikePath(argument) || Directory.Exists(argument) || (IsHistoryFile(argument) && File.Exists(argument)))
            return new FolderBucket(ExpandHome(argument), recursive, hashes);
        return new S3Bucket(CheckName(argument, argument, settings), "", settings, clock, log)
        {
            IsRecursive = recursive,
        };
    }

    private static bool IsHistoryFile(string name) =>
        name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);

    private static bool LooksLikePath(string argument) =>
        argument.AsSpan().ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)
        || argument is ['.' or '~', ..];

    // The shell does not expand it in -b=~/x and in .env.
    private static string ExpandHome(string path) =>
        path is "~" or ['~', '/', ..]
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
            : path;

    private static string CheckName(string name, string argument, S3Settings settings)
    {
        // The SDK looks for such a bucket at Amazon, whatever server it was told.
        if (name.EndsWith("--x-s3", StringComparison.Ordinal) && settings.Endpoint is not null)
            throw new MuseumException(
                ExitCode.Configuration,
                new Explanation(
                    $"'{KeyText.Show(argument)}' is called like a directory bucket of S3 Express, which only Amazon "
                        + $"has, but "
                        + $"AWS_ENDPOINT_URL_S3 is {settings.Describe}",
                    ["MUSEUM_BUCKET", "AWS_ENDPOINT_URL_S3"],
                    "name another bucket, or remove AWS_ENDPOINT_URL_S3"
                )
            );
        return BucketName().IsMatch(name)
            ? name
            : throw new MuseumException(
                ExitCode.Usage,
                $"'{KeyText.Show(argument)}' names no bucket: expected NAME or s3://NAME/PREFIX, NAME being 3 to "
                    + $"63 lower-case letters, digits, dots and hyphens, "
                    + "or a directory (write ./NAME)."
            );
    }

    // Amazon's rule for names, plus the capitals and underscores that old buckets and other servers have.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{2,254}\z")]
    private static partial Regex BucketName();
}
