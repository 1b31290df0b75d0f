using System.Net;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using MuseumPipeline.Model;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Source.Buckets;

/// <summary>A fault that a retry may fix.</summary>
/// <param name="outage">The server is unavailable or overloaded, as opposed to a failed transfer.</param>
internal sealed class S3Fault(string message, bool outage, Exception? inner = null) : Exception(message, inner)
{
    public bool Outage => outage;
}

/// <summary>The request, for error texts.</summary>
/// <param name="Permission">The permission it needs.</param>
internal sealed record S3Question(string Doing, string Permission, string? Bucket = null, string? Key = null)
{
    public string Resource =>
        Bucket is null ? "*"
        : Key is null ? $"arn:aws:s3:::{Bucket}"
        : $"arn:aws:s3:::{Bucket}/{KeyText.Show(Key)}";
}

/// <summary>Translates the SDK's exceptions for people and for retries.</summary>
internal static class S3Errors
{
    /// <summary>The bucket's region, by the server.</summary>
    public static string? NamedRegion(AmazonS3Exception e)
    {
        var answer = (e.InnerException as HttpErrorResponseException)?.Response;
        var header =
            answer?.IsHeaderPresent("x-amz-bucket-region") == true
                ? answer.GetHeaderValue("x-amz-bucket-region")
                : null;
        return
            (int)e.StatusCode is 301 or 307 or 400
            && !string.IsNullOrEmpty(header)
            && header.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? header
            : null;
    }

    /// <summary>The exception to throw instead: <see cref="S3Fault"/> if another attempt makes sense.</summary>
    public static Exception Explain(Exception e, S3Question asked, S3Settings settings) =>
        e switch
        {
            AmazonS3Exception s3 => Explain(s3, asked, settings),
            _ when Within<AuthenticationException>(e) is { } tls => Refused(
                asked,
                $"the TLS certificate of {settings.Describe} was not accepted ({tls.Message})",
                "check AWS_ENDPOINT_URL_S3 and this machine's certificate authorities",
                e,
                ["AWS_ENDPOINT_URL_S3"]
            ),
            _ when Within<HttpRequestException>(e) is { } http => new S3Fault(
                $"{settings.Describe} cannot be reached ({http.HttpRequestError}: {http.Message}). Check "
                    + $"AWS_ENDPOINT_URL_S3, AWS_REGION and the network",
                true,
                e
            ),
            _ when Within<IOException>(e) is { } io => new S3Fault(
                $"the connection to {settings.Describe} broke ({io.Message.TrimEnd('.')}). If it stays so, check "
                    + $"AWS_ENDPOINT_URL_S3 (https or http?) and the network",
                true,
                e
            ),
            _ when Within<XmlException>(e) is not null || e is AmazonUnmarshallingException => new S3Fault(
                "the answer was cut short or is not S3's XML. If it stays so, AWS_ENDPOINT_URL_S3 may not be an "
                    + "S3 server",
                false,
                e
            ),
            AmazonServiceException or AmazonClientException => NoCredentials(e, asked),
            _ => e,
        };

    // The SDK's own text for the commonest case is a page long.
    private static MuseumException NoCredentials(Exception e, S3Question asked)
    {
        var found = e.Message.StartsWith("Failed to resolve AWS credentials", StringComparison.Ordinal)
            ? "no AWS credentials were found, neither keys nor a profile, an SSO session or a role"
            : KeyText.Show(e.Message).TrimEnd('.');
        return new(
            ExitCode.Configuration,
            new Explanation(
                $"Cannot {asked.Doing}: {found}",
                ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with an AWS profile (AWS_PROFILE)"
            ),
            e
        );
    }

