using System.Globalization;
using System.Net;
using MuseumPipeline.Settings.Aws;
using Npgsql;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    // A port alone listens on this machine only; to be reachable from others, name an address.
    private IPEndPoint? Address(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        const string expected =
            "an address and a port such as 127.0.0.1:8081, or a port alone, which only this machine can reach";
        var text = found.Value.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)
            ? found.Value["localhost".Length..]
            : found.Value;
        var port = text.StartsWith(':') ? text[1..] : text;
        if (ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var alone))
            return alone > 0 ? new(IPAddress.Loopback, alone) : Wrong<IPEndPoint>(found, expected);
        return IPEndPoint.TryParse(text, out var address) && address.Port > 0
            ? address
            : Wrong<IPEndPoint>(found, expected);
    }

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

    /// <summary>Npgsql would take a colon or a comma for something else.</summary>
    private string? Host(string key)
    {
        if (_layers.Find(key) is not { } found)
            return null;
        return found.Value.StartsWith('/') || Uri.CheckHostName(found.Value) is not UriHostNameType.Unknown
            ? found.Value
            : Wrong<string>(
                found,
                "one server's name or address, without a scheme and without the port, which has a setting of its own"
            );
    }
}
