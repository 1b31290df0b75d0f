namespace MuseumPipeline.Numbers.Statistics;

internal enum Verdict
{
    Better,
    Worse,
    NoClearChange,
    NotEnoughData,
}

/// <summary>How much a mean differs from an earlier one, with a 95 % interval built from the intervals of both (MOVER:
/// G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27,
/// 2008). With many votes this is Welch's interval; with few it stays right where Welch's fails: if all votes are equal
/// or near the ends of the scale.</summary>
internal readonly record struct MeanChange(double? Change, double? Low, double? High, Verdict Verdict)
{
    /// <summary>With fewer votes, or an interval wider than a point of the scale, nothing is said.</summary>
    public const double EnoughVotes = 20,
        WidestInterval = 1;

    /// <summary>With millions of votes everything is certain, but a change too small to see on the page is no
    /// change.</summary>
    public const double LeastChange = 0.05;

    public static bool IsEnough(Votes votes) => IsEnough(votes, MeanInterval.Of(votes));

    public static bool IsEnough(Votes votes, MeanInterval? interval) =>
        votes.Count >= EnoughVotes && interval is { Width: <= WidestInterval };

    /// <param name="together">How many changes are shown side by side.</param>
    public static MeanChange Of(Votes now, Votes before, int together = 1)
    {
        if (!(now.Count > 0) || !(before.Count > 0))
            return new(null, null, null, Verdict.NotEnoughData);
        var change = now.Mean - before.Mean;
        if (MeanInterval.Of(now, together) is not { } a || MeanInterval.Of(before, together) is not { } b)
            return new(change, null, null, Verdict.NotEnoughData);
        var low = change - Length(now.Mean - a.Low, b.High - before.Mean);
        var high = change + Length(a.High - now.Mean, before.Mean - b.Low);
        var verdict =
            !IsEnough(now) || !IsEnough(before) ? Verdict.NotEnoughData
            : Math.Abs(change) < LeastChange ? Verdict.NoClearChange
            : low > 0 ? Verdict.Better
            : high < 0 ? Verdict.Worse
            : Verdict.NoClearChange;
        return new(change, low, high, verdict);
    }

    private static double Length(double x, double y) => Math.Sqrt((x * x) + (y * y));
}
