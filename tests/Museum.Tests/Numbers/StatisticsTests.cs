using FsCheck;
using FsCheck.Xunit;
using MuseumPipeline.Numbers.Statistics;

namespace MuseumPipeline.Tests.Numbers;

/// <summary>Each method is compared with published tables, or with a different computation.</summary>
public sealed class StatisticsTests
{
    /// <summary>Garwood's table as reprinted by the CDC and many others ("Exact 95 % limits of a Poisson
    /// count").</summary>
    [Theory]
    [InlineData(0, 0, 3.689)]
    [InlineData(1, 0.0253, 5.572)]
    [InlineData(2, 0.2422, 7.225)]
    [InlineData(5, 1.6235, 11.668)]
    [InlineData(10, 4.7954, 18.390)]
    [InlineData(20, 12.2165, 30.888)]
    [InlineData(50, 37.1110, 65.919)]
    [InlineData(100, 81.3639, 121.627)]
    public void The_interval_of_a_rate_is_Garwoods(long presses, double low, double high)
    {
        var rate = PoissonRate.Of(presses, 1);
        Assert.Equal(low, rate.Low!.Value, 0.001);
        Assert.Equal(high, rate.High!.Value, 0.001);
        Assert.Equal(high / 9.5, PoissonRate.Of(presses, 9.5).High!.Value, 0.001);
        Assert.Equal(presses / 9.5, PoissonRate.Of(presses, 9.5).PerHour);
    }

    /// <summary>The limits by their definition: at each of them the count, or a more extreme one, has a probability of
    /// 2.5 %, summed term by term.</summary>
    [Property(MaxTest = 60)]
    public void At_the_limits_of_a_rate_the_tails_hold_a_fortieth(byte count)
    {
        var rate = PoissonRate.Of(count, 1);
        Assert.Equal(0.025, Cumulative(count, rate.High!.Value), 1e-6);
        if (count > 0)
            Assert.Equal(0.025, 1 - Cumulative(count - 1, rate.Low!.Value), 1e-6);

        static double Cumulative(int most, double mean)
        {
            double term = Math.Exp(-mean),
                sum = term;
            for (var n = 1; n <= most; n++)
                sum += term *= mean / n;
            return sum;
        }
    }

    [Fact]
    public void A_museum_that_was_never_open_has_no_rate() =>
        Assert.Equal(new PoissonRate(null, null, null), PoissonRate.Of(3, 0));

    /// <summary>All votes are 4: the likelihood of a mean m is (m/4)^n, so that the limit can be written down. t of 9
    /// degrees of freedom: 2.262157 (any table).</summary>
    [Theory]
    [InlineData(2, 12.706205)]
    [InlineData(5, 2.776445)]
    [InlineData(10, 2.262157)]
    [InlineData(30, 2.045230)]
    public void Votes_that_agree_have_the_interval_that_can_be_written_down(int votes, double t)
    {
        var low = 4 * Math.Exp(-t * t / (2 * votes));
        var best = MeanInterval.Of(new Votes(0, 0, 0, 0, votes))!.Value;
        Assert.Equal(low, best.Low, 1e-4);
        Assert.Equal(4, best.High, 1e-9);
        var worst = MeanInterval.Of(new Votes(votes, 0, 0, 0, 0))!.Value;
        Assert.Equal((0, 4 - low), (worst.Low, worst.High), new Nearly(1e-4));
    }

    /// <summary>
    /// The same limits by brute force: of all distributions over 0 to 4 on a grid, the means of those whose likelihood
    /// is not too small. No multiplier,
    /// no root.
    /// </summary>
    [Theory]
    [InlineData(3, 0, 5, 0, 4)]
    [InlineData(0, 2, 6, 4, 0)]
    [InlineData(1, 0, 0, 0, 9)]
    public void The_interval_is_the_one_found_by_trying_all_distributions(int n0, int n1, int n2, int n3, int n4)
    {
        int[] votes = [n0, n1, n2, n3, n4];
        double n = votes.Sum();
        var t = n == 12 ? 2.200985 : 2.262157;
        var best = votes.Where(v => v > 0).Sum(v => v * Math.Log(v / n));
        double low = 4,
            high = 0;
        const int grid = 60;
        for (var a = 0; a <= grid; a++)
        for (var b = 0; a + b <= grid; b++)
        for (var c = 0; a + b + c <= grid; c++)
        for (var d = 0; a + b + c + d <= grid; d++)
        {
            int[] shares = [a, b, c, d, grid - a - b - c - d];
            if (2 * (best - LogLikelihood(shares)) > t * t)
                continue;
            var mean = (shares[1] + (2 * shares[2]) + (3 * shares[3]) + (4 * shares[4])) / (double)grid;
            (low, high) = (Math.Min(low, mean), Math.Max(high, mean));
        }

        var interval = MeanInterval.Of(new Votes(n0, n1, n2, n3, n4))!.Value;
        // A grid lies inside: its extremes are a step or so short of the true ones.
        Assert.InRange(low - interval.Low, 0, 0.06);
        Assert.InRange(interval.High - high, 0, 0.06);

        double LogLikelihood(int[] shares)
        {
            var sum = 0.0;
            for (var value = 0; value < 5; value++)
            {
                if (votes[value] == 0)
                    continue;
                if (shares[value] == 0)
                    return double.NegativeInfinity;
                sum += votes[value] * Math.Log(shares[value] / (double)grid);
            }

            return sum;
        }
    }

