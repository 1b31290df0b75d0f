namespace MuseumPipeline.Simulate;

/// <summary>One press of a button, as a kiosk of the simulated museum sends it.</summary>
/// <param name="Second">Seconds since local midnight.</param>
/// <param name="Value">0…4 a rating, −1 a help press.</param>
/// <param name="Emergency">The kind of help; false for assistance.</param>
internal readonly record struct Press(int Second, byte Site, sbyte Value, bool Emergency)
{
    public bool IsHelp => Value < 0;
}

/// <summary>When visitors come and what they press.</summary>
internal static class MuseumDay
{
    public const int UsualRows = 2_100;

    private const int FirstSecond = ((8 * 60) + 30) * 60;
    private const int QuarterHour = 15 * 60;

    /// <summary>Presses by quarter of an hour from 08:30 to 18:15: staff first, two peaks with lunch in between, and
    /// the closing round.</summary>
    private static readonly Urn Quarters = new(
        20,
        32,
        38,
        44,
        50,
        54,
        58,
        62,
        65,
        66,
        66,
        64,
        60,
        55,
        50,
        47,
        46,
        48,
        52,
        57,
        61,
        64,
        66,
        66,
        65,
        63,
        60,
        57,
        54,
        52,
        51,
        50,
        49,
        47,
        44,
        40,
        35,
        30,
        22
    );

    private static readonly Urn Sites = new([.. Exhibits.All.Select(e => e.Popularity)]);

    /// <summary>A weekday's share of an average day, from Sunday on.</summary>
    private static readonly double[] Weekdays = [1.26, 0.84, 0.86, 0.89, 0.88, 0.93, 1.34];

    /// <summary>How busy each day is, as running totals: entry d is the sum of days 0…d.</summary>
    public static double[] RunningTotals(DateOnly firstDay, int days, Chance chance)
    {
        var totals = new double[days];
        var total = 0.0;
        for (var day = 0; day < days; day++)
        {
            var weather = 0.92 + (0.16 * chance.Fraction());
            totals[day] = total += weather * Weekdays[(int)firstDay.AddDays(day).DayOfWeek];
        }
        return totals;
    }

    /// <summary>In 1,000 presses 34 are for help; of 35 of those one is an emergency.</summary>
    public static Press Draw(Chance chance)
    {
        var second = FirstSecond + (Quarters.Draw(chance) * QuarterHour) + chance.Below(QuarterHour);
        var site = (byte)Sites.Draw(chance);
        return chance.Below(1000) < 34
            ? new Press(second, site, -1, chance.Below(35) == 0)
            : new Press(second, site, (sbyte)Exhibits.All[site].Opinions.Draw(chance), false);
    }
}
