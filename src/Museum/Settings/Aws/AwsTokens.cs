using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings.Aws;

/// <summary>Tokens instead of passwords. A token is an AWS request that is signed but never sent: RDS and MSK verify
/// the signature, and so the role that made it. Signing needs no network; only the role's keys do, which the SDK caches
/// until they expire.</summary>
/// <param name="keys">Null: those the AWS SDK finds.</param>
internal sealed partial class AwsTokens(AwsKeys? keys, string region, TimeProvider clock)
{
    /// <summary>The longest lifetime that AWS allows; a token matters only while connecting.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly Lazy<AWSCredentials> credentials = new(() =>
        keys switch
        {
            { Token: { } token } => new SessionAWSCredentials(
                keys.Id.Reveal(),
                keys.SecretKey.Reveal(),
                token.Reveal()
            ),
            { } => new BasicAWSCredentials(keys.Id.Reveal(), keys.SecretKey.Reveal()),
            null => DefaultAWSCredentialsIdentityResolver.GetCredentials(),
        }
    );

    public string Region => region;

    [GeneratedRegex(@"\.([a-z]{2}(?:-[a-z]+)+-[0-9])\.(?:rds\.)?amazonaws\.com(?:\.cn)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Endpoint();

    /// <summary>The region in an address of RDS or MSK; null for any other.</summary>
    public static string? RegionOf(string host) =>
        Endpoint().Match(host) is { Success: true } found ? found.Groups[1].Value.ToLowerInvariant() : null;

    /// <summary>The password of a user of an RDS database.</summary>
    /// <exception cref="MuseumException">There are no keys to sign with.</exception>
    public string Database(string host, int port, string user)
    {
        var request = Sign(
            "rds-db",
            new UriBuilder("https", host, port).Uri,
            new() { ["Action"] = "connect", ["DBUser"] = user }
        );
        return request["https://".Length..];
    }

    /// <summary>The token that logs in to MSK, and its end.</summary>
    /// <exception cref="MuseumException">There are no keys to sign with.</exception>
    public (string Token, DateTimeOffset Ends) Kafka()
    {
        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        var now = clock.GetUtcNow();
        var request =
            Sign(
                "kafka-cluster",
                new Uri($"https://kafka.{region}.{domain}/"),
                new() { ["Action"] = "kafka-cluster:Connect" }
            )
            // Not signed: AWS only records who asked.
            + "&User-Agent=museum";
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes(request)).Replace('+', '-').Replace('/', '_');
        return (token.TrimEnd('='), now + Lifetime);
    }

    private string Sign(string service, Uri endpoint, Dictionary<string, string> parameters)
    {
        var found = Find();
        var request = new DefaultRequest(new Unsent(), service)
        {
            HttpMethod = "GET",
            UseQueryString = true,
            Endpoint = endpoint,
            ResourcePath = "/",
        };
        foreach (var (name, value) in parameters)
            request.Parameters.Add(name, value);
        request.Parameters.Add("X-Amz-Expires", Lifetime.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        if (found.UseToken)
            request.Parameters.Add("X-Amz-Security-Token", found.Token);
        var signed = AWS4PreSignedUrlSigner.SignRequest(
            request,
            null,
            new RequestMetrics(),
            found.AccessKey,
            found.SecretKey,
            service,
            region,
            clock.GetUtcNow().UtcDateTime
        );
        return $"{AmazonServiceClient.ComposeUrl(request).AbsoluteUri}&{signed.ForQueryParameters}";
    }

    private ImmutableCredentials Find()
    {
        try
        {
            return credentials.Value.GetCredentials();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            throw new MuseumException(
                ExitCode.Service,
                new Explanation(
                    $"there are no AWS keys to sign a token with ({e.Message.TrimEnd('.')})",
                    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
                    "give the machine or task its role, or set both keys"
                ),
                e
            );
        }
    }

    private sealed class Unsent : AmazonWebServiceRequest;
}
