namespace MuseumPipeline.Numbers.Statistics;

/// <summary>Ratings by value, 0 to 4. Not whole where some of them count for more than others.</summary>
internal readonly record struct Votes(double N0, double N1, double N2, double N3, double N4)
{
    /// <summary>The best there is.</summary>
    public const double Best = 4;

    public double Count => N0 + N1 + N2 + N3 + N4;

    /// <summary>Not a number where there is none.</summary>
    public double Mean => (N1 + (2 * N2) + (3 * N3) + (4 * N4)) / Count;

    /// <summary>Sum of the squares of the distances from the mean.</summary>
    public double SquaresAboutMean
    {
        get
        {
            var mean = Mean;
            return (N0 * mean * mean)
                + (N1 * (1 - mean) * (1 - mean))
                + (N2 * (2 - mean) * (2 - mean))
                + (N3 * (3 - mean) * (3 - mean))
                + (N4 * (4 - mean) * (4 - mean));
        }
    }

    /// <summary>As if every rating were its opposite: 0 for 4, 1 for 3.</summary>
    public Votes Mirrored => new(N4, N3, N2, N1, N0);

    public static Votes Of(ReadOnlySpan<HourCell> cells)
    {
        long n0 = 0,
            n1 = 0,
            n2 = 0,
            n3 = 0,
            n4 = 0;
        foreach (ref readonly var cell in cells)
        {
            n0 += cell.N0;
            n1 += cell.N1;
            n2 += cell.N2;
            n3 += cell.N3;
            n4 += cell.N4;
        }

        return new(n0, n1, n2, n3, n4);
    }

    public static Votes operator +(Votes a, Votes b) =>
        new(a.N0 + b.N0, a.N1 + b.N1, a.N2 + b.N2, a.N3 + b.N3, a.N4 + b.N4);

    public static Votes operator *(Votes votes, double factor) =>
        new(votes.N0 * factor, votes.N1 * factor, votes.N2 * factor, votes.N3 * factor, votes.N4 * factor);

    public static Votes Add(Votes left, Votes right) => left + right;

    public static Votes Multiply(Votes left, double right) => left * right;
}
