namespace MuseumPipeline.Numbers.Statistics;

/// <summary>Draws means of few votes towards the museum's: (n × mean + k × museum's mean) / (n + k). k is how many
/// votes the museum's own mean is worth: the variance within exhibitions divided by that between them (H. Bühlmann and
/// E. Straub, 1970; B. Efron and C. Morris, "Data analysis using Stein's estimator and its generalizations", JASA 70,
/// 1975). If all exhibitions are alike k is large, if they differ much it is small.</summary>
/// <param name="Mean">Of all votes of the museum; NaN if there are none.</param>
/// <param name="Weight">k.</param>
internal readonly record struct Shrinkage(double Mean, double Weight)
{
    /// <summary>If the votes cannot tell.</summary>
    public const double UsualWeight = 20;

    public const double LeastWeight = 1,
        MostWeight = 100;

    /// <summary>Null if there are no votes, or the museum has none.</summary>
    public double? Of(Votes votes) =>
        votes.Count > 0 && !double.IsNaN(Mean)
            ? ((votes.Count * votes.Mean) + (Weight * Mean)) / (votes.Count + Weight)
            : null;

    /// <param name="exhibitions">All of the museum's, whatever the filter.</param>
    public static Shrinkage Among(IEnumerable<Votes> exhibitions)
    {
        List<Votes> voted = [.. exhibitions.Where(v => v.Count > 0)];
        var all = voted.Aggregate(default(Votes), Votes.Add);
        return new(all.Mean, WeightOf(voted, all));
    }

    /// <summary>The analysis of variance with unequal numbers of votes.</summary>
    private static double WeightOf(List<Votes> voted, Votes all)
    {
        var free = all.Count - voted.Count;
        if (voted.Count < 2 || free <= 0)
            return UsualWeight;
        var within = voted.Sum(v => v.SquaresAboutMean) / free;
        var spread = voted.Sum(v => v.Count * (v.Mean - all.Mean) * (v.Mean - all.Mean)) - ((voted.Count - 1) * within);
        var between = spread / (all.Count - (voted.Sum(v => v.Count * v.Count) / all.Count));
        return between > 0 ? Math.Clamp(within / between, LeastWeight, MostWeight) : MostWeight;
    }
}
