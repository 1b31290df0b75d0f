using Microsoft.Extensions.Logging;

namespace MuseumPipeline.Source;

/// <summary>Finds out what a person means by a bucket.</summary>
public static class Bucket
{
    /// <summary>
    /// <c>s3://NAME/PREFIX</c> is always a bucket; what contains a separator, or starts with <c>.</c> or <c>~</c>, is always a directory;
    /// a bare name is the directory of that name where one exists, else an S3 bucket.
    /// </summary>
    /// <exception cref="Run.MuseumException">Neither a directory nor a bucket can be called that; or the S3 settings are at fault.</exception>
    public static IBucket Parse(string argument, S3Settings settings, TimeProvider clock, ILogger? log = null) =>
        throw new NotSupportedException($"{argument}{settings}{clock}{log}");
}
