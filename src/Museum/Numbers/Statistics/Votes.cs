namespace MuseumPipeline.Numbers.Statistics;

/// <summary>Ratings by value, from 0 to the best. Not whole numbers if some count for more than others.</summary>
internal readonly struct Votes(params double[] counts)
{
    private readonly double[]? counts = counts;

    public ReadOnlySpan<double> Counts => counts;

    /// <summary>The best rating.</summary>
    public int Best => Math.Max(0, Counts.Length - 1);

    public double Count
    {
        get
        {
            double sum = 0;
            foreach (var count in Counts)
                sum += count;
            return sum;
        }
    }

    /// <summary>NaN if there are none.</summary>
    public double Mean
    {
        get
        {
            double sum = 0;
            for (var value = 1; value < Counts.Length; value++)
                sum += value * Counts[value];
            return sum / Count;
        }
    }

    /// <summary>Sum of the squared distances from the mean.</summary>
    public double SquaresAboutMean
    {
        get
        {
            var mean = Mean;
            double sum = 0;
            for (var value = 0; value < Counts.Length; value++)
                sum += Counts[value] * (value - mean) * (value - mean);
            return sum;
        }
    }

    /// <summary>As if every rating were its opposite: 0 for the best, the best for 0.</summary>
    public Votes Mirrored
    {
        get
        {
            var mirrored = Counts.ToArray();
            Array.Reverse(mirrored);
            return new(mirrored);
        }
    }

    public static Votes Of(ReadOnlySpan<HourCell> cells, int best)
    {
        var sum = new double[best + 1];
        foreach (ref readonly var cell in cells)
            cell.AddTo(sum);
        return new(sum);
    }

    public static Votes operator +(Votes a, Votes b)
    {
        if (a.counts is null || b.counts is null)
            return a.counts is null ? b : a;
        var sum = new double[Math.Max(a.counts.Length, b.counts.Length)];
        for (var value = 0; value < sum.Length; value++)
            sum[value] = a.At(value) + b.At(value);
        return new(sum);
    }

    public static Votes operator *(Votes votes, double factor) =>
        votes.counts is null ? votes : new(Array.ConvertAll(votes.counts, count => count * factor));

    public static Votes Add(Votes left, Votes right) => left + right;

    public static Votes Multiply(Votes left, double right) => left * right;

    private double At(int value) => value < counts!.Length ? counts[value] : 0;
}
