using MuseumPipeline.Clean;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>What to verify, and where to read it again.</summary>
/// <param name="History">The rules for objects.</param>
/// <param name="Stream">The rules for messages.</param>
/// <param name="Open">Opens the place named by a location in the ledger.</param>
internal sealed record VerifyOptions(
    CleaningRules History,
    CleaningRules Stream,
    TimeProvider Clock,
    Func<string, IBucket> Open
)
{
    /// <summary>Which sources; null for all.</summary>
    public Func<LedgerSource, bool>? Only { get; init; }

    /// <summary>Archives that are available.</summary>
    public IReadOnlyList<Archive> Archives { get; init; } = [];

    /// <summary>Null if no broker is configured.</summary>
    public KafkaClients? Kafka { get; init; }

    /// <summary>Compare about this many records of each source, from all over it.</summary>
    public long? Sample { get; init; }

    public string SpoolDirectory { get; init; } = Path.GetTempPath();
}
