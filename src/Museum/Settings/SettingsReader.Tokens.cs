using MuseumPipeline.Settings.Aws;
using Npgsql;

namespace MuseumPipeline.Settings;

/// <summary>Tokens of AWS instead of passwords.</summary>
internal sealed partial class SettingsReader
{
    private AwsTokens? DatabaseTokens(PostgresSettings database)
    {
        if (database.Password is not null)
            Fault(
                "DATABASE_PASSWORD",
                $"DATABASE_PASSWORD ({Origin("DATABASE_PASSWORD")}) is set, and DATABASE_AUTH is iam, which has none: "
                    + "remove one of them"
            );
        // The server is shown the token as it is.
        if (database.SslMode is not (SslMode.VerifyFull or SslMode.VerifyCA))
            Fault(
                "DATABASE_SSL_MODE",
                $"DATABASE_SSL_MODE ({Origin("DATABASE_SSL_MODE")}): found '{Text("DATABASE_SSL_MODE")}', expected "
                    + "verify-full or verify-ca with DATABASE_AUTH=iam: whoever stands between would get the token"
            );
        return Tokens(database.Host, "DATABASE_AUTH");
    }

    private AwsTokens? KafkaTokens(string brokers)
    {
        var first = brokers.Split(',')[0];
        var colon = first.LastIndexOf(':');
        return Tokens(colon < 0 ? first : first[..colon], "SASL_MECHANISM");
    }

    private AwsTokens? Tokens(string host, string key)
    {
        if ((AwsTokens.RegionOf(host) ?? Text("AWS_REGION", "AWS_DEFAULT_REGION")) is { } region)
            return new(_awsKeys, region, TimeProvider.System);
        if (host.Length > 0)
            Fault(key, $"{key} needs a region to sign for, and {host} names none: set AWS_REGION");
        return null;
    }
}