    [Property(MaxTest = 300)]
    public void An_interval_holds_the_mean_and_stays_on_the_scale(byte n0, byte n1, byte n2, byte n3, byte n4)
    {
        var votes = new Votes(n0, n1, n2, n3, n4);
        if (votes.Count < 2)
        {
            Assert.Null(MeanInterval.Of(votes));
            return;
        }

        var interval = MeanInterval.Of(votes)!.Value;
        Assert.InRange(votes.Mean, interval.Low - 1e-9, interval.High + 1e-9);
        Assert.InRange(interval.Low, 0, 4);
        Assert.InRange(interval.High, 0, 4);
        Assert.True(interval.Width > 0);
        var mirrored = MeanInterval.Of(votes.Mirrored)!.Value;
        Assert.Equal((4 - interval.High, 4 - interval.Low), (mirrored.Low, mirrored.High), new Nearly(1e-6));
        var tenfold = MeanInterval.Of(votes * 10)!.Value;
        Assert.True(tenfold.Width < interval.Width);
    }

    /// <summary>With many votes it is the textbook interval: mean ± 1.96 standard errors.</summary>
    [Property(MaxTest = 50)]
    public void With_many_votes_the_interval_is_the_usual_one(byte n0, byte n1, byte n2, byte n3, byte n4)
    {
        var votes = new Votes(n0 + 10, n1 + 10, n2 + 10, n3 + 10, n4 + 10) * 1000;
        var error = 1.959964 * Math.Sqrt(votes.SquaresAboutMean / votes.Count / votes.Count);
        var interval = MeanInterval.Of(votes)!.Value;
        Assert.Equal((votes.Mean - error, votes.Mean + error), (interval.Low, interval.High), new Nearly(1e-3));
    }

    /// <summary>How often the interval holds the truth, over every possible outcome and not a sample of them: twelve
    /// votes of a lopsided exhibition.</summary>
    [Fact]
    public void Twelve_votes_have_an_interval_that_holds_the_truth_nineteen_times_in_twenty()
    {
        double[] truth = [0.05, 0.10, 0.15, 0.30, 0.40];
        var mean = truth.Select((p, value) => p * value).Sum();
        const int n = 12;
        var covered = 0.0;
        for (var a = 0; a <= n; a++)
        for (var b = 0; a + b <= n; b++)
        for (var c = 0; a + b + c <= n; c++)
        for (var d = 0; a + b + c + d <= n; d++)
        {
            int[] votes = [a, b, c, d, n - a - b - c - d];
            var interval = MeanInterval.Of(new Votes(votes[0], votes[1], votes[2], votes[3], votes[4]))!.Value;
            if (interval.Low <= mean && mean <= interval.High)
                covered += Probability(votes);
        }

        Assert.InRange(covered, 0.94, 0.99);

        double Probability(int[] votes) =>
            Math.Exp(Factorial(n) + votes.Select((v, value) => (v * Math.Log(truth[value])) - Factorial(v)).Sum());
        static double Factorial(int of) => Enumerable.Range(1, of).Sum(i => Math.Log(i));
    }

    /// <summary>
    /// Bühlmann and Straub's estimators by hand. Two exhibitions, ten votes each: 0 five times and 2 five times (mean
    /// 1), 2 five times and 4 five times
    /// (mean 3). Squares within: 10 + 10, by 18, is 1.1111. Squares between: 20; less 1.1111, by 20 - 200/20 = 10, is
    /// 1.8889. k = 0.58823, but not below 1.
    /// With votes twice as far apart within an exhibition and half as far between: k = 40/18 by (5 - 40/18)/10 = 8.
    /// </summary>
    [Fact]
    public void The_weight_of_the_museums_mean_is_the_analysis_of_variance()
    {
        Assert.Equal(new Shrinkage(2, 1), Shrinkage.Among([new(5, 0, 5, 0, 0), new(0, 0, 5, 0, 5)]));
        var alike = Shrinkage.Among([new(5, 0, 0, 0, 5), new(5, 0, 0, 0, 5)]);
        Assert.Equal(new Shrinkage(2, Shrinkage.MostWeight), alike);
        // Means 1.6 and 2.4; within: 10 × (4 - 0.16) twice, by 18, is 4.26667; between: 3.2 less that is below nothing.
        Assert.Equal(Shrinkage.MostWeight, Shrinkage.Among([new(6, 0, 0, 0, 4), new(4, 0, 0, 0, 6)]).Weight, 1e-9);
        // Means 1.2 and 2.8; within: 10 × 3.36 twice, by 18, is 3.73333; between: (12.8 - 3.73333) / 10 is 0.90667; k
        // is 4.11765.
        Assert.Equal(4.11765, Shrinkage.Among([new(7, 0, 0, 0, 3), new(3, 0, 0, 0, 7)]).Weight, 1e-5);
        Assert.Equal(Shrinkage.UsualWeight, Shrinkage.Among([new(7, 0, 0, 0, 3), default]).Weight);
        Assert.Null(Shrinkage.Among([]).Of(default));
    }

