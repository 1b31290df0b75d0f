using System.Globalization;
using System.Text;
using MuseumPipeline.Model;

namespace MuseumPipeline.Simulate;

/// <summary>Makes rows invalid in every way for which a history row can be refused, in turn, so that each way occurs as
/// soon as there are enough invalid rows. <see cref="Reason.OutOfHours"/> is not among them: history accepts those rows
/// by default.</summary>
internal sealed class Spoiler(Chance chance)
{
    /// <summary>A row over the limit is 64 KiB long, so it occurs only in every sixty-fourth round.</summary>
    private const int RoundsBetweenLargeRows = 64;

    public static readonly Reason[] Ways =
    [
        Reason.InvalidVal,
        Reason.InvalidType,
        Reason.InvalidSite,
        Reason.MissingType,
        Reason.InvalidRow,
        Reason.UnknownSite,
        Reason.MissingVal,
        Reason.Contradictory,
        Reason.InvalidAt,
        Reason.MissingSite,
        Reason.InvalidEncoding,
        Reason.MissingAt,
        Reason.Future,
        Reason.TooLarge,
    ];

    private static readonly string[] BadValues =
    [
        "5",
        "6",
        "-2",
        "3.7",
        "NaN",
        "1e400",
        "0x10",
        "(5)",
        "+3",
        "99999999999999999999",
    ];
    private static readonly string[] BadSites = ["INF", "None", "ERR", "03", "-1", "1.5"];
    private static readonly string[] BadTypes = ["2", "9", "-1", "ERR", "None", "NaN"];
    private static readonly string[] BadTimes =
    [
        "2023-02-30 11:00:00",
        "2024-13-01 12:15:00",
        "1678097361",
        "06/03/2023 10:09",
        "2023-03-06 24:00:00",
    ];
    private static readonly string[] UnknownSites = ["6", "7", "12", "99"];

    private long _turn;

    /// <summary>How many rows were made invalid in which way.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Invalid rows that may be a call for help.</summary>
    public long PossibleHelp { get; private set; }

    /// <summary>An invalid row in place of a valid one; the loader refuses it for the reason whose turn it
    /// is.</summary>
    public byte[] Spoil(DateOnly day, Press press)
    {
        var round = _turn / Ways.Length;
        var way = Ways[_turn++ % Ways.Length];
        if (way == Reason.TooLarge && round % RoundsBetweenLargeRows != 0)
            way = Reason.InvalidRow;
        Counts[way.Code()] = Counts.GetValueOrDefault(way.Code()) + 1;
        if (way is Reason.MissingType or Reason.InvalidType or Reason.Contradictory)
            PossibleHelp++;
        return Row(way, day, press);
    }

    private byte[] Row(Reason way, DateOnly day, Press press)
    {
        var at = $"{day:yyyy-MM-dd} {TimeSpan.FromSeconds(press.Second):hh\\:mm\\:ss}";
        var site = press.Site.ToString(CultureInfo.InvariantCulture);
        // For a help press with a fault elsewhere, it could not be said here whether it can still be recognised.
        var val = (press.IsHelp ? 2 : press.Value).ToString(CultureInfo.InvariantCulture);
        return way switch
        {
            Reason.MissingAt => Ascii($",{site},{val},"),
            Reason.MissingVal => Ascii($"{at},{site},,"),
            Reason.MissingType => Ascii($"{at},{site},-1,"),
            Reason.MissingSite => Ascii($"{at},,{val},"),
            Reason.InvalidVal => Ascii($"{at},{site},{chance.OneOf(BadValues)},"),
            Reason.InvalidSite => Ascii($"{at},{chance.OneOf(BadSites)},{val},"),
            Reason.InvalidType => Ascii($"{at},{site},-1,{chance.OneOf(BadTypes)}"),
            Reason.Contradictory => Ascii($"{at},{site},{val},{(press.Emergency ? "1.0" : "0.0")}"),
            Reason.InvalidAt => Ascii($"{chance.OneOf(BadTimes)},{site},{val},"),
            Reason.UnknownSite => Ascii($"{at},{chance.OneOf(UnknownSites)},{val},"),
            Reason.Future => Ascii($"2996{at[4..]},{site},{val},"),
            Reason.InvalidRow => Ascii(
                chance.Below(2) == 0 ? $"{at},{site},{val}" : $"{at},{site},{val},,kiosk {site}"
            ),
            Reason.InvalidEncoding => [.. Ascii($"{at},{site},{val},"), 0xFF, 0xFE],
            Reason.TooLarge => Ascii($"{at},{site},{val},{new string('#', Refusal.RecordLimit)}"),
            _ => throw new ArgumentOutOfRangeException(
                nameof(way),
                way,
                "no history row can be made invalid in this way"
            ),
        };
    }

    private static byte[] Ascii(string row) => Encoding.ASCII.GetBytes(row);
}
