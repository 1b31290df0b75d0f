using System.Text.RegularExpressions;

namespace MuseumPipeline.Settings.Reading;

/// <summary>The address people use. A path in it is the prefix under which a proxy serves the dashboard beside other
/// things.</summary>
internal static partial class PublicAddresses
{
    public const string Expected =
        "an address such as https://dashboard.museum.example or https://museum.example/dashboard";

    /// <summary>The first words of the dashboard's own paths. Of a prefix that is one of them nobody could tell whether
    /// the proxy has taken it away.</summary>
    public static readonly IReadOnlyList<string> Own =
    [
        "account",
        "account.js",
        "all",
        "api",
        "app.css",
        "app.js",
        "chunk.js",
        "data",
        "echarts.js",
        "exhibition",
        "favicon.svg",
        "floors",
        "inter.woff2",
        "kiosk",
        "kiosk.css",
        "kiosk.js",
        "licences.txt",
        "live.js",
        "login",
        "login.js",
        "logout",
        "ratings",
        "safety",
    ];

    /// <summary>Null if it is none, or not https.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && address is { Scheme: "https", Query: "", Fragment: "", UserInfo: "" }
        && Prefix().IsMatch(address.AbsolutePath)
            ? address
            : null;

    public static bool IsOwn(Uri address) =>
        Own.Contains(address.AbsolutePath.Trim('/').Split('/')[0], StringComparer.OrdinalIgnoreCase);

    // Nothing that a browser, a proxy or a cookie would write in another way.
    [GeneratedRegex("^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$")]
    private static partial Regex Prefix();
}
