using MuseumPipeline.Model;

namespace MuseumPipeline.Store.Contracts;

/// <summary>The database as it is at one instant: whatever is written meanwhile is not seen, and nobody who writes is
/// held up.</summary>
public interface ISnapshot
{
    Task<IReadOnlyList<LedgerSource>> SourcesAsync();

    Task<IReadOnlyList<PartitionRow>> PartitionsAsync();

    /// <summary>The rows of a source between two positions, both included, in the order of their keys: first of the
    /// ratings, then of the calls for help, then of the quarantine.</summary>
    Task<IReadOnlyList<StoredRecord>> RecordsAsync(int sourceId, long first, long last);

    /// <summary>Rows whose keys belong to no source that is loaded.</summary>
    /// <param name="sources">The sources that are.</param>
    Task<IReadOnlyList<StoredRecord>> StraysAsync(IReadOnlyList<int> sources, int most);

    /// <summary>All hourly counts.</summary>
    Task<IReadOnlyList<HourlyCount>> HourlyAsync();
}

/// <summary>One row.</summary>
/// <param name="Key">Of the row; it should be what source and position make of it.</param>
/// <param name="Kind">Null for a refusal.</param>
/// <param name="At">Microseconds since 1970; of an event.</param>
/// <param name="State">Of a refusal.</param>
/// <param name="Raw">Of a refusal: as it arrived.</param>
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
