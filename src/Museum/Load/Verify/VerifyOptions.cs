using MuseumPipeline.Clean;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>What to verify, and where to read it again.</summary>
/// <param name="History">The rules for objects.</param>
/// <param name="Stream">The rules for messages.</param>
/// <param name="Places">Where objects and messages can be read again.</param>
internal sealed record VerifyOptions(
    CleaningRules History,
    CleaningRules Stream,
    TimeProvider Clock,
    RecordPlaces Places
)
{
    /// <summary>Which sources; null for all.</summary>
    public Func<LedgerSource, bool>? Only { get; init; }

    /// <summary>Archives that are available.</summary>
    public IReadOnlyList<Archive> Archives { get; init; } = [];

    /// <summary>Compare about this many records of each source, from all over it.</summary>
    public long? Sample { get; init; }
}
