using System.Globalization;
using System.Text.Json;

namespace MuseumPipeline.Simulate;

/// <summary>One press in the words of a real kiosk.</summary>
internal static class KioskMessage
{
    /// <summary><c>{"at": "2024-10-21T09:21:24.254719+01:00", "site": "5", "val": 4}</c></summary>
    /// <param name="at">By the museum's own clock.</param>
    /// <param name="type">The kind of help, where <paramref name="val"/> is −1.</param>
    public static string Of(DateTimeOffset at, string site, int val, int? type) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"at\": \"{at:yyyy-MM-ddTHH:mm:ss.ffffffzzz}\", \"site\": \"{JsonEncodedText.Encode(site)}\", \"val\": {val}{Kind(type)}}}"
        );

    private static string Kind(int? type) =>
        type is { } kind ? string.Create(CultureInfo.InvariantCulture, $", \"type\": {kind}") : "";
}