    [Property(MaxTest = 200)]
    public void A_shrunk_mean_lies_between_its_own_and_the_museums(
        PositiveInt n0,
        PositiveInt n4,
        PositiveInt m0,
        PositiveInt m4
    )
    {
        Votes[] museum = [new(n0.Get, 0, 0, 0, n4.Get), new(m0.Get, 0, 0, 0, m4.Get)];
        var shrinkage = Shrinkage.Among(museum);
        var shrunk = shrinkage.Of(museum[0])!.Value;
        Assert.InRange(
            shrunk,
            Math.Min(museum[0].Mean, shrinkage.Mean) - 1e-9,
            Math.Max(museum[0].Mean, shrinkage.Mean) + 1e-9
        );
    }

    /// <summary>Welch's interval, written out, for samples large enough that both methods are right.</summary>
    [Fact]
    public void The_interval_of_a_change_is_Welchs_when_there_are_many_votes()
    {
        Votes now = new(300, 500, 900, 1400, 1900),
            before = new(700, 800, 800, 700, 500);
        var error =
            1.9602
            * Math.Sqrt(
                (now.SquaresAboutMean / (now.Count - 1) / now.Count)
                    + (before.SquaresAboutMean / (before.Count - 1) / before.Count)
            );
        var change = MeanChange.Of(now, before);
        Assert.Equal(now.Mean - before.Mean, change.Change!.Value, 1e-12);
        Assert.Equal(
            (change.Change!.Value - error, change.Change.Value + error),
            (change.Low!.Value, change.High!.Value),
            new Nearly(2e-3)
        );
        Assert.Equal(Verdict.Better, change.Verdict);
        Assert.Equal(Verdict.Worse, MeanChange.Of(before, now).Verdict);
    }

    [Fact]
    public void A_verdict_needs_data_and_a_change_one_can_see()
    {
        var many = new Votes(20, 20, 20, 20, 20) * 1_000_000;
        Assert.Equal(Verdict.NotEnoughData, MeanChange.Of(new(0, 0, 0, 0, 3), many).Verdict);
        Assert.Equal(new MeanChange(null, null, null, Verdict.NotEnoughData), MeanChange.Of(default, many));
        Assert.Equal(new MeanChange(2, null, null, Verdict.NotEnoughData), MeanChange.Of(new(0, 0, 0, 0, 1), many));
        var slightly = MeanChange.Of(many, many + new Votes(400_000, 0, 0, 0, 0));
        Assert.True(slightly.Low > 0);
        Assert.Equal(Verdict.NoClearChange, slightly.Verdict);
        Assert.Equal(Verdict.NoClearChange, MeanChange.Of(new(10, 10, 10, 10, 10), new(11, 10, 10, 10, 10)).Verdict);
    }

    /// <summary>Numbers in pairs, to so much.</summary>
    private sealed class Nearly(double tolerance) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) <= tolerance && Math.Abs(x.Item2 - y.Item2) <= tolerance;

        public int GetHashCode((double, double) obj) => 0;
    }

    /// <summary>Of twelve exhibitions that did not change, one page in two would show a change by chance
    /// alone.</summary>
    [Fact]
    public void Intervals_that_are_shown_side_by_side_are_widened_so_that_all_hold_together()
    {
        Votes now = new(20, 30, 60, 80, 60),
            before = new(32, 40, 60, 70, 48);
        var (alone, among) = (MeanChange.Of(now, before), MeanChange.Of(now, before, 36));
        Assert.Equal((Verdict.Better, Verdict.NoClearChange), (alone.Verdict, among.Verdict));
        Assert.True(among.Low < alone.Low && among.High > alone.High && among.Change == alone.Change);

        // Garwood's interval of 5 presses in an hour with 99 %, as tables have it: 1.08 to 14.15.
        var rate = PoissonRate.Of(5, 1, 5);
        Assert.Equal((1.08, 14.15), (Math.Round(rate.Low!.Value, 2), Math.Round(rate.High!.Value, 2)));
    }
}
