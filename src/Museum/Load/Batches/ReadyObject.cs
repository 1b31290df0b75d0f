using MuseumPipeline.Clean;
using MuseumPipeline.Load.Known;
using MuseumPipeline.Source.Buckets;
using MuseumPipeline.Store.Contracts;

namespace MuseumPipeline.Load.Batches;

/// <summary>An object that is claimed and open, and waits until it can be written.</summary>
/// <param name="Sample">Of one of which nothing is loaded in this version; null for any other.</param>
/// <param name="Limit">How many rows may be loaded, if limited.</param>
internal sealed record ReadyObject(
    Claim Claim,
    BucketContent Content,
    Cleaner Cleaner,
    PressSample? Sample,
    RowLimit? Limit
)
{
    /// <summary>It is loaded by itself: it must be, or could not be loaded together with others.</summary>
    public bool Alone { get; set; }

    public string Name => Claim.Identity.Name;
}
