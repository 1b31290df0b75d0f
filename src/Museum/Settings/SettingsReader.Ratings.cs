using System.Globalization;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    private double? TargetMean()
    {
        if (_layers.Find("MUSEUM_TARGET_MEAN") is not { } found)
            return null;
        if (
            double.TryParse(found.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and < KioskButtons.LongestScale
        )
            return value;
        Wrong<string>(found, "a mean rating above 0 and below the best there is, such as 2.5");
        return null;
    }
}
