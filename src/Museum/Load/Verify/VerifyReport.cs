using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>The result of reading the sources again.</summary>
public sealed class VerifyReport
{
    private const int MostKept = 1000;
    private readonly List<Difference> differences = [];
    private readonly SortedDictionary<string, long> kinds = new(StringComparer.Ordinal);

    public required DateTimeOffset At { get; init; }

    /// <summary>Only some records of each source were compared.</summary>
    public bool Sampled { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<Difference> Differences => differences;

    /// <summary>The number of each kind.</summary>
    public IReadOnlyDictionary<string, long> Kinds => kinds;

    public long Wrong => kinds.Values.Sum();

    public List<VerifiedSource> Sources { get; } = [];

    /// <summary>Sources that could not be read again, and so were only counted.</summary>
    public List<UnreadSource> Unread { get; } = [];

    /// <summary>Records compared with their source.</summary>
    public long Compared { get; private set; }

    public long Ratings { get; private set; }

    public long Support { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Records that are retired: nothing of them but the counts is left to compare.</summary>
    public long Retired { get; internal set; }

    /// <summary>Held records that the current rules would accept: they wait to be replayed.</summary>
    public long WouldPass { get; internal set; }

    public TimeSpan Elapsed { get; internal set; }

    internal void Add(string kind, string place, string detail)
    {
        kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        if (differences.Count < MostKept)
            differences.Add(new(kind, place, detail));
    }

    internal void Count(long ratings, long support, long refused)
    {
        Ratings += ratings;
        Support += support;
        Refused += refused;
        Compared += ratings + support + refused;
    }
}

/// <param name="Kind"><c>missing</c>, <c>doubled</c>, <c>different</c>, <c>unexplained</c> (a row without a record),
/// <c>changed</c> (the source itself), <c>counts</c> (ledger or hourly).</param>
/// <param name="Place">Where it is.</param>
/// <param name="Detail">For a person.</param>
public sealed record Difference(string Kind, string Place, string Detail);

/// <param name="Records">Compared.</param>
public sealed record VerifiedSource(int Id, string Source, long Records, long Wrong);

public sealed record UnreadSource(int Id, string Source, string Why)
{
    internal static UnreadSource Of(LedgerSource source, string why) =>
        new(source.Row.Id, SourcePlace.Of(source.Row.Kind, source.Row.Location, source.Row.Name), why);
}