    private static Exception Explain(AmazonS3Exception e, S3Question asked, S3Settings settings)
    {
        var said = $"{(int)e.StatusCode} {KeyText.Show(e.ErrorCode ?? e.StatusCode.ToString())}";
        return e.ErrorCode switch
        {
            "InvalidAccessKeyId" => Refused(
                asked,
                $"{settings.Describe} does not know the access key ({said})",
                "check AWS_ACCESS_KEY_ID, and AWS_ENDPOINT_URL_S3: each server has keys of its own",
                e,
                ["AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL_S3"]
            ),
            "SignatureDoesNotMatch" => Refused(
                asked,
                $"the secret key does not belong to the access key ({said})",
                "check AWS_SECRET_ACCESS_KEY",
                e,
                ["AWS_SECRET_ACCESS_KEY"]
            ),
            "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" => Refused(
                asked,
                $"the session has expired or is not valid ({said})",
                "renew AWS_SESSION_TOKEN with its two keys, or sign in again (aws sso login)",
                e,
                ["AWS_SESSION_TOKEN"]
            ),
            "RequestTimeTooSkewed" => Refused(
                asked,
                $"this machine's clock is too far from the server's ({said})",
                "set the clock",
                e,
                ["MUSEUM_BUCKET"]
            ),
            "InvalidObjectState" => Refused(
                asked,
                $"the object is archived ({said})",
                "restore it from its archive class first",
                e,
                ["MUSEUM_BUCKET"]
            ),
            "NoSuchBucket" => Refused(
                asked,
                $"{settings.Describe} has no bucket '{asked.Bucket}' ({said})",
                "check the bucket's name (-b or MUSEUM_BUCKET) and AWS_ENDPOINT_URL_S3",
                e,
                ["MUSEUM_BUCKET", "AWS_ENDPOINT_URL_S3"]
            ),
            "InvalidBucketName" => Refused(
                asked,
                $"'{KeyText.Show(asked.Bucket ?? "")}' cannot be a bucket's name ({said})",
                "check -b or MUSEUM_BUCKET",
                e,
                ["MUSEUM_BUCKET"]
            ),
            _ => ExplainStatus(e, said, asked, settings),
        };
    }

    private static Exception ExplainStatus(AmazonS3Exception e, string said, S3Question asked, S3Settings settings)
    {
        switch (e.StatusCode)
        {
            case HttpStatusCode.PreconditionFailed when asked.Key is not null:
                return new ObjectChangedException(
                    $"{KeyText.Show(asked.Key)} in {asked.Bucket} was replaced after it was listed ({said})."
                );
            case HttpStatusCode.NotFound when asked.Key is not null:
                return new ObjectChangedException(
                    $"{KeyText.Show(asked.Key)} in {asked.Bucket} was removed after it was listed ({said}).",
                    gone: true
                );
            case HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized:
                var encrypted = asked.Key is null ? "" : "; for an object encrypted with a KMS key also kms:Decrypt";
                return Refused(
                    asked,
                    $"access is denied ({said})",
                    $"give these keys or this role the permission {asked.Permission} on {asked.Resource}{encrypted}",
                    e,
                    ["MUSEUM_BUCKET"]
                );
            case HttpStatusCode.Moved or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect:
            case HttpStatusCode.BadRequest
                when e.ErrorCode is "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException":
                var region = NamedRegion(e) is { } named
                    ? $"set AWS_REGION={named}"
                    : "set AWS_REGION to the bucket's region, or AWS_ENDPOINT_URL_S3 to its server";
                return Refused(
                    asked,
                    $"{settings.Describe} says that the bucket '{asked.Bucket}' is elsewhere ({said})",
                    region,
                    e,
                    ["MUSEUM_BUCKET"]
                );
            case >= HttpStatusCode.InternalServerError
            or HttpStatusCode.TooManyRequests
            or HttpStatusCode.RequestTimeout:
            case HttpStatusCode.BadRequest when e.ErrorCode is "RequestTimeout":
                return new S3Fault($"the server is not able to answer now ({said})", true, e);
            default:
                return Unstated(e, said, asked, settings);
        }
    }

    // Without a status there was no answer: the cause is what the exception wraps.
    private static Exception Unstated(AmazonS3Exception e, string said, S3Question asked, S3Settings settings)
    {
        if (e.StatusCode == 0 && e.InnerException is { } inner)
            return Explain(inner, asked, settings);
        if (Within<XmlException>(e) is not null)
            return new S3Fault("the answer was cut short or is not S3's XML", false, e);
        return Refused(
            asked,
            $"{settings.Describe} answered {said}: {KeyText.Show(e.Message)}",
            "check AWS_ENDPOINT_URL_S3 and the bucket's name",
            e,
            ["AWS_ENDPOINT_URL_S3"]
        );
    }

    private static MuseumException Refused(
        S3Question asked,
        string found,
        string fix,
        Exception e,
        IReadOnlyList<string> settings
    ) => new(ExitCode.Service, new Explanation($"Cannot {asked.Doing}: {found}", settings, fix), e);

    private static T? Within<T>(Exception e)
        where T : Exception
    {
        for (var at = e; at is not null; at = at.InnerException)
            if (at is T found)
                return found;
        return null;
    }
}
