using System.Globalization;
using System.Net;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    // A port alone means this machine; to be seen from others, an address must be named.
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
}
