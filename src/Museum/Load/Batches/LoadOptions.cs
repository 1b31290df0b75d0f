using MuseumPipeline.Clean;
using MuseumPipeline.Settings;

namespace MuseumPipeline.Load.Batches;

/// <summary>How to load.</summary>
/// <param name="History">The cleaning rules for history.</param>
/// <param name="SliceRecords">Records in a transaction, for objects that can be loaded piece by piece.</param>
/// <param name="Patience">How long to keep retrying while the database is unavailable, from the last success.</param>
/// <param name="Workers">Objects written at a time; 0 for what the store can use.</param>
public sealed record LoadOptions(
    CleaningRules History,
    TimeProvider Clock,
    int SliceRecords = LoadOptions.UsualSliceRecords,
    TimeSpan? Patience = null,
    int Workers = 0
)
{
    /// <summary>The default number of records in a transaction.</summary>
    public const int UsualSliceRecords = 262_144;

    /// <summary>How many times as many records a transaction may hold if they are in no order of time.</summary>
    public int MostSlices { get; init; } = 1;

    /// <summary>The rules of the stream, for replaying its refusals.</summary>
    public CleaningRules Stream { get; init; } = CleaningRules.Stream;

    /// <summary>When the run stops because nearly everything is refused.</summary>
    public BreakerLimits Breaker { get; init; } = BreakerLimits.Default;

    /// <summary>Also load what is known to be there under another name, or was removed.</summary>
    public bool Again { get; init; }

    /// <summary>A place's exhibition files change what another place has described.</summary>
    public bool RenameExhibitions { get; init; }

    /// <summary>Where packed objects are unpacked.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();
}
