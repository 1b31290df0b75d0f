using MuseumPipeline.Model;
using MuseumPipeline.Store.Contracts.Retention;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The database at one instant: later writes are not visible, and no writer is delayed.</summary>
public interface ISnapshot
{
    Task<IReadOnlyList<LedgerSource>> SourcesAsync();

    Task<IReadOnlyList<PartitionRow>> PartitionsAsync();

    /// <summary>The rows of a source between two positions, both inclusive, in the order of their keys: first the
    /// ratings, then the calls for help, then the quarantine.</summary>
    Task<IReadOnlyList<StoredRecord>> RecordsAsync(int sourceId, long first, long last);

    /// <summary>Rows whose keys belong to no loaded source.</summary>
    /// <param name="sources">The loaded sources.</param>
    Task<IReadOnlyList<StoredRecord>> StraysAsync(IReadOnlyList<int> sources, int most);

    /// <summary>The keys of a source's retired rows between two positions, both inclusive.</summary>
    Task<IReadOnlySet<long>> RetiredAsync(int sourceId, long first, long last);

    /// <summary>What of each source is retired; of refusals, those that were held.</summary>
    Task<ILookup<int, RetiredCount>> RetiredCountsAsync();

    /// <summary>The hourly counts of what is retired.</summary>
    Task<IReadOnlyList<HourlyCount>> RetiredHourlyAsync();

    /// <summary>All hourly counts.</summary>
    Task<IReadOnlyList<HourlyCount>> HourlyAsync();
}

/// <summary>One row.</summary>
/// <param name="Key">The row's key; it should match source and position.</param>
/// <param name="Kind">Null for a refusal.</param>
/// <param name="At">Microseconds since 1970; for an event.</param>
/// <param name="State">For a refusal.</param>
/// <param name="Raw">For a refusal: the record as it arrived.</param>
public readonly record struct StoredRecord(
    long Key,
    int SourceId,
    long Position,
    PressKind? Kind,
    int ExhibitionId,
    short TypeId,
    long At,
    string? State,
    byte[]? Raw
);

/// <param name="Hour">Hours since 1970.</param>
public readonly record struct HourlyCount(PressKind Kind, int ExhibitionId, short TypeId, long Hour, long Presses);

public readonly record struct RetiredCount(RetiredKind Kind, long Rows);
