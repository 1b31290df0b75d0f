using MuseumPipeline.Clean;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Source.Files;
using MuseumPipeline.Source.Kafka;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Verify;

/// <summary>What is verified, and where it is read again.</summary>
/// <param name="History">The rules for objects.</param>
/// <param name="Stream">The rules for messages.</param>
/// <param name="Open">The place that a location of the ledger names.</param>
internal sealed record VerifyOptions(
    CleaningRules History,
    CleaningRules Stream,
    TimeProvider Clock,
    Func<string, IBucket> Open
)
{
    /// <summary>Which sources; all where it is null.</summary>
    public Func<LedgerSource, bool>? Only { get; init; }

    /// <summary>Archives that are at hand.</summary>
    public IReadOnlyList<Archive> Archives { get; init; } = [];

    /// <summary>Null where no broker is configured.</summary>
    public KafkaClients? Kafka { get; init; }

    /// <summary>Compare about so many records of each source, from all over it.</summary>
    public long? Sample { get; init; }

    public string SpoolDirectory { get; init; } = Path.GetTempPath();
}
