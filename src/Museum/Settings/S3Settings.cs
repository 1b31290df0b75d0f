using System.Globalization;
using System.Text;
using Amazon.Runtime;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

/// <summary>How to reach S3. Without keys the SDK looks for credentials itself: environment, profiles, SSO,
/// roles.</summary>
public sealed record S3Settings
{
    /// <summary>AWS_ACCESS_KEY_ID; null, with <see cref="SecretKey"/> null: the SDK looks for credentials.</summary>
    public string? AccessKey { get; init; }

    /// <summary>AWS_SECRET_ACCESS_KEY.</summary>
    public string? SecretKey { get; init; }

    /// <summary>AWS_SESSION_TOKEN, for temporary keys.</summary>
    public string? SessionToken { get; init; }

    /// <summary>AWS_REGION; null: the profile's, or us-east-1. For a bucket elsewhere the region comes from the
    /// server's answer.</summary>
    public string? Region { get; init; }

    /// <summary>AWS_ENDPOINT_URL_S3: an S3 server other than Amazon's.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket's name in the path instead of the host name; null: true exactly if there is an <see
    /// cref="Endpoint"/>.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>Allows plain http to an endpoint on another machine.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>Where objects larger than <see cref="MemoryLimit"/> are kept while they are verified and
    /// read.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Objects up to this many bytes are held in memory instead. At most 1 GiB.</summary>
    public int MemoryLimit { get; init; } = 8 << 20;

    /// <summary>The watchdog's window. An answer must begin within it (a page of a listing must be complete), and in
    /// each window a body must keep up <see cref="MinimumBytesPerSecond"/>, otherwise the transfer is cancelled and
    /// retried.</summary>
    public TimeSpan NoProgressTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A body slower than this over a whole window has stalled: a trickle would otherwise last for
    /// weeks.</summary>
    public int MinimumBytesPerSecond { get; init; } = 1024;

    /// <summary>How many attempts a request gets before the fault counts as permanent.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long a server that has answered before may be away (503, resets, refused connections), whatever the
    /// number of attempts.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The first pause before a retry; doubled each time with jitter, up to 10 seconds.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Null: the SDK looks for credentials.</summary>
    internal AWSCredentials? Credentials =>
        (AccessKey, SecretKey, SessionToken) switch
        {
            ({ } key, { } secret, { } token) => new SessionAWSCredentials(key, secret, token),
            ({ } key, { } secret, null) => new BasicAWSCredentials(key, secret),
            _ => null,
        };

    /// <summary>Whether the bucket's name is part of the path.</summary>
    public bool UsesPathStyle => PathStyle ?? Endpoint is not null;

    /// <summary>The server's address, for people.</summary>
    public string Describe => Endpoint?.ToString() ?? $"Amazon S3 ({Region ?? "region by profile, else us-east-1"})";

    /// <summary>Everything that is wrong with these settings, each with its environment key and the fix; empty if all
    /// is well.</summary>
    public IReadOnlyList<string> Faults() => [.. FindFaults()];

    private IEnumerable<string> FindFaults()
    {
        if (AccessKey is null != SecretKey is null)
        {
            var (given, missing) = AccessKey is null
                ? ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")
                : ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
            yield return $"{given} is set but {missing} is not: set both, or neither to use the AWS profile or "
                + $"role of this machine.";
        }

        if (SessionToken is not null && AccessKey is null)
            yield return "AWS_SESSION_TOKEN is set but AWS_ACCESS_KEY_ID is not: a session token belongs to a "
                + "pair of temporary keys; set all three or none.";
        if (Region is not null && (Region.Length == 0 || !Region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')))
            yield return $"AWS_REGION is '{KeyText.Show(Region)}': expected a region's name such as eu-west-2.";
        if (Endpoint is not null)
        {
            if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("https" or "http"))
                yield return $"AWS_ENDPOINT_URL_S3 is '{Endpoint}': expected an address such as "
                    + $"https://s3.example.org.";
            else if (Endpoint.UserInfo.Length > 0)
                yield return "AWS_ENDPOINT_URL_S3 contains a user name or password: put keys into "
                    + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
            else if (Endpoint.Scheme == "http" && !Endpoint.IsLoopback && !AllowPlainHttp)
            {
                yield return $"AWS_ENDPOINT_URL_S3 is {Endpoint}: plain http to another machine can be read and "
                    + $"altered on the way. "
                    + "Use https, or set MUSEUM_S3_ALLOW_HTTP=true where the network is trusted.";
            }
        }

        if (NoProgressTimeout <= TimeSpan.Zero || Patience < TimeSpan.Zero || FirstDelay < TimeSpan.Zero)
            yield return "The S3 time-outs must be positive: the no-progress timeout above zero, patience and "
                + "first delay zero or more.";
        if (Attempts < 1 || MemoryLimit is < 0 or > 1 << 30 || MinimumBytesPerSecond < 0)
            yield return "S3: attempts must be at least 1, the memory limit between 0 and 1 GiB, the minimum rate "
                + "zero or more.";
    }

    // The compiler's own ToString would print the keys.
    private bool PrintMembers(StringBuilder text)
    {
        var keys =
            AccessKey is null ? "SDK chain"
            : SessionToken is null ? "given (hidden)"
            : "given with session token (hidden)";
        text.Append(
            CultureInfo.InvariantCulture,
            $"Endpoint = {Describe}, PathStyle = {UsesPathStyle}, Keys = {keys}, SpoolDirectory = {SpoolDirectory}"
        );
        return true;
    }
}
