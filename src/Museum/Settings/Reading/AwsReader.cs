using MuseumPipeline.Settings.Aws;

namespace MuseumPipeline.Settings.Reading;

/// <summary>Reads the keys of AWS, and what is signed or asked for with them.</summary>
internal sealed class AwsReader(SettingValues values)
{
    public AwsKeys? Keys { get; } = KeysOf(values);

    public string? Region => values.Text("AWS_REGION", "AWS_DEFAULT_REGION");

    /// <summary>What signs for the service at this host.</summary>
    public AwsTokens? Tokens(string host, string key)
    {
        if ((AwsTokens.RegionOf(host) ?? Region) is { } region)
            return new(Keys, region, TimeProvider.System);
        if (host.Length > 0)
            values.Fault(key, $"{key} needs a region to sign for, and {host} names none: set AWS_REGION");
        return null;
    }

    // A token from another layer than the key's id belongs to other keys: an old one in .env must not spoil fresh ones
    // in the environment.
    private static AwsKeys? KeysOf(SettingValues values)
    {
        var id = values.Hidden("AWS_ACCESS_KEY_ID");
        var secret = values.Hidden("AWS_SECRET_ACCESS_KEY");
        var token =
            values.Layers.Find("AWS_SESSION_TOKEN")?.Origin == values.Layers.Find("AWS_ACCESS_KEY_ID")?.Origin
                ? values.Hidden("AWS_SESSION_TOKEN")
                : null;
        if (id is not null && secret is not null)
            return new AwsKeys(id, secret, token);
        if (id is not null)
            values.Fault(
                "AWS_ACCESS_KEY_ID",
                $"AWS_ACCESS_KEY_ID is set ({values.Origin("AWS_ACCESS_KEY_ID")}) but AWS_SECRET_ACCESS_KEY is "
                    + $"not: set "
                    + $"both, or neither to let the AWS SDK find credentials"
            );
        if (secret is not null)
            values.Fault(
                "AWS_SECRET_ACCESS_KEY",
                $"AWS_SECRET_ACCESS_KEY is set ({values.Origin("AWS_SECRET_ACCESS_KEY")}) but AWS_ACCESS_KEY_ID "
                    + $"is not: "
                    + $"set both, or neither to let the AWS SDK find credentials"
            );
        return null;
    }

    /// <summary>Where S3 is, if not at Amazon.</summary>
    public Uri? Endpoint(bool plainHttp)
    {
        if (values.Layers.Find("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") is not { } found)
            return null;
        if (!Uri.TryCreate(found.Value, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return values.Wrong<Uri>(found, "an address such as https://s3.example.org");
        if (uri.UserInfo.Length > 0)
        {
            values.Fault(
                found.Key,
                $"{found.Key} ({found.Origin}): holds a user name or password; put keys into AWS_ACCESS_KEY_ID "
                    + $"and AWS_SECRET_ACCESS_KEY"
            );
            return null;
        }
        if (uri.Query.Length + uri.Fragment.Length > 0)
            return values.Wrong<Uri>(
                found,
                "an address such as https://s3.example.org, without anything after " + "a ? or #"
            );
        return uri.Scheme == "https" || uri.IsLoopback || plainHttp
            ? uri
            : values.Wrong<Uri>(
                found,
                "https, or MUSEUM_S3_ALLOW_HTTP=true where the network is trusted: plain http can be read and "
                    + "altered on the way"
            );
    }
}
