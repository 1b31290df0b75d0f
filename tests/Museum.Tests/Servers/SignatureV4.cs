using System.Security.Cryptography;
using System.Text;

namespace MuseumPipeline.Tests.Servers;

/// <summary>AWS's signature of a request in an address (version 4), worked out by its description and without the SDK:
/// what a service of AWS does with a token.</summary>
internal static class SignatureV4
{
    /// <summary>The SHA-256 of nothing.</summary>
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The parts of an address's query, decoded.</summary>
    public static Dictionary<string, string> Query(Uri address) =>
        address
            .Query[1..]
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));

    /// <summary>What its X-Amz-Signature must be.</summary>
    public static string Of(Uri address, string secret, string payload)
    {
        var query = Query(address);
        var signed = query
            .Where(pair => pair.Key is not ("X-Amz-Signature" or "User-Agent"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}");
        var host = address.IsDefaultPort ? address.Host : address.Authority;
        var request = $"GET\n{address.AbsolutePath}\n{string.Join('&', signed)}\nhost:{host}\n\nhost\n{payload}";
        var scope = query["X-Amz-Credential"].Split('/', 2)[1];
        var text =
            $"AWS4-HMAC-SHA256\n{query["X-Amz-Date"]}\n{scope}\n"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        var key = scope
            .Split('/')
            .Aggregate(
                Encoding.UTF8.GetBytes("AWS4" + secret),
                (before, part) => HMACSHA256.HashData(before, Encoding.UTF8.GetBytes(part))
            );
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
