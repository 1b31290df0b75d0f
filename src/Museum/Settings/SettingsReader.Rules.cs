using System.Globalization;
using System.Text.RegularExpressions;
using MuseumPipeline.Model;

namespace MuseumPipeline.Settings;

internal sealed partial class SettingsReader
{
    /// <summary>Words that need no quotes in SQL, and leave room for what our locks and channels add.</summary>
    private string? Schema()
    {
        if (_layers.Find("MUSEUM_SCHEMA") is not { } found)
            return null;
        return SchemaRule().IsMatch(found.Value)
            ? found.Value
            : Wrong<string>(found, "a word of small letters, digits and _, 40 at most, that does not begin with pg_");
    }

    [GeneratedRegex(@"\A(?!pg_)[a-z_][a-z0-9_]{0,39}\z")]
    private static partial Regex SchemaRule();

    private DateTimeOffset? Past()
    {
        const string Key = "MUSEUM_PAST";
        if (_layers.Find(Key) is not { } found)
            return null;
        string[] forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK"];
        var read = DateTimeOffset.TryParseExact(
            found.Value,
            forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var instant
        );
        if (read && instant >= StoredInstants.First && instant <= StoredInstants.Last)
            return instant;
        Wrong<string>(found, "a day or an instant from the year 2 on, such as 2010-01-01 or 2010-01-01T00:00:00Z");
        return null;
    }

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
