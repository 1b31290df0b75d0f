namespace MuseumPipeline.Store.Contracts;

/// <summary>read = ratings + support + quarantined + already + skipped: the ledger's balance.</summary>
public readonly record struct Counts(
    long Read,
    long Ratings,
    long Support,
    long Quarantined,
    long Already,
    long Skipped,
    long PossibleHelp
)
{
    /// <summary>Every record read is accounted for exactly once.</summary>
    public bool Balanced => Read == Ratings + Support + Quarantined + Already + Skipped;

    public static Counts operator +(Counts a, Counts b) =>
        new(
            a.Read + b.Read,
            a.Ratings + b.Ratings,
            a.Support + b.Support,
            a.Quarantined + b.Quarantined,
            a.Already + b.Already,
            a.Skipped + b.Skipped,
            a.PossibleHelp + b.PossibleHelp
        );

    public static Counts operator -(Counts a, Counts b) =>
        new(
            a.Read - b.Read,
            a.Ratings - b.Ratings,
            a.Support - b.Support,
            a.Quarantined - b.Quarantined,
            a.Already - b.Already,
            a.Skipped - b.Skipped,
            a.PossibleHelp - b.PossibleHelp
        );

    public static Counts Subtract(Counts left, Counts right) => left - right;

    public static Counts Add(Counts left, Counts right) => left + right;
}
