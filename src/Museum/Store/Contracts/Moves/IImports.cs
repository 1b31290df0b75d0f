using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts.Moves;

/// <summary>What the original's database needs to be taken over: its exhibitions, and what of its rows is
/// there.</summary>
/// <remarks>Errors: those of every contract (<see cref="MuseumStore"/>).</remarks>
public interface IImports
{
    /// <summary>
    /// Finds or makes the ledger's row and the exhibitions, in one transaction. Into an empty database everything keeps
    /// its number; else exhibitions are known by their names.
    /// </summary>
    Task<TakenPlaces> TakePlacesAsync(
        SourceIdentity identity,
        IReadOnlyList<OldExhibition> exhibitions,
        CancellationToken cancel
    );

    /// <summary>Which rows of a stretch are in the tables or in quarantine, by their old numbers.</summary>
    Task<IReadOnlySet<long>> KnownAsync(int sourceId, PressKind kind, OldStretch stretch, CancellationToken cancel);
}

/// <summary>Where a row of the original stands in its source. A rating and a call may bear the same number, so that
/// refused calls have positions of their own.</summary>
public static class OldRows
{
    /// <summary>The kind of a source that is the original's database.</summary>
    public const string Kind = "import";

    /// <summary>Higher numbers cannot be taken over.</summary>
    public const long Most = EventId.PositionsPerSource / 2;

    /// <summary>Where a refused row stands in quarantine.</summary>
    public static long HeldAt(PressKind kind, long id) => kind is PressKind.Rating ? id : Most + id;
}

/// <summary>From one old number to another, both included.</summary>
public readonly record struct OldStretch(long First, long Last);

/// <param name="Start">Null where the original does not know.</param>
public sealed record OldExhibition(
    int Id,
    string Name,
    DateOnly? Start,
    string Description,
    OldName Floor,
    OldName Department
)
{
    /// <summary>What stands for the public id and the site of an exhibition until a file tells them.</summary>
    public const string Prefix = "OLD_";

    /// <summary>Whether two names are one exhibition's.</summary>
    public static bool IsSame(string name, string other) =>
        string.Equals(name.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>A floor or a department.</summary>
/// <param name="Id">Null where the original names none.</param>
public sealed record OldName(int? Id, string Name)
{
    public const string Unknown = "not known";
}

/// <param name="ByOldId">Our number of each of the original's exhibitions.</param>
/// <param name="Created">How many of them were not there.</param>
public sealed record TakenPlaces(IReadOnlyDictionary<int, int> ByOldId, int Created);
